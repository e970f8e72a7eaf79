import { describe, expect, test } from 'vitest'
import { memberWith } from '../kit/holders.ts'
import { written } from '../kit/journal.ts'
import { actionsOf, nothing, refusedOnly } from '../kit/rows.ts'
import { world } from '../kit/world.ts'
import { claim, domainsOf, newDomain, remove, tryToClaim } from './domains.ts'

test('a claim says which record proves it, and is recorded', async () => {
  const w = await world()
  const domain = newDomain()
  const { result, audit, outbox } = await written(w, () => claim(w.owner, w.acme, domain))
  expect(result).toMatchObject({
    ...{ domain, status: 'PENDING', isVouchedFor: false, verifiedAt: null, lastCheckedAt: null },
    dnsRecord: { name: `_tenantry.${domain}`, value: expect.stringMatching(/^tenantry-verification=[\w-]{43}$/) },
  })
  expect(audit).toMatchObject([{ action: 'DOMAIN_ADDED', target: `EmailDomain ${domain}`, changes: [] }])
  expect(outbox).toMatchObject([{ type: 'DOMAIN_ADDED', payload: { domain } }])
  expect(await domainsOf(w.owner, w.acme)).toEqual([result])
})

test.each([
  ['ACME-%.com', 'acme-%.com'],
  ['  acme-%.com ', 'acme-%.com'],
  ['bücher-%.de', 'xn--bcher-%-65a.de'],
  ['*.acme-%.com', '*.acme-%.com'],
  ['ａｃｍｅ-%.com', 'acme-%.com'],
  ['acme-%。com', 'acme-%.com'],
])('%s is kept in lower-case ASCII, as %s (JIT-1)', async (given, kept) => {
  const w = await world()
  const word = (text: string) => text.replace('%', '7')
  expect((await claim(w.owner, w.acme, word(given))).domain).toBe(word(kept).replace('bcher-7-65a', 'bcher-7-n2a'))
})

test('a name that only looks like another is another name (JIT-1)', async () => {
  const w = await world()
  // A Cyrillic а.
  const { domain } = await claim(w.owner, w.acme, 'аcme.com')
  expect(domain).toMatch(/^xn--/)
  expect((await claim(w.owner, w.acme, 'acme.com')).domain).toBe('acme.com')
})

describe('nobody claims', () => {
  test.each(['gmail.com', 'GMX.de', 'proton.me', 'yahoo.co.uk', '*.outlook.com', 'tuta.com'])(
    '%s, of a public mail provider (JIT-2)',
    async domain => {
      const w = await world()
      expect(await tryToClaim(w.owner, w.acme, domain)).toMatchObject({
        ...{ __typename: 'InvalidInputError', issues: [{ path: ['input', 'domain'] }] },
      })
    },
  )

  test.each(['acme.test', 'example.com', 'www.example.org', 'printer.local', 'db.internal', 'a.home.arpa', 'x.onion'])(
    '%s, which is for special use (JIT-2)',
    async domain => {
      const w = await world()
      expect((await tryToClaim(w.owner, w.acme, domain)).issues[0].message).toContain('reserved')
    },
  )

  test.each([
    'com',
    '*.com',
    '127.0.0.1',
    'acme..com',
    '-acme.com',
    'a@acme.com',
    '*.*.acme.com',
    'https://acme.com',
    '',
  ])('%j, which is no domain', async domain => {
    const w = await world()
    const { result, ...journal } = await written(w, () => tryToClaim(w.owner, w.acme, domain))
    expect(result.__typename).toBe('InvalidInputError')
    expect(actionsOf(journal)).toEqual(nothing)
  })

  test('what the deployment takes nobody from', async () => {
    const w = await world({ env: { BLOCKED_EMAIL_DOMAINS: 'blocked.com,*.wide.com' } })
    for (const domain of ['blocked.com', 'a.wide.com', '*.blocked.com'])
      expect((await tryToClaim(w.owner, w.acme, domain)).__typename).toBe('InvalidInputError')
    expect((await tryToClaim(w.owner, w.acme, 'wide.com')).__typename).toBe('AddEmailDomainPayload')
  })
})

test('an organization claims a domain once, and another may claim it too', async () => {
  const w = await world()
  const { id, domain, dnsRecord } = await claim(w.owner, w.acme)
  expect(await tryToClaim(w.owner, w.acme, domain.toUpperCase())).toMatchObject({
    ...{ __typename: 'DomainAlreadyClaimedError', emailDomain: { id } },
  })
  const other = await w.organization(w.owner)
  const theirs = await claim(w.owner, other, domain)
  expect(theirs.dnsRecord.name).toBe(dnsRecord.name)
  expect(theirs.dnsRecord.value).not.toBe(dnsRecord.value)
})

test('there is a limit to how many', async () => {
  const w = await world({ env: { DOMAIN_LIMIT: '2' } })
  const first = await claim(w.owner, w.acme)
  await claim(w.owner, w.acme)
  expect(await tryToClaim(w.owner, w.acme, newDomain())).toMatchObject({
    ...{ __typename: 'DomainLimitReachedError', limit: 2 },
  })
  await remove(w.owner, first)
  expect((await tryToClaim(w.owner, w.acme, newDomain())).__typename).toBe('AddEmailDomainPayload')
})

test('a claim is given up, and recorded; a new one asks for a new record (JIT-4)', async () => {
  const w = await world()
  const made = await claim(w.owner, w.acme)
  const { result, ...journal } = await written(w, () => remove(w.owner, made))
  expect(result).toMatchObject({ removedEmailDomainId: made.id, organization: { emailDomains: [] } })
  expect(actionsOf(journal)).toEqual({ audit: ['DOMAIN_REMOVED'], outbox: ['DOMAIN_REMOVED'] })
  const again = await claim(w.owner, w.acme, made.domain)
  expect(again.dnsRecord.value).not.toBe(made.dnsRecord.value)
})

test('who may not manage domains is refused, and recorded; who may not see them finds none', async () => {
  const w = await world()
  const made = await claim(w.owner, w.acme)
  const reader = await memberWith(w.acme, ['domain:read'])
  expect(await domainsOf(reader, w.acme)).toMatchObject([{ id: made.id, viewerCanManage: false }])
  const { result, ...journal } = await written(w, () => reader.refusal('removeEmailDomain', { emailDomainId: made.id }))
  expect(result).toBe('FORBIDDEN')
  expect(actionsOf(journal)).toEqual(refusedOnly)
  const plain = await w.acme.member()
  expect(await domainsOf(plain, w.acme)).toBe(null)
  for (const name of ['verifyEmailDomain', 'removeEmailDomain', 'setEmailDomainVerified']) {
    expect(await plain.refusal(name, { emailDomainId: made.id })).toBe('NOT_FOUND')
    expect(await (await w.person()).refusal(name, { emailDomainId: made.id })).toBe('NOT_FOUND')
  }
  expect(await w.owner.refusal('setEmailDomainVerified', { emailDomainId: made.id })).toBe('FORBIDDEN')
})

test('who may claim and not see gets no claim to see', async () => {
  const w = await world()
  const blind = await memberWith(w.acme, ['domain:manage'])
  expect(await tryToClaim(blind, w.acme, newDomain())).toMatchObject({
    ...{ __typename: 'AddEmailDomainPayload', emailDomain: null },
  })
})
