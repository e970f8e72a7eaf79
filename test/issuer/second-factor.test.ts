import { decodeJwt } from 'jose'
import jsQR from 'jsqr'
import * as openid from 'openid-client'
import { describe, expect, test } from 'vitest'
import { base32, codeAt, otpauthLink, stepAt, stepOf } from '../../src/auth/issuer/second-factor/totp.ts'
import { createBrowser, type Shown } from '../kit/browser.ts'
import { createClient } from '../kit/client.ts'
import { testClock } from '../kit/clock.ts'
import { programOf } from '../kit/program.ts'
import { sql } from '../kit/rows.ts'
import { withClient } from '../kit/server.ts'
import {
  answerIn,
  authorization,
  enterCode,
  type IssuerWorld,
  issuerWorld,
  newAddress,
  signIn,
} from '../kit/sign-in.ts'

// The package names its function as a module of CommonJS does.
const readPicture = 'default' in jsQR ? jsQR.default : jsQR
const multiFactor = 'urn:tenantry:acr:multi-factor'

const recoveryCodes = (page: Shown) => [...page.html.matchAll(/<li><code>([^<]+)</g)].map(([, code = '']) => code)

/** Somebody who is asked for a second factor, in one browser or another. */
async function someone(w: IssuerWorld, email = newAddress()) {
  const browser = createBrowser(w.origin)
  const config = await w.client()
  const ask = async (parameters: Record<string, string> = {}) => {
    const { url, verifier, state } = await authorization(config, { acr_values: multiFactor, ...parameters })
    const page = await browser.open(url)
    const take = (back: Shown) =>
      openid.authorizationCodeGrant(config, back.url, { pkceCodeVerifier: verifier, expectedState: state })
    return { page, take }
  }
  const arrive = async (parameters: Record<string, string> = {}) => {
    const { page, take } = await ask(parameters)
    return { page: await enterCode(w, browser, page, email), take }
  }
  const enter = (page: Shown, code: string, more: Record<string, string> = {}) =>
    browser.submit(page, '/factor', { code, ...more })
  return { browser, config, email, ask, arrive, enter }
}

/** The same with a factor, set up a minute ago. */
async function withFactor(w: IssuerWorld) {
  const person = await someone(w)
  const { page, take } = await person.arrive()
  const program = programOf(page)
  const shown = await person.browser.submit(page, '/set-up', { code: program(w.clock()) })
  const tokens = await take(await person.browser.submit(shown, '/go-on'))
  w.clock.advance({ minutes: 1 })
  return { ...person, program, codes: recoveryCodes(shown), tokens, elsewhere: () => someone(w, person.email) }
}

test('the codes are those of RFC 6238, appendix B', () => {
  const secret = Buffer.from('12345678901234567890')
  const vectors: Record<number, string> = {
    59: '287082',
    1111111109: '081804',
    1111111111: '050471',
    1234567890: '005924',
    2000000000: '279037',
    20000000000: '353130',
  }
  for (const [second, code] of Object.entries(vectors)) {
    const now = new Date(Number(second) * 1000)
    expect(codeAt(secret, stepAt(now))).toBe(code)
    expect(stepOf(secret, code, new Date(now.getTime() + 30_000))).toBe(stepAt(now))
    expect(stepOf(secret, code, new Date(now.getTime() + 90_000))).toBeNull()
  }
  // RFC 4648, section 10.
  expect(['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map(text => base32(Buffer.from(text)))).toEqual([
    '',
    'MY',
    'MZXQ',
    'MZXW6',
    'MZXW6YQ',
    'MZXW6YTB',
    'MZXW6YTBOI',
  ])
  expect(otpauthLink('MY', 'Acme & Sons', 'ada@people.test')).toBe(
    'otpauth://totp/Acme%20%26%20Sons:ada%40people.test?secret=MY&issuer=Acme%20%26%20Sons&algorithm=SHA1&digits=6&period=30',
  )
})

describe('a second factor', () => {
  test('is set up when it is first asked for, and then the sign-in says so', async () => {
    const w = await issuerWorld()
    const { browser, arrive, ask } = await someone(w)
    const { page, take } = await arrive()
    expect(page.html).toContain('Set up a second factor')
    const program = programOf(page)
    const wrong = await browser.submit(page, '/set-up', { code: '000000x' })
    expect(wrong.status).toBe(422)
    const shown = await browser.submit(wrong, '/set-up', { code: program(w.clock()) })
    expect(new Set(recoveryCodes(shown)).size).toBe(10)
    const tokens = await take(await browser.submit(shown, '/go-on'))
    expect(tokens.claims()).toMatchObject({ acr: multiFactor, amr: ['otp', 'email', 'mfa'] })
    expect(decodeJwt(tokens.access_token)).toMatchObject({ acr: multiFactor, amr: ['otp', 'email', 'mfa'] })
    // The session has shown it: nobody is asked again.
    expect(answerIn((await ask()).page)).toHaveProperty('code')
  })

  test('is asked for from then on, by a code of the program or a recovery code, each once', async () => {
    const w = await issuerWorld()
    const { program, codes, elsewhere } = await withFactor(w)
    const [one, two, three] = [await elsewhere(), await elsewhere(), await elsewhere()]
    const code = program(w.clock())
    const first = await one.arrive()
    expect((await first.take(await one.enter(first.page, code))).claims()?.acr).toBe(multiFactor)
    // The same code once more is a replay, whoever has it.
    const second = await two.arrive()
    const replayed = await two.enter(second.page, code)
    expect(replayed.status).toBe(422)
    const [recovery = ''] = codes
    const recovered = await two.enter(replayed, recovery.toLowerCase().replace('-', ' '))
    expect((await second.take(recovered)).claims()?.acr).toBe(multiFactor)
    const third = await three.arrive()
    expect((await three.enter(third.page, recovery)).status).toBe(422)
  })

  test('of many who send the same code at once lets one in', async () => {
    const w = await issuerWorld()
    const { program, elsewhere } = await withFactor(w)
    const people = await Promise.all([elsewhere(), elsewhere(), elsewhere()])
    const pages = []
    for (const person of people) pages.push({ person, ...(await person.arrive()) })
    const code = program(w.clock())
    const shown = await Promise.all(pages.map(({ person, page }) => person.enter(page, code)))
    expect(shown.filter(one => one.url.searchParams.has('code'))).toHaveLength(1)
  })

  test('can be tried five times in a quarter of an hour, then not even the right code counts', async () => {
    const w = await issuerWorld()
    const { program, elsewhere } = await withFactor(w)
    const { arrive, enter } = await elsewhere()
    let { page, take } = await arrive()
    for (let tries = 0; tries < 5; tries++) {
      page = await enter(page, '000000x')
      expect(page.status).toBe(422)
    }
    page = await enter(page, program(w.clock()))
    expect(page.status).toBe(429)
    w.clock.advance({ minutes: 16 })
    expect((await take(await enter(page, program(w.clock())))).claims()?.acr).toBe(multiFactor)
  })

  test('is replaced with itself alone', async () => {
    const w = await issuerWorld({ isolated: true })
    const { program, elsewhere } = await withFactor(w)
    const { browser, arrive, enter } = await elsewhere()
    const { page, take } = await arrive()
    // The page that sets one up is not to be had beside it.
    const forced = { ...page, html: page.html.replaceAll('/factor"', '/set-up"') }
    expect((await browser.submit(forced, '/set-up', { code: '123456' })).html).toContain('Enter a second code')
    expect((await enter(page, '000000x', { also: 'remove' })).status).toBe(422)
    const offer = await enter(page, program(w.clock()), { also: 'remove' })
    const next = programOf(offer)
    expect(next(w.clock())).not.toBe(program(w.clock()))
    const shown = await browser.submit(offer, '/set-up', { code: next(w.clock()) })
    const claims = (await take(await browser.submit(shown, '/go-on'))).claims()
    expect(claims?.acr).toBe(multiFactor)
    const log = await w.operator.query(
      'query($id: ID!) { auditEvents(filter: { targetId: $id }) { nodes { action } } }',
      { id: Buffer.from(`User:${claims?.sub}`).toString('base64url') },
    )
    expect(log.auditEvents.nodes.map((one: { action: string }) => one.action)).toEqual([
      ...['SECOND_FACTOR_ADDED', 'SECOND_FACTOR_REMOVED', 'SECOND_FACTOR_ADDED'],
    ])
  })

  test('is not passed over by saying that it was confirmed', async () => {
    const w = await issuerWorld()
    const { elsewhere } = await withFactor(w)
    const { browser, arrive } = await elsewhere()
    const { page } = await arrive()
    const forced = { ...page, html: page.html.replaceAll('/factor"', '/go-on"') }
    expect((await browser.submit(forced, '/go-on', { proof: 'x' })).status).toBe(400)
  })

  test('is not stored as it is, nor are recovery codes', async () => {
    const w = await issuerWorld({ isolated: true })
    const { codes } = await withFactor(w)
    const { rows } = await withClient(w.databaseUrl, client =>
      client.query(
        'select row_to_json(f)::text as kept from second_factor f union all select row_to_json(c)::text from recovery_code c',
      ),
    )
    expect(rows).toHaveLength(11)
    for (const code of codes) expect(JSON.stringify(rows)).not.toContain(code)
  })

  test('is asked for in German, too', async () => {
    const w = await issuerWorld()
    const { page } = await (await someone(w)).arrive({ ui_locales: 'de' })
    expect(page.html).toContain('Zweiten Faktor einrichten')
  })
})

/** Sessions know the time of oidc-provider, which takes no clock. */
async function signedInAnHourAgo(w: IssuerWorld, subject: string): Promise<number> {
  const then = Math.floor(Date.now() / 1000) - 3600
  await withClient(w.databaseUrl, client =>
    client.query(
      `update oidc_record set payload = jsonb_set(payload, '{loginTs}', to_jsonb($2::int))
       where model = 'Session' and payload ->> 'accountId' = $1`,
      [subject, then],
    ),
  )
  return then
}

test('who is signed in with one factor shows the second alone; the sign-in is as long ago as it was', async () => {
  const w = await issuerWorld()
  const { browser, program, email } = await withFactor(w)
  const { config, tokens: before } = await signIn(w, { email, browser, parameters: { prompt: 'login' } })
  expect(before.claims()).toMatchObject({ amr: ['otp', 'email'] })
  const signedInAt = await signedInAnHourAgo(w, before.claims()?.sub ?? '')
  const { url, verifier, state } = await authorization(config, { acr_values: multiFactor })
  const page = await browser.open(url)
  expect(page.html).toContain('Enter a second code')
  const back = await browser.submit(page, '/factor', { code: program(w.clock()) })
  const checks = { pkceCodeVerifier: verifier, expectedState: state }
  const tokens = await openid.authorizationCodeGrant(config, back.url, checks)
  expect(tokens.claims()).toMatchObject({ acr: multiFactor, auth_time: signedInAt })
})

test('who signed in a while ago signs in again before a second factor is set up', async () => {
  const w = await issuerWorld()
  const { browser, config, email, tokens } = await signIn(w)
  await signedInAnHourAgo(w, tokens.claims()?.sub ?? '')
  const page = await browser.open((await authorization(config, { acr_values: multiFactor })).url)
  expect(page.html).toContain('name="email"')
  const forced = { ...page, html: page.html.replaceAll('/address"', '/set-up"') }
  expect((await browser.submit(forced, '/set-up', { code: '123456' })).html).toContain('name="email"')
  expect((await enterCode(w, browser, page, email)).html).toContain('Set up a second factor')
})

test('a page that stood open longer than ten minutes after the sign-in sets up no factor', async () => {
  const w = await issuerWorld({ clock: testClock() })
  const { browser, arrive } = await someone(w)
  const { page } = await arrive()
  const program = programOf(page)
  w.clock.advance({ minutes: 11 })
  const shown = await browser.submit(page, '/set-up', { code: program(w.clock()) })
  expect(shown.html).toContain('name="email"')
  expect(recoveryCodes(shown)).toEqual([])
  const [row] = await sql<{ count: number }>(
    w,
    'select count(*)::int as count from second_factor where created_at >= $1',
    [w.clock()],
  )
  expect(row?.count).toBe(0)
})

test('the secret is also a picture of the page’s own, which another program reads; it is described', async () => {
  const w = await issuerWorld()
  const { arrive } = await someone(w)
  const { page } = await arrive({ ui_locales: 'en' })
  const link = /href="(otpauth:[^"]+)"/.exec(page.html)?.[1]?.replaceAll('&amp;', '&')
  const svg = /<svg [^>]*>.*?<\/svg>/s.exec(page.html)?.[0] ?? ''
  expect(svg).toMatch(/^<svg role="img" aria-label="QR code with the secret[^"]*"/)
  expect(readQrCode(svg)).toBe(link)
  // Nothing more is allowed for it.
  expect(page.headers.get('content-security-policy')).not.toMatch(/img-src|unsafe/)
})

/** What a reader sees of the picture: black where the path draws a module. */
function readQrCode(svg: string): string | undefined {
  const size = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1])
  const pixels = new Uint8ClampedArray(size * size * 4).fill(255)
  const side = Number(/h(\d+)v\1h-\1z/.exec(svg)?.[1])
  for (const [, left, top] of svg.matchAll(/M(\d+),(\d+)h/g))
    for (let y = Number(top); y < Number(top) + side; y++)
      pixels.fill(0, (y * size + Number(left)) * 4, (y * size + Number(left) + side) * 4)
  for (let alpha = 3; alpha < pixels.length; alpha += 4) pixels[alpha] = 255
  return readPicture(pixels, size, size)?.data
}

test('without a page the answer is that one factor was shown; a request that is content with one gets it', async () => {
  const w = await issuerWorld()
  const { browser, config } = await signIn(w)
  const ask = async (acr_values: string) =>
    answerIn(await browser.open((await authorization(config, { acr_values, prompt: 'none' })).url))
  expect(await ask(multiFactor)).toMatchObject({ error: 'unmet_authentication_requirements' })
  expect(await ask(`${multiFactor} urn:tenantry:acr:single-factor`)).toHaveProperty('code')
})

test('an operator takes the factor from who has lost it, and not their own; nobody else does (MGT-2)', async () => {
  const w = await issuerWorld()
  const { config, tokens, elsewhere } = await withFactor(w)
  const userId = Buffer.from(`User:${tokens.claims()?.sub}`).toString('base64url')
  const own = await w.operator.id()
  expect(await w.operator.refusal('removeSecondFactor', { userId: own })).toBe('FORBIDDEN')
  expect(await w.owner.refusal('removeSecondFactor', { userId })).toBe('FORBIDDEN')
  expect(await createClient(w.app, tokens.access_token).refusal('removeSecondFactor', { userId })).toBe('FORBIDDEN')
  const gone = await w.operator.mutate(
    'removeSecondFactor',
    { userId },
    '... on RemoveSecondFactorPayload { user { id } }',
  )
  expect(gone).toMatchObject({ user: { id: userId } })
  expect(await w.operator.mutate('removeSecondFactor', { userId })).toMatchObject({
    ...{ __typename: 'InvalidInputError', message: expect.stringContaining('no second factor') },
  })
  // Whoever has the device is signed in nowhere any more.
  await expect(openid.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
  const { page } = await (await elsewhere()).arrive()
  expect(page.html).toContain('Set up a second factor')
})

test('an organization that asks for two factors says how to come back, and is content then (RFC 9470)', async () => {
  const w = await issuerWorld()
  const { email, tokens } = await signIn(w)
  const userId = Buffer.from(`User:${tokens.claims()?.sub}`).toString('base64url')
  await w.operator.mutate('addMember', { organizationId: w.acme.id, userId })
  await w.owner.mutate('updateSignInPolicy', { organizationId: w.acme.id, requiresMfa: true })
  const organization = w.acme.slug
  await expect(signIn(w, { email, parameters: { organization } })).rejects.toMatchObject({
    error: 'insufficient_user_authentication',
    error_description: expect.stringContaining(`acr_values=${multiFactor}`),
  })
  const { browser, arrive } = await someone(w, email)
  const { page, take } = await arrive({ organization })
  const shown = await browser.submit(page, '/set-up', { code: programOf(page)(w.clock()) })
  const { access_token: token } = await take(await browser.submit(shown, '/go-on'))
  expect(decodeJwt(token)).toMatchObject({ organization_slug: organization, acr: multiFactor })
})
