import { randomUUID } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { proved, withDns } from '../email-domains/domains.ts'
import { createClient } from '../kit/client.ts'
import { startIssuer } from '../kit/issuer.ts'
import { membershipsOf, provisions, suggestionsOf } from './provisioning.ts'

test('an address that its issuer does not vouch for leads nowhere; once it does, the organization is suggested (JIT-5)', async () => {
  const { issuer, audience, token, close } = await startIssuer()
  onTestFinished(close)
  const trusted = JSON.stringify([{ issuer, audience, algorithms: ['ES256'] }])
  const w = await withDns({ env: { TRUSTED_ISSUERS: trusted } })
  const domain = await proved(w, w.owner, w.acme)
  await provisions(w.owner, w.acme, { isEnabled: true, emailDomainIds: [domain.id] })
  const user = () => ({ sub: randomUUID(), email: `c-${randomUUID().slice(0, 8)}@${domain.domain}` })
  const signedIn = async (claims: { sub: string; email_verified?: unknown }) => createClient(w.app, await token(claims))
  expect(await membershipsOf(await signedIn({ ...user(), email_verified: true }))).toHaveLength(1)

  const mallory = user()
  for (const claims of [mallory, { ...user(), email_verified: false }, { ...user(), email_verified: 'true' }]) {
    const by = await signedIn(claims)
    expect([await membershipsOf(by), await suggestionsOf(by)]).toEqual([[], []])
  }
  const later = await signedIn({ ...mallory, email_verified: true })
  expect(await membershipsOf(later)).toEqual([])
  expect(await suggestionsOf(later)).toMatchObject([{ slug: w.acme.slug }])
})
