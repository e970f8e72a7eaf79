import { decodeJwt, decodeProtectedHeader } from 'jose'
import * as openid from 'openid-client'
import { expect, test } from 'vitest'
import { createBrowser } from '../kit/browser.ts'
import { createClient } from '../kit/client.ts'
import { deployment, production } from '../kit/deployment.ts'
import { newestToken } from '../kit/mail.ts'
import { authorization, enterCode, issuerWorld, newAddress, signIn, tokenRequest } from '../kit/sign-in.ts'

test('a new person signs in with a mailed code, and creates an organization with the token', async () => {
  const w = await issuerWorld()
  const { tokens, email } = await signIn(w)
  const token = decodeJwt(tokens.access_token)
  expect(token).toMatchObject({
    iss: w.issuer,
    aud: `${w.origin}/graphql`,
    client_id: 'spa',
    sub: tokens.claims()?.sub,
  })
  expect(decodeProtectedHeader(tokens.access_token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' })
  expect(tokens.claims()).toMatchObject({
    ...{ email, email_verified: true, amr: ['otp', 'email'], acr: 'urn:tenantry:acr:single-factor' },
    auth_time: expect.any(Number),
  })
  const person = createClient(w.app, tokens.access_token)
  const made = await person.mutate('createOrganization', { name: 'New' })
  expect(made.__typename).toBe('CreateOrganizationPayload')
})

test('whoever is invited signs in with that address, and accepts by the mailed link (INV-7)', async () => {
  const w = await issuerWorld()
  const email = newAddress()
  await w.owner.mutate('inviteMember', { organizationId: w.acme.id, email })
  const token = await newestToken(w, email)
  const { tokens } = await signIn(w, { email })
  const accepted = await createClient(w.app, tokens.access_token).mutate('acceptInvitation', { invitation: { token } })
  expect(accepted.__typename).toBe('AcceptInvitationPayload')
  const other = await signIn(w)
  const refused = await createClient(w.app, other.tokens.access_token).mutate('acceptInvitation', {
    invitation: { token },
  })
  expect(refused.__typename).toBe('EmailMismatchError')
})

test('the same address is the same user, in however many browsers', async () => {
  const w = await issuerWorld()
  const first = await signIn(w)
  const second = await signIn(w, { email: first.email.toUpperCase().replace('PEOPLE.TEST', 'people.test') })
  expect(second.tokens.claims()?.sub).toBe(first.tokens.claims()?.sub)
})

test('a user of another issuer with the same address is somebody else', async () => {
  const w = await issuerWorld()
  const email = newAddress()
  const other = await w.person(email)
  const id = await other.id()
  const { tokens } = await signIn(w, { email })
  const { viewer } = await createClient(w.app, tokens.access_token).query('{ viewer { principal { id } } }')
  expect(viewer.principal.id).not.toBe(id)
})

test('who is signed in already is not asked again', async () => {
  const w = await issuerWorld()
  const { browser } = await signIn(w)
  const config = await w.client()
  const { url } = await authorization(config)
  const back = await browser.open(url)
  expect(back.url.searchParams.get('code')).toBeTruthy()
})

test('who is deleted is signed in nowhere, and signs in as somebody new (MEM-9)', async () => {
  const w = await issuerWorld()
  const email = newAddress()
  const browser = createBrowser(w.origin)
  const first = await signIn(w, { email, browser })
  const userId = Buffer.from(`User:${first.tokens.claims()?.sub}`).toString('base64url')
  expect((await w.operator.mutate('deleteUser', { userId })).__typename).toBe('DeleteUserPayload')
  const { url } = await authorization(await w.client())
  const page = await browser.open(url)
  expect(page.status).toBe(200)
  const again = await signIn(w, { email, browser })
  expect(again.tokens.claims()?.sub).not.toBe(first.tokens.claims()?.sub)
  const refresh = { grant_type: 'refresh_token', client_id: 'spa', refresh_token: first.tokens.refresh_token ?? '' }
  expect((await tokenRequest(w.issuer, refresh)).body).toMatchObject({ error: 'invalid_grant' })
})

test('whoever signs in at the same time for the first time in two browsers is one user', async () => {
  const w = await issuerWorld()
  const email = newAddress()
  const config = await w.client()
  const ready = await Promise.all(
    [1, 2].map(async () => {
      const browser = createBrowser(w.origin)
      const { url, verifier, state } = await authorization(config)
      return { browser, verifier, state, page: await browser.open(url) }
    }),
  )
  const subjects: (string | undefined)[] = []
  for (const { browser, page, verifier, state } of ready) {
    const back = await enterCode(w, browser, page, email)
    const checks = { pkceCodeVerifier: verifier, expectedState: state }
    subjects.push((await openid.authorizationCodeGrant(config, back.url, checks)).claims()?.sub)
  }
  expect(new Set(subjects).size).toBe(1)
})

test('whoever does not want to goes back with access_denied', async () => {
  const w = await issuerWorld()
  const browser = createBrowser(w.origin)
  const { url, state } = await authorization(await w.client())
  const back = await browser.submit(await browser.open(url), '/abort')
  expect(Object.fromEntries(back.url.searchParams)).toMatchObject({ error: 'access_denied', state, iss: w.issuer })
})

test('in development there is a page to sign in at, and a client that comes back to it', async () => {
  const w = await issuerWorld()
  const browser = createBrowser(w.origin)
  const shown = await browser.open('/sign-in')
  expect(shown.html).toContain('Sign in as a new person')
  const place = `${w.origin}/sign-in`
  const config = await w.client('development')
  const { url, verifier, state } = await authorization(config, { redirect_uri: place })
  const back = await enterCode(w, browser, await browser.open(url), newAddress())
  expect(back.url.href).toContain(`${place}?code=`)
  // As the page calls it: from its own origin.
  const form = {
    grant_type: 'authorization_code',
    client_id: 'development',
    redirect_uri: place,
    code_verifier: verifier,
  }
  const code = back.url.searchParams.get('code') ?? ''
  const { status, body } = await tokenRequest(w.issuer, { ...form, code }, { origin: w.origin })
  expect({ status, token: typeof body.access_token }).toEqual({ status: 200, token: 'string' })
  expect(back.url.searchParams.get('state')).toBe(state)
})

test('in production there is neither', async () => {
  const { app } = await deployment(production)
  expect((await app.fetch(new Request('http://tenantry.test/sign-in'))).status).toBe(404)
})
