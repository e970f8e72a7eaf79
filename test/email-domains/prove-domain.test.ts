import { describe, expect, test } from 'vitest'
import { testClock } from '../kit/clock.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { actionsOf, nothing, sql } from '../kit/rows.ts'
import { claim, kept, newDomain, proved, publish, remove, statusOf, verify, vouch, withDns } from './domains.ts'

test('the record in the DNS proves a claim', async () => {
  const w = await withDns()
  const made = await claim(w.owner, w.acme)
  w.dns.records.set(made.dnsRecord.name, [['v=something else'], [made.dnsRecord.value]])
  const { result, audit, outbox } = await written(w, () => verify(w.owner, made))
  const now = w.clock().toISOString()
  expect(result.emailDomain).toMatchObject({ status: 'VERIFIED', verifiedAt: now, lastCheckedAt: now })
  expect(audit).toMatchObject([
    { action: 'DOMAIN_VERIFIED', changes: [{ field: 'provedBy', before: null, after: 'RECORD' }] },
  ])
  expect(outbox.map(event => event.type)).toEqual(['DOMAIN_VERIFIED'])
  expect(w.dns.asked).toEqual([`_tenantry.${made.domain}`])
  const again = await written(w, () => verify(w.owner, made))
  expect(again.result.emailDomain.status).toBe('VERIFIED')
  expect(actionsOf(again)).toEqual(nothing)
})

test('a record that comes in parts is read whole (RFC 7208)', async () => {
  const w = await withDns()
  const made = await claim(w.owner, w.acme)
  const { name, value } = made.dnsRecord
  w.dns.records.set(name, [[value.slice(0, 20), value.slice(20)]])
  expect((await verify(w.owner, made)).emailDomain.status).toBe('VERIFIED')
})

test('a wildcard is proved by a record of the domain that it is below (JIT-1)', async () => {
  const w = await withDns()
  const domain = newDomain()
  const wide = await proved(w, w.owner, w.acme, `*.${domain}`)
  expect(wide.dnsRecord.name).toBe(`_tenantry.${domain}`)
  const exact = await claim(w.owner, w.acme, domain)
  expect((await verify(w.owner, exact)).__typename).toBe('DomainNotVerifiedError')
})

describe('nothing is proved by', () => {
  test('no record, another one, or one that has more to it', async () => {
    const w = await withDns()
    const made = await claim(w.owner, w.acme)
    const { name, value } = made.dnsRecord
    expect(await verify(w.owner, made)).toMatchObject({
      ...{ __typename: 'DomainNotVerifiedError', expected: { name, value }, found: [] },
    })
    for (const text of ['something', `${value}x`, ` ${value}`, value.toUpperCase()]) {
      w.dns.records.set(name, [[text]])
      expect(await verify(w.owner, made)).toMatchObject({ __typename: 'DomainNotVerifiedError', found: [text] })
    }
    expect(await statusOf(w.owner, made)).toBe('PENDING')
  })

  test('the record of another organization: what A proved does not serve B (JIT-3)', async () => {
    const w = await withDns()
    const theirs = await proved(w, w.owner, w.acme)
    const mallory = await w.person()
    const own = await claim(mallory, await w.organization(mallory), theirs.domain)
    expect(await verify(mallory, own)).toMatchObject({
      ...{ __typename: 'DomainNotVerifiedError', found: [theirs.dnsRecord.value] },
    })
  })

  test('the record of a domain above or below (JIT-1)', async () => {
    const w = await withDns()
    const parent = await proved(w, w.owner, w.acme)
    const child = await claim(w.owner, w.acme, `eu.${parent.domain}`)
    w.dns.records.set(parent.dnsRecord.name, [[child.dnsRecord.value]])
    expect((await verify(w.owner, child)).__typename).toBe('DomainNotVerifiedError')
  })

  test('name servers that are broken, or silent', async () => {
    const w = await withDns()
    const made = await claim(w.owner, w.acme)
    publish(w.dns, made)
    w.dns.isBroken = true
    const result = await verify(w.owner, made)
    expect(result).toMatchObject({ __typename: 'DomainNotVerifiedError', found: [] })
    expect(result.message).toContain('gave no answer')
    expect(await statusOf(w.owner, made)).toBe('PENDING')
  })

  test('a claim that was given up and made again while the look-up ran (JIT-4)', async () => {
    const w = await withDns()
    const made = await claim(w.owner, w.acme)
    publish(w.dns, made)
    let again = made
    w.dns.meanwhile = async () => {
      w.dns.meanwhile = () => {}
      await remove(w.owner, made)
      again = await claim(w.owner, w.acme, made.domain)
    }
    expect(await w.owner.refusal('verifyEmailDomain', { emailDomainId: made.id })).toBe('NOT_FOUND')
    expect(again.id).not.toBe(made.id)
    expect(await statusOf(w.owner, again)).toBe('PENDING')
  })

  test.each([
    ['token', 'another'],
    ['domain', 'another-domain.com'],
  ])('a claim whose %s changed while the look-up ran (JIT-4)', async (column, value) => {
    const w = await withDns()
    const made = await claim(w.owner, w.acme)
    publish(w.dns, made)
    w.dns.meanwhile = async () => {
      await sql(w, `update email_domain set ${column} = $2 where id = $1`, [uuidOf(made.id), value])
    }
    expect((await verify(w.owner, made)).__typename).toBe('DomainNotVerifiedError')
    expect(await statusOf(w.owner, made)).toBe('PENDING')
  })

  test('a claim whose organization was deleted while the look-up ran (ORG-6)', async () => {
    const w = await withDns()
    const made = await claim(w.owner, w.acme)
    publish(w.dns, made)
    w.dns.meanwhile = async () => {
      await w.owner.mutate('deleteOrganization', { organizationId: w.acme.id })
    }
    expect(await w.owner.refusal('verifyEmailDomain', { emailDomainId: made.id })).toBe('NOT_FOUND')
    expect(await statusOf(w.operator, made)).toBe('PENDING')
  })
})

test('nobody is asked for who may not', async () => {
  const w = await withDns()
  const made = await claim(w.owner, w.acme)
  expect(await (await w.person()).refusal('verifyEmailDomain', { emailDomainId: made.id })).toBe('NOT_FOUND')
  expect(w.dns.asked).toEqual([])
})

test('an operator vouches for a domain without a record, and no check ends that', async () => {
  const w = await withDns({ isolated: true, clock: testClock() })
  const made = await claim(w.owner, w.acme)
  const { result, audit } = await written(w, () => vouch(w.operator, made))
  expect(result.emailDomain).toMatchObject({ status: 'VERIFIED', isVouchedFor: true })
  expect(audit).toMatchObject([{ action: 'DOMAIN_VERIFIED', changes: [{ after: 'OPERATOR' }] }])
  expect((await verify(w.owner, made)).emailDomain.status).toBe('VERIFIED')
  w.clock.advance({ days: 30 })
  await w.app.checkDueDomains()
  expect(await kept(w, made)).toBe('VERIFIED')
})
