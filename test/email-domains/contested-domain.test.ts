import { expect, test } from 'vitest'
import { outcome } from '../invitations/races.ts'
import { testClock } from '../kit/clock.ts'
import { written } from '../kit/journal.ts'
import { rounds } from '../kit/rounds.ts'
import { actionsOf, sql } from '../kit/rows.ts'
import { claim, kept, newDomain, proved, publish, remove, statusOf, verify, vouch, withDns } from './domains.ts'

/** A deployment of its own: what is due in it is of this test alone. */
const alone = () => withDns({ isolated: true, clock: testClock() })

/** Two organizations, each with a claim of the same domain and its record in the DNS; the first has proved its own. */
async function contested() {
  const w = await alone()
  const first = await proved(w, w.owner, w.acme)
  const rival = await w.person()
  const second = await claim(rival, await w.organization(rival), first.domain)
  publish(w.dns, second)
  return { w, first, second, rival }
}

test('the first proof stands, and nobody is told whose it is (JIT-3)', async () => {
  const { w, first, second, rival } = await contested()
  const result = await verify(rival, second)
  expect(result.__typename).toBe('DomainTakenError')
  expect(result.message).not.toContain(w.acme.slug)
  expect(await statusOf(w.owner, first)).toBe('VERIFIED')
  expect(await statusOf(rival, second)).toBe('PENDING')
})

test('once it is given up, or its organization deleted, the next may prove the domain (JIT-3)', async () => {
  for (const end of ['remove', 'delete']) {
    const { w, first, second, rival } = await contested()
    if (end === 'remove') await remove(w.owner, first)
    else await w.owner.mutate('deleteOrganization', { organizationId: w.acme.id })
    expect((await verify(rival, second)).emailDomain.status).toBe('VERIFIED')
  }
})

test('a deletion lapses the proof, and a restored organization has it back with the next check', async () => {
  const w = await alone()
  const made = await proved(w, w.owner, w.acme)
  const { audit } = await written(w, () => w.owner.mutate('deleteOrganization', { organizationId: w.acme.id }))
  expect(audit.map(entry => entry.action)).toEqual(['DOMAIN_LAPSED', 'ORGANIZATION_DELETED'])
  w.clock.advance({ days: 2 })
  await w.app.checkDueDomains()
  expect(await kept(w, made)).toBe('LAPSED')
  await (await w.person(w.operator.email)).mutate('restoreOrganization', { organizationId: w.acme.id })
  await w.app.checkDueDomains()
  expect(await kept(w, made)).toBe('VERIFIED')
})

test('an operator decides between two, and says so (JIT-3)', async () => {
  const { w, first, second } = await contested()
  expect((await vouch(w.operator, second)).__typename).toBe('DomainTakenError')
  const { result, ...journal } = await written(w, () => vouch(w.operator, second, true))
  expect(result.emailDomain).toMatchObject({ status: 'VERIFIED', isVouchedFor: true })
  expect(actionsOf(journal).audit).toEqual(['DOMAIN_LAPSED', 'DOMAIN_VERIFIED'])
  expect(new Set(journal.audit.map(entry => entry.where)).size).toBe(2)
  expect(await statusOf(w.owner, first)).toBe('LAPSED')
  expect((await verify(w.owner, first)).__typename).toBe('DomainTakenError')
  w.clock.advance({ days: 2 })
  await w.app.checkDueDomains()
  expect(await kept(w, first)).toBe('LAPSED')
})

test('a wildcard and a domain below it can be proved by two (JIT-1)', async () => {
  const w = await withDns()
  const domain = newDomain()
  await proved(w, w.owner, w.acme, `*.${domain}`)
  const rival = await w.person()
  const below = await proved(w, rival, await w.organization(rival), `eu.${domain}`)
  expect(below.status).toBe('VERIFIED')
})

test('of two organizations that prove a domain at once, one holds it (JIT-3)', async () => {
  const w = await withDns()
  const rival = await w.person()
  const elsewhere = await w.organization(rival)
  for (const _ of rounds) {
    const one = await claim(w.owner, w.acme)
    const two = await claim(rival, elsewhere, one.domain)
    publish(w.dns, one)
    publish(w.dns, two)
    const outcomes = await Promise.all([
      outcome(w.owner, 'verifyEmailDomain', { emailDomainId: one.id }),
      outcome(rival, 'verifyEmailDomain', { emailDomainId: two.id }),
      outcome(rival, 'verifyEmailDomain', { emailDomainId: two.id }),
    ])
    const isFirst = outcomes[0] === 'VerifyEmailDomainPayload'
    expect(outcomes).toEqual(
      isFirst
        ? ['VerifyEmailDomainPayload', 'DomainTakenError', 'DomainTakenError']
        : ['DomainTakenError', 'VerifyEmailDomainPayload', 'VerifyEmailDomainPayload'],
    )
    const held = await sql<{ count: number }>(
      w,
      `select count(*)::int as count from email_domain where domain = $1 and status = 'VERIFIED'`,
      [one.domain],
    )
    expect(held).toEqual([{ count: 1 }])
    await remove(w.owner, one)
    await remove(rival, two)
  }
})

test('a claim that is made several times at once is made once', async () => {
  const w = await withDns()
  for (const _ of rounds) {
    const input = { organizationId: w.acme.id, domain: newDomain() }
    const outcomes = await Promise.all([1, 2, 3].map(() => outcome(w.owner, 'addEmailDomain', input)))
    const [made] = outcomes.filter(one => one === 'AddEmailDomainPayload')
    expect(made).toBe('AddEmailDomainPayload')
    expect(outcomes.sort()).toEqual(['AddEmailDomainPayload', 'DomainAlreadyClaimedError', 'DomainAlreadyClaimedError'])
    const [row] = await sql<{ id: string }>(w, 'delete from email_domain where domain = $1 returning id', [
      input.domain,
    ])
    expect(row).toBeDefined()
  }
})
