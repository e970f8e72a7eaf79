import { decodeJwt } from 'jose'
import * as openid from 'openid-client'
import { expect, test } from 'vitest'
import { createBrowser } from '../kit/browser.ts'
import { createClient } from '../kit/client.ts'
import {
  answerIn,
  authorization,
  enterCode,
  issuerWorld,
  redirectUri,
  signIn,
  tokenRequest,
  webSecret,
} from '../kit/sign-in.ts'

test('discovery says what there is, and no more', async () => {
  const w = await issuerWorld()
  const response = await fetch(`${w.issuer}/.well-known/openid-configuration`)
  const document = (await response.json()) as Record<string, unknown>
  expect(document).toMatchObject({
    issuer: w.issuer,
    authorization_endpoint: `${w.issuer}/auth`,
    token_endpoint: `${w.issuer}/token`,
    jwks_uri: `${w.issuer}/jwks`,
    code_challenge_methods_supported: ['S256'],
    response_types_supported: ['code'],
    id_token_signing_alg_values_supported: ['ES256'],
    authorization_response_iss_parameter_supported: true,
  })
  expect(document.grant_types_supported).toEqual(
    expect.arrayContaining([
      ...['authorization_code', 'refresh_token', 'client_credentials'],
      'urn:ietf:params:oauth:grant-type:token-exchange',
    ]),
  )
  expect(document.grant_types_supported).not.toContain('implicit')
  expect(document.registration_endpoint).toBeUndefined()
})

test('the public keys are at the well-known place of the gateway as well', async () => {
  const w = await issuerWorld()
  const [own, shared] = await Promise.all(
    [`${w.issuer}/jwks`, `${w.origin}/.well-known/jwks.json`].map(
      async url => (await (await fetch(url)).json()) as { keys: { kid: string; d?: string }[] },
    ),
  )
  const kids = (shared?.keys ?? []).map(key => key.kid)
  for (const key of own?.keys ?? []) {
    expect(kids).toContain(key.kid)
    expect(key.d).toBeUndefined()
  }
})

test('an application with a server of its own signs in with its secret', async () => {
  const w = await issuerWorld()
  const { tokens } = await signIn(w, { clientId: 'web', secret: webSecret })
  expect(decodeJwt(tokens.access_token)).toMatchObject({ client_id: 'web' })
  await expect(signIn(w, { clientId: 'web', secret: 'not the secret of the web application' })).rejects.toMatchObject({
    status: 401,
  })
})

test('refresh tokens rotate, and reuse of an old one ends the grant (TOK-8)', async () => {
  const w = await issuerWorld()
  const { config, tokens } = await signIn(w)
  const first = tokens.refresh_token ?? ''
  const second = await openid.refreshTokenGrant(config, first)
  expect(second.refresh_token).not.toBe(first)
  expect(decodeJwt(second.access_token)).toMatchObject({ aud: `${w.origin}/graphql` })
  await expect(openid.refreshTokenGrant(config, first)).rejects.toMatchObject({ error: 'invalid_grant' })
  await expect(openid.refreshTokenGrant(config, second.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
})

test.each<[string, Record<string, string>]>([
  ['a scope that the sign-in had not', { scope: 'openid organization_data' }],
  ['a scope that is none', { scope: 'member:read "' }],
  ['an organization that there is none of', { organization: 'no-such-organization' }],
  ['what is no organization', { organization_id: 'x' }],
  ['two organizations at once', { organization_id: 'x', organization: 'y' }],
  ['a resource that there is none of', { resource: 'https://nowhere.test' }],
])('an old refresh token with %s ends the grant all the same; a fresh one does not (TOK-8)', async (_, asked) => {
  const w = await issuerWorld()
  const { config, tokens } = await signIn(w)
  const first = tokens.refresh_token ?? ''
  const form = { grant_type: 'refresh_token', client_id: 'spa', ...asked }
  expect((await tokenRequest(w.issuer, { ...form, refresh_token: first })).status).toBe(400)
  const { refresh_token: second = '' } = await openid.refreshTokenGrant(config, first)
  // Somebody else, who has shown to be nobody, ends nothing.
  const foreign = await tokenRequest(w.issuer, { ...form, client_id: 'native', refresh_token: first })
  expect(foreign.status).toBe(400)
  const { refresh_token: third = '' } = await openid.refreshTokenGrant(config, second)
  const reused = await tokenRequest(w.issuer, { ...form, refresh_token: first })
  expect(reused).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  await expect(openid.refreshTokenGrant(config, third)).rejects.toMatchObject({ error: 'invalid_grant' })
})

test('of many who use the same refresh token at once one gets tokens, and the grant ends (TOK-8)', async () => {
  const w = await issuerWorld()
  const { config, tokens } = await signIn(w)
  const all = await Promise.allSettled(
    Array.from({ length: 5 }, () => openid.refreshTokenGrant(config, tokens.refresh_token ?? '')),
  )
  const won = all.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
  expect(won.length).toBeLessThanOrEqual(1)
  for (const { refresh_token: token } of won)
    await expect(openid.refreshTokenGrant(config, token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' })
})

test('a revoked refresh token is of no use, and ends its grant', async () => {
  const w = await issuerWorld()
  const { config, tokens } = await signIn(w)
  await openid.tokenRevocation(config, tokens.refresh_token ?? '')
  await expect(openid.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
})

test('nobody revokes the token of another client', async () => {
  const w = await issuerWorld()
  const { config, tokens } = await signIn(w, { clientId: 'web', secret: webSecret })
  for (const other of [await w.client('spa'), await w.client('third', webSecret)])
    await openid.tokenRevocation(other, tokens.refresh_token ?? '').catch(() => undefined)
  const { access_token: token } = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
  expect(token).toBeTruthy()
})

test('a client with a secret looks at its own tokens; a public one, and another, learn nothing', async () => {
  const w = await issuerWorld()
  const { config, tokens } = await signIn(w, { clientId: 'web', secret: webSecret })
  const token = tokens.refresh_token ?? ''
  expect(await openid.tokenIntrospection(config, token)).toMatchObject({ active: true, client_id: 'web' })
  expect(await openid.tokenIntrospection(await w.client('third', webSecret), token)).toEqual({ active: false })
  expect(await openid.tokenIntrospection(await w.client('spa'), token)).toEqual({ active: false })
  const own = await signIn(w)
  expect(await openid.tokenIntrospection(own.config, own.tokens.refresh_token ?? '')).toEqual({ active: false })
})

test('the end of the session is asked for, and ends its refresh tokens', async () => {
  const w = await issuerWorld()
  const { config, browser, tokens } = await signIn(w)
  const url = openid.buildEndSessionUrl(config, {
    id_token_hint: tokens.id_token ?? '',
    post_logout_redirect_uri: 'https://app.test/',
    state: 'bye',
  })
  const asked = await browser.open(url)
  expect(asked.html).toContain('Do you want to sign out of Product')
  // The buttons stand outside of the form that they send.
  const back = await browser.submit(asked, '/session/end/confirm', { logout: 'yes' })
  expect(back.url.href).toBe('https://app.test/?state=bye')
  await expect(openid.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
  const again = await browser.open((await authorization(config)).url)
  expect(again.html).toContain('name="email"')
})

test('without a place to go the end of the session is a page of ours', async () => {
  const w = await issuerWorld()
  const { browser } = await signIn(w)
  const asked = await browser.open(`${w.issuer}/session/end`)
  const done = await browser.submit(asked, '/session/end/confirm', { logout: 'yes' })
  expect(done.html).toContain('You are signed out.')
})

test('a product of the deployment asks nothing; one of somebody else asks once, and gets what it asked for', async () => {
  const w = await issuerWorld()
  const config = await w.client('third', webSecret)
  const browser = createBrowser(w.origin)
  const { url, verifier, state } = await authorization(config, { scope: 'openid email' })
  const consent = await enterCode(
    w,
    browser,
    await browser.open(url),
    `third-${state.slice(0, 8).toLowerCase()}x@people.test`,
  )
  expect(consent.html).toContain('Elsewhere asks for access')
  expect(consent.html).toContain('your email address')
  const back = await browser.submit(consent, '/consent')
  const tokens = await openid.authorizationCodeGrant(config, back.url, {
    pkceCodeVerifier: verifier,
    expectedState: state,
  })
  const subject = tokens.claims()?.sub ?? ''
  expect(await openid.fetchUserInfo(config, tokens.access_token, subject)).toEqual({
    ...{ sub: subject, email: expect.any(String), email_verified: true },
  })
  // No power at the gateway comes with it, and no refresh token that was not asked for.
  expect((await createClient(w.app, tokens.access_token).send('{ viewer { principal { id } } }')).status).toBe(401)
  expect(tokens.refresh_token).toBeUndefined()
  const again = await browser.open((await authorization(config, { scope: 'openid email' })).url)
  expect(answerIn(again)).toHaveProperty('code')
})

test('somebody else cannot have a token for the gateway, however it asks', async () => {
  const w = await issuerWorld()
  const { url } = await authorization(await w.client('third', webSecret), { resource: `${w.origin}/graphql` })
  expect(answerIn(await createBrowser(w.origin).open(url))).toMatchObject({ error: 'invalid_target' })
})

test('a program on a device comes back to any port of loopback (RFC 8252)', async () => {
  const w = await issuerWorld()
  const browser = createBrowser(w.origin)
  const config = await w.client('native')
  const { url, verifier, state } = await authorization(config, { redirect_uri: 'http://127.0.0.1:53211/callback' })
  const back = await enterCode(w, browser, await browser.open(url), `native-${Date.now()}@people.test`)
  expect(back.url.origin).toBe('http://127.0.0.1:53211')
  const tokens = await openid.authorizationCodeGrant(config, back.url, {
    pkceCodeVerifier: verifier,
    expectedState: state,
  })
  expect(tokens.claims()?.sub).toBeTruthy()
  // Any program can pretend to be this one: nobody is sent on without being asked.
  const again = await browser.open((await authorization(config, { redirect_uri: 'http://127.0.0.1:1/callback' })).url)
  expect(again.html).toContain('Go on to Desktop?')
})

test('the pages of a public client call the token endpoint from where they are; no other page does', async () => {
  const w = await issuerWorld()
  const call = async (origin: string, clientId: string) => {
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      code: 'x',
      redirect_uri: redirectUri,
    })
    const response = await fetch(`${w.issuer}/token`, { method: 'POST', body, headers: { origin } })
    return response.headers.get('access-control-allow-origin')
  }
  expect(await call('https://app.test', 'spa')).toBe('https://app.test')
  for (const origin of ['https://evil.test', 'https://app.test.evil.test', 'http://app.test', 'null'])
    expect(await call(origin, 'spa')).toBeNull()
})

test('a product turns to the userinfo endpoint by naming it', async () => {
  const w = await issuerWorld()
  const { config, tokens, email } = await signIn(w)
  const resource = `${w.issuer}/me`
  const { access_token: token } = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '', { resource })
  expect(await openid.fetchUserInfo(config, token, tokens.claims()?.sub ?? '')).toMatchObject({ email })
})
