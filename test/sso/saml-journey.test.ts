import { expect, test } from 'vitest'
import { createClient } from '../kit/client.ts'
import { signIn } from '../kit/sign-in.ts'
import { change } from './connectors.ts'
import { colleague, connectedSaml, samlWorld, signInBySaml, trySaml } from './saml-connectors.ts'

test('a new colleague types an address, signs in at the provider of SAML, and is a user here (SSO-1, SSO-2, SSO-4)', async () => {
  const w = await samlWorld()
  const { domain } = await connectedSaml(w)
  const email = `ada@${domain}`
  w.idp.person = colleague(email, { picture: ['https://pictures.test/ada.png'] })
  const { tokens } = await signInBySaml(w, email)
  const { viewer } = await createClient(w.app, tokens.access_token).query(
    '{ viewer { principal { displayName ... on User { email isEmailVerified avatarUrl } } } }',
  )
  expect(viewer.principal).toEqual({
    ...{ displayName: 'Ada Lovelace', email, isEmailVerified: true },
    avatarUrl: 'https://pictures.test/ada.png',
  })
  expect(w.idp.asked.at(-1)).toMatchObject({ loginHint: email, relayState: expect.stringMatching(/^[\w-]{43}$/) })
  expect(tokens.claims()).toMatchObject({
    amr: ['sso', expect.stringMatching(/^urn:tenantry:connector:[0-9a-f-]{36}$/)],
  })
})

test('the same subject is the same user; an address that changed makes nobody else of them (SSO-2)', async () => {
  const w = await samlWorld()
  const { domain } = await connectedSaml(w)
  w.idp.person = colleague(`ada@${domain}`)
  const first = await signInBySaml(w, `ada@${domain}`)
  w.idp.person = { nameId: w.idp.person.nameId, attributes: { email: [`king@${domain}`] } }
  const second = await signInBySaml(w, `king@${domain}`)
  expect(second.tokens.claims()?.sub).toBe(first.tokens.claims()?.sub)
})

test('who signed in by code before, with an address of the proved domain, is the same user (SSO-2)', async () => {
  const w = await samlWorld()
  const { domain, connector } = await connectedSaml(w)
  const email = `grace@${domain}`
  await change(w.owner, connector, { isEnabled: false })
  const before = await signIn(w, { email })
  await change(w.owner, connector, { isEnabled: true })
  w.idp.person = colleague(email)
  expect((await signInBySaml(w, email)).tokens.claims()?.sub).toBe(before.tokens.claims()?.sub)
})

test.each([
  ['in the address', 'redirect'],
  ['in a form', 'post'],
] as const)(
  'a provider that wants signed requests and encrypts gets and sends them; the request is %s',
  async (_way, binding) => {
    const w = await samlWorld()
    Object.assign(w.idp, { binding, wantsSignedRequests: true, encrypts: true })
    const { domain, connector } = await connectedSaml(w)
    expect(connector).toMatchObject({ signsRequests: true, signInBinding: binding.toUpperCase() })
    w.idp.person = colleague(`ada@${domain}`)
    expect((await signInBySaml(w, `ada@${domain}`)).tokens.claims()?.email).toBe(`ada@${domain}`)
  },
)

test('a test sign-in shows each step, and what the provider sent (SSO-1)', async () => {
  const w = await samlWorld()
  const { connector, domain } = await connectedSaml(w)
  w.idp.person = colleague(`tester@${domain}`)
  const good = await trySaml(w, connector)
  expect(good.html).toContain('The test passed')
  expect(good.html).toContain(w.idp.person.nameId)
  w.idp.person = { nameId: 'nobody', attributes: {} }
  expect((await trySaml(w, connector)).html).toContain('There is no address in email, mail')
  w.idp.answers = () => 'bm90aGluZw=='
  expect((await trySaml(w, connector)).html).toContain('XML_MALFORMED')
})

test('a connector that does not trust the addresses of SAML lets nobody in, since it has no word for verified ones (SSO-3)', async () => {
  const w = await samlWorld()
  await expect(connectedSaml(w, { saml: { trustsEmail: false } })).rejects.toThrow('the connector does not trust it')
})
