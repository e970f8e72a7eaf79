import { expect, test } from 'vitest'
import { testClock } from '../kit/clock.ts'
import { written } from '../kit/journal.ts'
import { actionsOf, nothing, sql } from '../kit/rows.ts'
import { claim, kept, proved, publish, remove, verify, withDns } from './domains.ts'

/** A deployment of its own: what is due in it is of this test alone. */
const alone = (env?: Record<string, string>) =>
  withDns({ isolated: true, clock: testClock(), ...(env !== undefined && { env }) })

test('a proof is looked at from time to time, and not before (JIT-3)', async () => {
  const w = await alone()
  const made = await proved(w, w.owner, w.acme)
  await claim(w.owner, w.acme)
  w.dns.asked.length = 0
  await w.app.checkDueDomains()
  expect(w.dns.asked).toEqual([])
  w.clock.advance({ days: 1 })
  const { result: _, ...journal } = await written(w, () => w.app.checkDueDomains())
  expect(w.dns.asked).toEqual([made.dnsRecord.name])
  expect(actionsOf(journal)).toEqual(nothing)
  await w.app.checkDueDomains()
  expect(w.dns.asked).toHaveLength(1)
})

test('it lapses when the record is gone three times in a row, and is back with the record (JIT-3)', async () => {
  const w = await alone()
  const made = await proved(w, w.owner, w.acme)
  w.dns.records.clear()
  for (const status of ['VERIFIED', 'VERIFIED', 'LAPSED', 'LAPSED']) {
    w.clock.advance({ days: 1 })
    await w.app.checkDueDomains()
    expect(await kept(w, made)).toBe(status)
  }
  const query =
    'query($id: ID!) { organization(by: { id: $id }) { auditEvents(first: 1) { nodes { action changes { after } } } } }'
  const { organization } = await (await w.person(w.owner.email)).query(query, { id: w.acme.id })
  expect(organization.auditEvents.nodes).toEqual([{ action: 'DOMAIN_LAPSED', changes: [{ after: 'RECORD_GONE' }] }])
  publish(w.dns, made)
  w.clock.advance({ days: 1 })
  const { result: _, ...journal } = await written(w, () => w.app.checkDueDomains())
  expect(await kept(w, made)).toBe('VERIFIED')
  expect(actionsOf(journal)).toEqual({ audit: ['DOMAIN_VERIFIED'], outbox: ['DOMAIN_VERIFIED'] })
})

test('misses that are not in a row do not count together', async () => {
  const w = await alone({ DOMAIN_MISSED_CHECKS: '2' })
  const made = await proved(w, w.owner, w.acme)
  for (const isThere of [false, true, false]) {
    w.dns.records.clear()
    if (isThere) publish(w.dns, made)
    w.clock.advance({ days: 1 })
    await w.app.checkDueDomains()
    expect(await kept(w, made)).toBe('VERIFIED')
  }
})

test('name servers that do not answer take nothing away', async () => {
  const w = await alone({ DOMAIN_MISSED_CHECKS: '1' })
  const made = await proved(w, w.owner, w.acme)
  w.dns.isBroken = true
  w.clock.advance({ days: 1 })
  await w.app.checkDueDomains()
  expect(await kept(w, made)).toBe('VERIFIED')
})

test('an early look of an admin finds the record missing, and takes nothing away', async () => {
  const w = await alone({ DOMAIN_MISSED_CHECKS: '1' })
  const made = await proved(w, w.owner, w.acme)
  w.dns.records.clear()
  expect((await verify(w.owner, made)).__typename).toBe('DomainNotVerifiedError')
  expect(await kept(w, made)).toBe('VERIFIED')
})

test('how often is configuration', async () => {
  const w = await alone({ DOMAIN_CHECK_SECONDS: '3600' })
  await proved(w, w.owner, w.acme)
  w.dns.asked.length = 0
  w.clock.advance({ hours: 1 })
  await w.app.checkDueDomains()
  expect(w.dns.asked).toHaveLength(1)
})

test('a claim that is given up and made again while it is checked is not proved by it (JIT-4)', async () => {
  const w = await alone()
  const made = await proved(w, w.owner, w.acme)
  let again = made
  w.dns.meanwhile = async () => {
    w.dns.meanwhile = () => {}
    const owner = await w.person(w.owner.email)
    await remove(owner, made)
    again = await claim(owner, w.acme, made.domain)
  }
  w.clock.advance({ days: 1 })
  await w.app.checkDueDomains()
  expect(await kept(w, again)).toBe('PENDING')
})

test('replicas share the work: each proof is looked at once, however many there are', async () => {
  const w = await alone({ DOMAIN_LIMIT: '30' })
  for (let index = 0; index < 25; index++) await proved(w, w.owner, w.acme)
  w.dns.asked.length = 0
  w.clock.advance({ days: 1 })
  await Promise.all([1, 2, 3].map(() => w.app.checkDueDomains()))
  await w.app.checkDueDomains()
  expect(w.dns.asked).toHaveLength(25)
  expect(new Set(w.dns.asked).size).toBe(25)
  const [row] = await sql<{ count: number }>(
    w,
    `select count(*)::int as count from email_domain where status = 'VERIFIED'`,
  )
  expect(row?.count).toBe(25)
})
