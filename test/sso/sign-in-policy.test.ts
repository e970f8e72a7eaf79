import { expect, test } from 'vitest'
import { identityProvider } from '../kit/identity-provider.ts'
import { uuidOf } from '../kit/journal.ts'
import { tokenRequest } from '../kit/sign-in.ts'
import { connected, employee, type SsoWorld, signInThrough, ssoWorld } from './connectors.ts'

/** Somebody who is a member of both, signed in through the provider of the first; and what asking for a token comes to. */
async function memberOfBoth(w: SsoWorld, domain: string, places: { id: string }[]) {
  const { tokens } = await signInThrough(w, `ada@${domain}`)
  const userId = Buffer.from(`User:${tokens.claims()?.sub}`).toString('base64url')
  for (const { id: organizationId } of places) await w.operator.mutate('addMember', { organizationId, userId })
  let refreshToken = tokens.refresh_token ?? ''
  return async ({ id }: { id: string }) => {
    const form = {
      grant_type: 'refresh_token',
      client_id: 'spa',
      refresh_token: refreshToken,
      organization_id: uuidOf(id),
    }
    const { body } = await tokenRequest(w.issuer, form)
    if (typeof body.refresh_token === 'string') refreshToken = body.refresh_token
    return body.error ?? 'a token'
  }
}

test('a sign-in through a connector is SSO for the organization of the connector, and no method of another', async () => {
  const w = await ssoWorld()
  const { domain } = await connected(w)
  const rival = await w.person()
  const elsewhere = await w.organization(rival)
  w.idp.person = employee(`ada@${domain}`)
  const ask = await memberOfBoth(w, domain, [w.acme, elsewhere])
  for (const [by, { id }] of [
    [w.owner, w.acme],
    [rival, elsewhere],
  ] as const)
    await by.mutate('updateSignInPolicy', { organizationId: id, allowedMethods: ['SSO'] })
  expect(await ask(elsewhere)).toBe('insufficient_user_authentication')
  expect(await ask(w.acme)).toBe('a token')
  await w.owner.mutate('updateSignInPolicy', { organizationId: w.acme.id, allowedMethods: ['EMAIL_CODE'] })
  expect(await ask(w.acme)).toBe('insufficient_user_authentication')
})

test('a second factor that the provider states counts for the organization of the connector alone', async () => {
  const w = await ssoWorld({}, [await identityProvider()])
  const { domain } = await connected(w)
  const rival = await w.person()
  const elsewhere = await w.organization(rival)
  w.idp.person = employee(`ada@${domain}`)
  w.idp.authentication = { amr: ['pwd', 'mfa'] }
  const ask = await memberOfBoth(w, domain, [w.acme, elsewhere])
  for (const [by, { id }] of [
    [w.owner, w.acme],
    [rival, elsewhere],
  ] as const)
    await by.mutate('updateSignInPolicy', { organizationId: id, requiresMfa: true })
  expect(await ask(elsewhere)).toBe('insufficient_user_authentication')
  expect(await ask(w.acme)).toBe('a token')
})

test('without a second factor at the provider there is none', async () => {
  const w = await ssoWorld()
  const { domain } = await connected(w)
  w.idp.person = employee(`ada@${domain}`)
  const ask = await memberOfBoth(w, domain, [w.acme])
  await w.owner.mutate('updateSignInPolicy', { organizationId: w.acme.id, requiresMfa: true })
  expect(await ask(w.acme)).toBe('insufficient_user_authentication')
})

test('a sign-in through a shared connector is SSO where it is used, with what it states of a second factor, as long as it is (SSO-2)', async () => {
  const w = await ssoWorld()
  const { domain, connector } = await connected(w)
  const rival = await w.person()
  const elsewhere = await w.organization(rival)
  const shared = { ssoConnectorId: connector.id, organizationId: elsewhere.id }
  w.idp.person = employee(`ada@${domain}`)
  w.idp.authentication = { amr: ['pwd', 'mfa'] }
  const ask = await memberOfBoth(w, domain, [w.acme, elsewhere])
  await rival.mutate('updateSignInPolicy', { organizationId: elsewhere.id, allowedMethods: ['SSO'], requiresMfa: true })
  expect(await ask(elsewhere)).toBe('insufficient_user_authentication')
  await w.operator.mutate('shareSsoConnector', shared)
  expect(await ask(elsewhere)).toBe('a token')
  await rival.mutate('unshareSsoConnector', shared)
  expect(await ask(elsewhere)).toBe('insufficient_user_authentication')
})
