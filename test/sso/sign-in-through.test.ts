import { expect, test } from 'vitest'
import { createClient } from '../kit/client.ts'
import { signIn } from '../kit/sign-in.ts'
import { connected, employee, signInThrough, ssoWorld } from './connectors.ts'

test('a new colleague types an address, signs in at the provider, and is a user here (SSO-1, SSO-2)', async () => {
  const w = await ssoWorld()
  const { domain, connector } = await connected(w)
  const email = `ada@${domain}`
  w.idp.person = employee(email, { picture: 'https://pictures.test/ada.png' })
  const { tokens } = await signInThrough(w, email)
  const { ada } = { ada: createClient(w.app, tokens.access_token) }
  const { viewer } = await ada.query(
    '{ viewer { principal { displayName ... on User { email isEmailVerified avatarUrl } } } }',
  )
  expect(viewer.principal).toEqual({
    ...{ displayName: 'Ada Lovelace', email, isEmailVerified: true },
    avatarUrl: 'https://pictures.test/ada.png',
  })
  const asked = w.idp.asked.at(-1)
  expect(Object.fromEntries(asked ?? [])).toMatchObject({
    ...{ login_hint: email, redirect_uri: connector.redirectUri, code_challenge_method: 'S256' },
    nonce: expect.any(String),
  })
  expect(tokens.claims()).toMatchObject({
    amr: ['sso', expect.stringMatching(/^urn:tenantry:connector:[0-9a-f-]{36}$/)],
  })
})

test('the same subject is the same user; an address that changed makes nobody else of them (SSO-2)', async () => {
  const w = await ssoWorld()
  const { domain } = await connected(w)
  w.idp.person = employee(`ada@${domain}`)
  const first = await signInThrough(w, `ada@${domain}`)
  w.idp.person = { ...w.idp.person, email: `lovelace@${domain}`, name: 'Augusta Ada King' }
  const second = await signInThrough(w, `lovelace@${domain}`)
  expect(second.tokens.claims()?.sub).toBe(first.tokens.claims()?.sub)
  expect(second.tokens.claims()?.name).toBe('Augusta Ada King')
})

test('who signed in by code before, with an address of the proved domain, is the same user (SSO-2)', async () => {
  const w = await ssoWorld()
  const { domain, connector } = await connected(w)
  const email = `grace@${domain}`
  await w.owner.mutate('updateSsoConnector', { ssoConnectorId: connector.id, isEnabled: false })
  const before = await signIn(w, { email })
  await w.owner.mutate('updateSsoConnector', { ssoConnectorId: connector.id, isEnabled: true })
  w.idp.person = employee(email)
  const after = await signInThrough(w, email)
  expect(after.tokens.claims()?.sub).toBe(before.tokens.claims()?.sub)
})
