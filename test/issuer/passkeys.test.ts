import { decodeJwt } from 'jose'
import * as openid from 'openid-client'
import { describe, expect, test } from 'vitest'
import { createAuthenticator } from '../kit/authenticator.ts'
import { createBrowser } from '../kit/browser.ts'
import { createClient } from '../kit/client.ts'
import { add, ask, openAccount, optionsFor, passkeyWorld, show, withPasskey } from '../kit/passkeys.ts'
import { programOf } from '../kit/program.ts'
import { withClient } from '../kit/server.ts'
import { answerIn, enterCode, issuerWorld, newAddress, signIn } from '../kit/sign-in.ts'

const multiFactor = 'urn:tenantry:acr:multi-factor'

describe('a passkey', () => {
  test('signs in its user alone, as two factors, without an address', async () => {
    const w = await passkeyWorld()
    const { authenticator, email, page: account } = await withPasskey(w)
    expect(account.html).toContain('Laptop')
    const browser = createBrowser(w.origin)
    const { page, take } = await ask(w, browser)
    const tokens = await take(await show(browser, page, authenticator))
    expect(tokens.claims()).toMatchObject({ acr: multiFactor, amr: ['pop', 'user', 'mfa'] })
    const { tokens: byCode } = await signIn(w, { email })
    expect(tokens.claims()?.sub).toBe(byCode.claims()?.sub)
    const asked = '{ viewer { passkeys { name isBackedUp createdAt lastUsedAt } } }'
    const now = w.clock().toISOString()
    expect(await createClient(w.app, tokens.access_token).query(asked)).toEqual({
      viewer: { passkeys: [{ name: 'Laptop', isBackedUp: false, createdAt: now, lastUsedAt: now }] },
    })
  })

  test('is in place of a second factor where one is asked for, at once and afterwards', async () => {
    const w = await passkeyWorld()
    const { authenticator, email } = await withPasskey(w)
    const one = createBrowser(w.origin)
    const atOnce = await ask(w, one, { acr_values: multiFactor })
    expect((await atOnce.take(await show(one, atOnce.page, authenticator))).claims()?.acr).toBe(multiFactor)
    const other = createBrowser(w.origin)
    const later = await ask(w, other, { acr_values: multiFactor })
    const page = await enterCode(w, other, later.page, email)
    expect(page.html).toContain('Use your passkey')
    expect(page.html).not.toContain('name="code"')
    const asked = await optionsFor(other, page, 'passkey')
    expect(asked).toMatchObject({ allowCredentials: [{ id: authenticator.credentialId, transports: ['internal'] }] })
    const tokens = await later.take(await show(other, page, authenticator))
    expect(tokens.claims()).toMatchObject({ acr: multiFactor, amr: ['otp', 'email', 'pop', 'user', 'mfa'] })
    expect(answerIn((await ask(w, other, { acr_values: multiFactor })).page)).toHaveProperty('code')
  })

  test('is good for an organization that asks for one, and for two factors', async () => {
    const w = await passkeyWorld()
    const { authenticator, email } = await withPasskey(w)
    const { tokens } = await signIn(w, { email })
    const userId = Buffer.from(`User:${tokens.claims()?.sub}`).toString('base64url')
    await w.operator.mutate('addMember', { organizationId: w.acme.id, userId })
    const policy = { organizationId: w.acme.id, requiresMfa: true, allowedMethods: ['PASSKEY'] }
    await w.owner.mutate('updateSignInPolicy', policy)
    const browser = createBrowser(w.origin)
    const { page, take } = await ask(w, browser, { organization: w.acme.slug })
    const { access_token: token } = await take(await show(browser, page, authenticator))
    expect(decodeJwt(token)).toMatchObject({ organization_slug: w.acme.slug, acr: multiFactor })
  })

  test('is asked for in the same way whoever is there, and of nobody in particular', async () => {
    const w = await passkeyWorld()
    const { email } = await withPasskey(w)
    const shapes = []
    for (const login_hint of [email, newAddress()]) {
      const browser = createBrowser(w.origin)
      const { page } = await ask(w, browser, { login_hint })
      const { challenge, ...rest } = await optionsFor(browser, page, 'passkey')
      expect(Buffer.from(challenge, 'base64url')).toHaveLength(32)
      shapes.push(rest)
    }
    expect(shapes[0]).toEqual(shapes[1])
    expect(shapes[0]).toMatchObject({ rpId: 'localhost', userVerification: 'required' })
    expect(shapes[0]).not.toHaveProperty('allowCredentials')
  })

  test('that its user renames and removes is known by that name, and then no longer', async () => {
    const w = await passkeyWorld()
    const { authenticator, email } = await withPasskey(w)
    const { tokens } = await signIn(w, { email })
    const browser = createBrowser(w.origin)
    const page = await show(browser, await browser.open('/oidc/account'), authenticator)
    const renamed = await browser.submit(page, '/rename', { name: '  <b>Phone</b>  ' })
    expect(renamed.html).toContain('&lt;b&gt;Phone&lt;/b&gt;')
    const removed = await browser.submit(renamed, '/remove')
    expect(removed.html).toContain('You have no passkey.')
    const log = await w.operator.query(
      'query($id: ID!) { auditEvents(filter: { targetId: $id }) { nodes { action changes { field before after } } } }',
      { id: Buffer.from(`User:${tokens.claims()?.sub}`).toString('base64url') },
    )
    expect(log.auditEvents.nodes).toEqual([
      { action: 'PASSKEY_REMOVED', changes: [] },
      { action: 'PASSKEY_RENAMED', changes: [{ field: 'name', before: 'Laptop', after: '<b>Phone</b>' }] },
      { action: 'PASSKEY_ADDED', changes: [] },
    ])
    const other = createBrowser(w.origin)
    const { page: signInPage } = await ask(w, other)
    expect((await show(other, signInPage, authenticator)).status).toBe(422)
  })

  test('is one of twenty at most, and the browser is told which there are', async () => {
    const w = await passkeyWorld()
    const { browser, authenticator, page: first } = await withPasskey(w)
    const again = await show(browser, await browser.open('/oidc/account'), authenticator)
    expect(first.status).toBe(200)
    let page = again
    for (let count = 2; count <= 20; count++) page = await add(browser, page, createAuthenticator(w.origin))
    expect(page.html.match(/<li>/g)).toHaveLength(20)
    expect((await optionsFor(browser, page, 'add')) as object).toMatchObject({
      excludeCredentials: expect.objectContaining({ length: 20 }),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      attestation: 'none',
    })
    expect((await add(browser, page, createAuthenticator(w.origin))).status).toBe(422)
  })

  test('is nothing that a deployment without a name offers', async () => {
    const w = await issuerWorld()
    const browser = createBrowser(w.origin)
    const page = await openAccount(w, browser, newAddress())
    expect(page.html).toContain('There are no passkeys here')
    const { page: other } = await ask(w, createBrowser(w.origin))
    expect(other.html).not.toContain('<script>')
  })

  test('is spoken of in German, too', async () => {
    const w = await passkeyWorld()
    const { page } = await ask(w, createBrowser(w.origin), { ui_locales: 'de' })
    expect(page.html).toContain('Mit einem Passkey anmelden')
  })
})

test('a program for codes is set up and removed on the page of the account; whoever has a factor shows it first', async () => {
  const w = await passkeyWorld()
  const { browser, authenticator } = await withPasskey(w)
  const page = await show(browser, await browser.open('/oidc/account'), authenticator)
  const offer = await browser.open(/href="([^"]+set-up)"/.exec(page.html)?.[1] ?? '')
  expect(offer.html).toContain('Set up a second factor')
  const program = programOf(offer)
  expect((await browser.submit(offer, '/set-up', { code: '000000x' })).status).toBe(422)
  const codes = await browser.submit(offer, '/set-up', { code: program(w.clock()) })
  expect(codes.html.match(/<li><code>/g)).toHaveLength(10)
  const both = await browser.submit(codes, '/go-on')
  expect(both.html).toContain('It is set up.')
  expect((await browser.submit(both, '/remove-program')).html).toContain('None is set up.')
  // Where a request asks for two factors, who has a passkey is offered nothing to get around it.
  const { email } = await withPasskey(w)
  const other = createBrowser(w.origin)
  const { page: asked } = await ask(w, other, { acr_values: multiFactor })
  const factor = await enterCode(w, other, asked, email)
  const forced = { ...factor, html: factor.html.replaceAll('/passkey"', '/set-up"') }
  expect((await other.submit(forced, '/set-up', { code: '000000' })).html).toContain('Use your passkey')
})

test('an operator takes every passkey from who has lost them, and not their own; nobody else does (MGT-2)', async () => {
  const w = await passkeyWorld()
  const { authenticator, email } = await withPasskey(w)
  const { tokens, config, browser } = await signIn(w, { email })
  const userId = Buffer.from(`User:${tokens.claims()?.sub}`).toString('base64url')
  expect(await w.operator.refusal('removePasskeys', { userId: await w.operator.id() })).toBe('FORBIDDEN')
  expect(await w.owner.refusal('removePasskeys', { userId })).toBe('FORBIDDEN')
  expect(await createClient(w.app, tokens.access_token).refusal('removePasskeys', { userId })).toBe('FORBIDDEN')
  expect(
    await w.operator.mutate('removePasskeys', { userId }, '... on RemovePasskeysPayload { user { id } }'),
  ).toMatchObject({ user: { id: userId } })
  expect(await w.operator.mutate('removePasskeys', { userId })).toMatchObject({
    ...{ __typename: 'InvalidInputError', message: expect.stringContaining('no passkeys') },
  })
  // Whoever has the device is signed in nowhere any more.
  await expect(openid.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
  const { page } = await ask(w, browser)
  expect((await show(browser, page, authenticator)).status).toBe(422)
})

test('whoever is signed in signs out everywhere on the page of the account, in this browser and in others', async () => {
  const w = await passkeyWorld()
  const email = newAddress()
  const elsewhere = await signIn(w, { email })
  const here = createBrowser(w.origin)
  const page = await openAccount(w, here, email)
  const bystander = await signIn(w)
  // A form from elsewhere signs nobody out.
  const forged = { ...page, html: page.html.replaceAll(/name="token" value="[^"]+"/g, 'name="token" value="guessed"') }
  expect((await here.submit(forged, '/sign-out')).status).toBe(403)
  expect((await ask(w, elsewhere.browser)).page.url.searchParams.has('code')).toBe(true)
  w.clock.advance({ minutes: 11 })
  expect((await here.submit(page, '/sign-out')).html).toContain('You are signed out everywhere.')
  await expect(openid.refreshTokenGrant(elsewhere.config, elsewhere.tokens.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
  for (const browser of [here, elsewhere.browser]) expect((await ask(w, browser)).page.html).toContain('name="email"')
  // The page that stood open does nothing any more.
  expect((await here.submit(page, '/sign-out')).html).toContain('This sign-in is over')
  expect((await ask(w, bystander.browser)).page.url.searchParams.has('code')).toBe(true)
})

test('a deleted user has no passkey, and no page of an account that was open (MEM-9)', async () => {
  const w = await passkeyWorld()
  const { browser, authenticator, email, page: account } = await withPasskey(w)
  const { tokens } = await signIn(w, { email })
  const sub = tokens.claims()?.sub ?? ''
  await w.operator.mutate('deleteUser', { userId: Buffer.from(`User:${sub}`).toString('base64url') })
  const other = createBrowser(w.origin)
  const { page } = await ask(w, other)
  expect((await show(other, page, authenticator)).status).toBe(422)
  const { rows } = await withClient(w.databaseUrl, client =>
    client.query('select from passkey where principal_id = $1', [sub]),
  )
  expect(rows).toHaveLength(0)
  expect((await browser.submit(account, '/rename', { name: 'Mine' })).html).toContain('This sign-in is over')
})
