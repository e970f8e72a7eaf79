import { createHash } from 'node:crypto'
import { decodeJwt, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import * as openid from 'openid-client'
import { describe, expect, test } from 'vitest'
import { createBrowser } from '../kit/browser.ts'
import { createClient } from '../kit/client.ts'
import {
  answerIn,
  authorization,
  enterCode,
  type IssuerWorld,
  issuerWorld,
  newAddress,
  redirectUri,
  signIn,
  tokenRequest,
  webSecret,
} from '../kit/sign-in.ts'

/** A code of the single-page application, not yet used, and what is needed to use it. */
async function freshCode(w: IssuerWorld) {
  const browser = createBrowser(w.origin)
  const { url, verifier } = await authorization(await w.client())
  const back = await enterCode(w, browser, await browser.open(url), newAddress())
  const { code = '' } = answerIn(back)
  const form = { grant_type: 'authorization_code', client_id: 'spa', redirect_uri: redirectUri, code }
  return { form, verifier, code }
}

/** A valid request with these parameters instead. */
async function requested(w: IssuerWorld, parameters: Record<string, string | null>) {
  const { url } = await authorization(await w.client())
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null) url.searchParams.delete(name)
    else url.searchParams.set(name, value)
  }
  return createBrowser(w.origin).open(url)
}

describe('an authorization code', () => {
  test('that is used again ends what it had given', async () => {
    const w = await issuerWorld()
    const { form, verifier } = await freshCode(w)
    const first = await tokenRequest(w.issuer, { ...form, code_verifier: verifier })
    expect(first.status).toBe(200)
    expect(await tokenRequest(w.issuer, { ...form, code_verifier: verifier })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
    const refresh = { grant_type: 'refresh_token', client_id: 'spa', refresh_token: String(first.body.refresh_token) }
    expect((await tokenRequest(w.issuer, refresh)).body).toMatchObject({ error: 'invalid_grant' })
  })

  test('that several use at once gives tokens to one at most', async () => {
    const w = await issuerWorld()
    const { form, verifier } = await freshCode(w)
    const all = await Promise.all([1, 2, 3, 4].map(() => tokenRequest(w.issuer, { ...form, code_verifier: verifier })))
    expect(all.filter(one => one.status === 200).length).toBeLessThanOrEqual(1)
    for (const { status } of all) expect([200, 400]).toContain(status)
  })

  test.each<[string, (form: Record<string, string>, verifier: string) => Record<string, string>]>([
    ['without its verifier', form => form],
    ['with another verifier', form => ({ ...form, code_verifier: openid.randomPKCECodeVerifier() })],
    ['with the challenge in place of the verifier', (form, v) => ({ ...form, code_verifier: challengeOf(v) })],
    ['with another redirect', (form, v) => ({ ...form, code_verifier: v, redirect_uri: 'https://app.test/other' })],
    ['without its redirect', ({ redirect_uri: _, ...form }, v) => ({ ...form, code_verifier: v })],
    ['by another client', (form, v) => ({ ...form, code_verifier: v, client_id: 'native' })],
  ])('%s gives nothing', async (_, changed) => {
    const w = await issuerWorld()
    const { form, verifier } = await freshCode(w)
    const answer = await tokenRequest(w.issuer, changed(form, verifier))
    expect(answer.status).toBe(400)
    expect(answer.body.access_token).toBeUndefined()
  })
})

describe('PKCE', () => {
  test.each<[string, Record<string, string | null>]>([
    ['left out', { code_challenge: null, code_challenge_method: null }],
    ['plain', { code_challenge_method: 'plain' }],
    ['without a method', { code_challenge_method: null }],
    ['in another spelling', { code_challenge_method: 's256' }],
  ])('%s is refused, of every client', async (_, parameters) => {
    const w = await issuerWorld()
    expect(answerIn(await requested(w, parameters))).toMatchObject({ error: 'invalid_request' })
    expect(answerIn(await requested(w, { ...parameters, client_id: 'web' }))).toMatchObject({
      error: 'invalid_request',
    })
  })
})

describe('a redirect', () => {
  test.each([
    'https://evil.test/callback',
    'https://app.test/callback/../evil',
    'https://app.test/callback?next=https://evil.test',
    'https://app.test/callback#fragment',
    'https://app.test.evil.test/callback',
    'https://app.test@evil.test/callback',
    'https://app.test:444/callback',
    'http://app.test/callback',
    'https://APP.test/callback',
    'https://app.test/Callback',
    'https://app.test/callback/',
    'https://app.test\\@evil.test/callback',
    'javascript:alert(1)//https://app.test/callback',
    '//evil.test/callback',
    '',
  ])('to %s goes nowhere', async target => {
    const w = await issuerWorld()
    const shown = await requested(w, { redirect_uri: target })
    expect(shown.url.origin).toBe(w.origin)
    expect(shown.status).toBe(400)
    expect(shown.headers.get('location')).toBeNull()
    expect(shown.html).not.toContain('<script>alert')
  })

  test.each([
    'http://127.0.0.1/other',
    'http://127.0.0.1.evil.test/callback',
    'http://localhost.evil.test/callback',
    'test.app:/other',
  ])('of a program on a device to %s goes nowhere', async target => {
    const w = await issuerWorld()
    const shown = await requested(w, { client_id: 'native', redirect_uri: target })
    expect(shown).toMatchObject({ status: 400 })
  })

  test('after signing out goes to a registered address alone', async () => {
    const w = await issuerWorld()
    const { browser, tokens } = await signIn(w)
    const end = (query: Record<string, string>) => browser.open(`${w.issuer}/session/end?${new URLSearchParams(query)}`)
    const hint = { id_token_hint: tokens.id_token ?? '' }
    expect(await end({ ...hint, post_logout_redirect_uri: 'https://evil.test/' })).toMatchObject({ status: 400 })
    const unnamed = await end({ post_logout_redirect_uri: 'https://evil.test/' })
    const done = await browser.submit(unnamed, '/session/end/confirm', { logout: 'yes' })
    expect(done.url.origin).toBe(w.origin)
  })

  test('carries the issuer, so that nobody mixes up two of them (RFC 9207)', async () => {
    const w = await issuerWorld()
    const { back } = await signIn(w)
    expect(answerIn(back)).toMatchObject({ iss: w.issuer })
  })
})

const challengeOf = (verifier: string) => createHash('sha256').update(verifier).digest('base64url')
test('nobody else signs another out by a link or a form', async () => {
  const w = await issuerWorld()
  const { browser, config, tokens } = await signIn(w)
  await browser.open(`${w.issuer}/session/end`)
  const forged = { url: new URL(`${w.issuer}/session/end`), status: 200, headers: new Headers() }
  const html = `<form action="${w.issuer}/session/end/confirm"><input type="hidden" name="xsrf" value="guessed"></form>`
  expect(await browser.submit({ ...forged, html }, '/confirm', { logout: 'yes' })).toMatchObject({ status: 400 })
  await openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
})

test('what the request says of its host makes no address and no cookie', async () => {
  const w = await issuerWorld()
  const headers = { 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'https', forwarded: 'host=evil.test' }
  const document = await (await fetch(`${w.issuer}/.well-known/openid-configuration`, { headers })).text()
  expect(document).not.toContain('evil.test')
  const { url } = await authorization(await w.client())
  const response = await fetch(url, { redirect: 'manual', headers })
  expect(response.headers.get('location')).toMatch(/^\/oidc\/interaction\//)
  expect(response.headers.getSetCookie().join()).not.toContain('evil.test')
})

describe('at the gateway', () => {
  const ask = '{ viewer { principal { id } } }'
  const status = async (w: IssuerWorld, token: string) => (await createClient(w.app, token).send(ask)).status

  test('a token signed by another key, or with the public key as a secret, is none of ours', async () => {
    const w = await issuerWorld()
    const { tokens } = await signIn(w)
    const claims = decodeJwt(tokens.access_token) as JWTPayload
    const { keys } = (await (await fetch(`${w.issuer}/jwks`)).json()) as { keys: { kid: string; x: string }[] }
    const [published] = keys
    const { privateKey } = await generateKeyPair('ES256')
    const header = { typ: 'at+jwt', kid: published?.kid ?? '' }
    const forged = await new SignJWT(claims).setProtectedHeader({ ...header, alg: 'ES256' }).sign(privateKey)
    const secret = Buffer.from(JSON.stringify(published))
    const confused = await new SignJWT(claims).setProtectedHeader({ ...header, alg: 'HS256' }).sign(secret)
    const unsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${tokens.access_token.split('.')[1]}.`
    for (const token of [forged, confused, unsigned]) expect(await status(w, token)).toBe(401)
    expect(await status(w, tokens.access_token)).toBe(200)
  })

  test('an ID token gives no access', async () => {
    const w = await issuerWorld()
    const { tokens } = await signIn(w)
    expect(await status(w, tokens.id_token ?? '')).toBe(401)
  })

  test('a refresh token gives no access', async () => {
    const w = await issuerWorld()
    const { tokens } = await signIn(w)
    expect(await status(w, tokens.refresh_token ?? '')).toBe(401)
  })

  test('the token of a user who is gone makes no new one', async () => {
    const w = await issuerWorld()
    const { tokens } = await signIn(w)
    const { withClient } = await import('../kit/server.ts')
    await withClient(w.databaseUrl, client =>
      client.query('delete from principal where id = $1', [tokens.claims()?.sub]),
    )
    expect(await status(w, tokens.access_token)).toBe(401)
  })
})

test('with the secret of one application another gets nothing', async () => {
  const w = await issuerWorld()
  const form = { grant_type: 'refresh_token', refresh_token: 'x' }
  const basic = (id: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${id}:${encodeURIComponent(secret)}`).toString('base64')}`,
  })
  expect((await tokenRequest(w.issuer, form, basic('web', `${webSecret}.`))).status).toBe(401)
  expect((await tokenRequest(w.issuer, { ...form, client_id: 'web' })).status).toBe(401)
  expect((await tokenRequest(w.issuer, form, basic('nobody', webSecret))).status).toBe(401)
  expect((await tokenRequest(w.issuer, form, basic('web', webSecret))).body).toMatchObject({ error: 'invalid_grant' })
})

test('a refresh token is good for its own client alone', async () => {
  const w = await issuerWorld()
  const { tokens } = await signIn(w)
  const form = { grant_type: 'refresh_token', client_id: 'native', refresh_token: tokens.refresh_token ?? '' }
  expect((await tokenRequest(w.issuer, form)).body).toMatchObject({ error: 'invalid_grant' })
})

test('what the database holds of tokens is not what they are', async () => {
  const w = await issuerWorld()
  const { tokens, browser } = await signIn(w)
  const { sql } = await import('../kit/rows.ts')
  const [row] = await sql<{ all: string }>(w, `select string_agg(r::text, ' ') as all from oidc_record r`)
  expect(row?.all).toContain('RefreshToken')
  expect(row?.all).not.toContain(tokens.refresh_token)
  for (const { name, value } of browser.cookies.values())
    if (name === 'tenantry_session') expect(row?.all).not.toContain(value)
  const [key] = await sql<{ all: string }>(w, `select string_agg(k::text, ' ') as all from signing_key k`)
  expect(key?.all).not.toMatch(/"d":/)
})
