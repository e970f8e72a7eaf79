import * as openid from 'openid-client'
import { expect, test } from 'vitest'
import { newDomain } from '../email-domains/domains.ts'
import { createBrowser } from '../kit/browser.ts'
import { testClock } from '../kit/clock.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { show } from '../kit/passkeys.ts'
import { authorization, newestCode, tokenRequest } from '../kit/sign-in.ts'
import { change, connect, connected, employee, problemOn, provedDomain, signInThrough, ssoWorld } from './connectors.ts'
import { byCode, enforced, ownerThrough, passkeyOf, refreshed, requires } from './required.ts'

const viewer = '{ viewer { principal { id } } }'

test('a connector is required only while it is in use, and an owner has come through it (SSO-5)', async () => {
  const w = await ssoWorld()
  const made = await connect(w.owner, w.acme, w.idp, { isRequired: true })
  expect(made).toMatchObject({ __typename: 'SsoLockoutError' })
  const { connector, domain } = await connected(w)
  const refused = (input: object) => change(w.owner, connector, input)
  expect(await refused({ isRequired: true })).toMatchObject({
    ...{ __typename: 'SsoLockoutError', message: expect.stringContaining('No owner') },
  })
  expect(await refused({ isRequired: true, isEnabled: false })).toMatchObject({
    ...{ __typename: 'SsoLockoutError', message: expect.stringContaining('switched on and tested') },
  })
  await ownerThrough(w, `boss@${domain}`)
  expect((await requires(w, connector)).ssoConnector).toMatchObject({ isRequired: true, isUsable: true })
})

test('whom it concerns is shown before (SSO-5)', async () => {
  const { w, connector, domain } = await enforced()
  await byCode(w, connector, `ada@${domain}`)
  const elsewhere = await w.person(`grace@${domain}`)
  const organizationId = w.acme.id
  await w.operator.mutate('addMember', { organizationId, userId: await elsewhere.id() })
  const query =
    'query($id: ID!) { node(id: $id) { ... on SsoConnector { reach { membersCount newcomersCount strangersCount } } } }'
  const { node } = await w.owner.query(query, { id: connector.id })
  expect(node.reach).toEqual({ membersCount: 3, newcomersCount: 2, strangersCount: 1 })
})

test('a mailed code signs nobody in, by whichever form it is asked for (SSO-5)', async () => {
  const { w, domain, enforce } = await enforced()
  const email = `ada@${domain}`
  const config = await w.client()
  // Asked for by hand, before it is required.
  const browser = w.browser()
  const { url } = await authorization(config)
  const page = await browser.open(url)
  const asked = await browser.submit(page, '/address', { email, by: 'code' })
  const code = await newestCode(w, email)
  await enforce()
  const { result, audit } = await written(w, () => browser.submit(asked, '/code', { code }))
  expect([result.status, problemOn(result)]).toEqual([403, expect.stringContaining('Your organization')])
  expect(audit).toMatchObject([{ action: 'SSO_SIGN_IN_REFUSED' }])
  // Nobody came into being: the first of that address is new.
  w.idp.person = employee(email)
  const { audit: then } = await written(w, () => signInThrough(w, email))
  expect(then).toMatchObject([{ action: 'SSO_IDENTITY_LINKED', changes: [{ field: 'user', after: 'NEW' }] }])
})

test('a passkey signs nobody in (SSO-5)', async () => {
  const { w, connector, domain, enforce } = await enforced({ hostname: 'localhost' })
  const email = `ada@${domain}`
  await change(w.owner, connector, { isEnabled: false })
  const authenticator = await passkeyOf(w, email)
  await change(w.owner, connector, { isEnabled: true })
  await enforce()
  const browser = createBrowser(w.origin)
  const { url } = await authorization(await w.client())
  const shown = await show(browser, await browser.open(url), authenticator)
  expect([shown.status, problemOn(shown)]).toEqual([403, expect.stringContaining('Your organization')])
})

test('sessions, refresh tokens and codes of another method are over; the provider leads on to the same user (SSO-5)', async () => {
  const { w, connector, domain, enforce } = await enforced()
  const email = `ada@${domain}`
  const ada = await byCode(w, connector, email)
  const started = await authorization(ada.config)
  const back = await ada.browser.open(started.url)
  await enforce()
  expect(await refreshed(ada)).toBe('insufficient_user_authentication')
  const checks = { pkceCodeVerifier: started.verifier, expectedState: started.state }
  await expect(openid.authorizationCodeGrant(ada.config, back.url, checks)).rejects.toMatchObject({
    error: 'insufficient_user_authentication',
  })
  const silent = await ada.browser.open((await authorization(ada.config, { prompt: 'none' })).url)
  expect(silent.url.searchParams.get('error')).toBe('login_required')
  const anew = await ada.browser.open((await authorization(ada.config)).url)
  expect(anew.html).toContain('name="email"')
  w.idp.person = employee(email)
  const through = await signInThrough(w, email)
  expect(through.tokens.claims()?.sub).toBe(ada.tokens.claims()?.sub)
  expect(await refreshed({ config: ada.config, tokens: through.tokens })).toBe('tokens')
})

test('a refresh that is refused leaves the token good for when the requirement is lifted (SSO-5)', async () => {
  const { w, connector, domain, enforce } = await enforced()
  const ada = await byCode(w, connector, `ada@${domain}`)
  await enforce()
  expect(await refreshed(ada)).toBe('insufficient_user_authentication')
  await change(w.owner, connector, { isRequired: false })
  expect(await refreshed(ada)).toBe('tokens')
})

test('the gateway refuses tokens of other sign-ins once it has forgotten them, and of other issuers (SSO-5)', async () => {
  const clock = testClock()
  const { w, connector, domain, enforce } = await enforced({ clock })
  const ada = await byCode(w, connector, `ada@${domain}`)
  const elsewhere = await w.person(`grace@${domain}`)
  const [adaBefore, elsewhereBefore] = [await ada.query(viewer), await elsewhere.query(viewer)]
  expect([adaBefore, elsewhereBefore]).toEqual([expect.anything(), expect.anything()])
  await enforce()
  clock.advance({ minutes: 3 })
  for (const one of [ada, elsewhere, await w.person(`new@${domain}`)]) {
    const { errors } = await one.send(viewer)
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason: 'SSO_REQUIRED' } }])
  }
})

test('no organization token comes of another sign-in, by exchange or refresh, in any organization (SSO-5)', async () => {
  const { w, domain, connector, enforce } = await enforced()
  const ada = await byCode(w, connector, `ada@${domain}`)
  const elsewhere = await w.organization(await w.person())
  await w.operator.mutate('addMember', { organizationId: elsewhere.id, userId: ada.userId })
  await enforce()
  const exchange = (token: string, id: string) =>
    tokenRequest(w.issuer, {
      ...{ grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', client_id: 'spa', subject_token: token },
      ...{ subject_token_type: 'urn:ietf:params:oauth:token-type:access_token', organization_id: uuidOf(id) },
    })
  for (const { id } of [w.acme, elsewhere]) {
    const { status, body } = await exchange(ada.tokens.access_token, id)
    expect([status, body.access_token]).toEqual([400, undefined])
  }
  w.idp.person = employee(`ada@${domain}`)
  const through = await signInThrough(w, `ada@${domain}`)
  for (const { id } of [w.acme, elsewhere])
    expect((await exchange(through.tokens.access_token, id)).body).toMatchObject({ access_token: expect.any(String) })
})

test('nobody accepts an invitation with a token that the gateway still remembers (SSO-5)', async () => {
  const { w, domain, connector, enforce } = await enforced()
  const email = `ada@${domain}`
  await change(w.owner, connector, { isEnabled: false })
  const ada = await w.person(email)
  await ada.query(viewer)
  await change(w.owner, connector, { isEnabled: true })
  const invited = await w.owner.mutate(
    'inviteMember',
    { organizationId: w.acme.id, email },
    '... on InviteMemberPayload { invitation { id } }',
  )
  await enforce()
  const selection = '... on SsoRequiredError { connectorNames connectors { id } }'
  expect(await ada.mutate('acceptInvitation', { invitation: { id: invited.invitation.id } }, selection)).toMatchObject({
    ...{ __typename: 'SsoRequiredError', connectorNames: ['Provider'], connectors: [] },
  })
})

test('an address of another domain, and of a more specific one that another organization proved, is not concerned (SSO-5)', async () => {
  const w = await ssoWorld()
  const name = newDomain()
  const { connector } = await connected(w, { domain: `*.${name}`, tester: `tester@x.${name}` })
  await ownerThrough(w, `boss@x.${name}`)
  const rival = await w.person()
  await provedDomain(w, rival, await w.organization(rival), `eu.${name}`)
  expect((await requires(w, connector)).ssoConnector).toMatchObject({ isRequired: true, isUsable: true })
  for (const email of [`ada@${name}`, `ada@eu.${name}`, `ada@x.${name}.com`])
    expect(await (await w.person(email)).query(viewer)).toEqual(expect.anything())
  const { errors } = await (await w.person(`ada@us.${name}`)).send(viewer)
  expect(errors).toMatchObject([{ extensions: { reason: 'SSO_REQUIRED' } }])
})

test('who runs the deployment gets in whatever a tenant requires, and takes it back', async () => {
  const operatorDomain = newDomain()
  const clock = testClock()
  const w = await ssoWorld({ clock, env: { OPERATORS: `operator@tenantry.test,root@${operatorDomain}` } })
  const { connector } = await connected(w, { domain: operatorDomain })
  await ownerThrough(w, `boss@${operatorDomain}`)
  expect((await requires(w, connector)).ssoConnector).toMatchObject({ isRequired: true, isUsable: true })
  const root = await w.person(`root@${operatorDomain}`)
  expect((await change(root, connector, { isRequired: false })).ssoConnector).toMatchObject({ isRequired: false })
})
