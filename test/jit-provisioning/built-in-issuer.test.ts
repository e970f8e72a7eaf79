import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { proved } from '../email-domains/domains.ts'
import { dnsServer } from '../kit/dns.ts'
import { written } from '../kit/journal.ts'
import { actionsOf, sql } from '../kit/rows.ts'
import { issuerWorld, signIn } from '../kit/sign-in.ts'
import { provisions } from './provisioning.ts'

test('whoever signs in first at the built-in issuer is a member before their token is out (JIT-5, JIT-9)', async () => {
  const dns = await dnsServer()
  const w = { ...(await issuerWorld({ resolver: dns.resolver })), dns }
  const domain = await proved(w, w.owner, w.acme)
  await provisions(w.owner, w.acme, { isEnabled: true, emailDomainIds: [domain.id] })
  const email = `c-${randomUUID().slice(0, 8)}@${domain.domain}`
  const first = await written(w, () => signIn(w, { email }))
  expect(actionsOf(first)).toEqual({ audit: ['MEMBER_ADDED'], outbox: ['MEMBER_ADDED'] })
  const held = 'select m.origin from membership m join principal p on p.id = m.principal_id where p.email = $1'
  expect(await sql(w, held, [email])).toEqual([{ origin: 'EMAIL_DOMAIN' }])
  expect(actionsOf(await written(w, () => signIn(w, { email })))).toEqual({ audit: [], outbox: [] })
})
