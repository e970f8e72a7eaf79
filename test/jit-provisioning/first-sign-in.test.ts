import { expect, test } from 'vitest'
import { claim, proved, publish, remove, verify, withDns } from '../email-domains/domains.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { actionsOf, limitSeats, nothing, sql } from '../kit/rows.ts'
import {
  broughtBy,
  colleague,
  membershipsOf,
  opened,
  provisioningOf,
  provisions,
  suggestionsOf,
} from './provisioning.ts'

test('whoever signs in first with an address of a proved domain is a member, with the roles (JIT-5, JIT-9, MEM-3)', async () => {
  const w = await withDns()
  const reader = await w.acme.customRole(['member:read', 'domain:read'], { name: 'Reader' })
  const domain = await opened(w, { roleIds: [reader, await w.roleId('Member')] })
  const ada = await colleague(w, domain)
  const { result, audit, outbox } = await written(w, () => membershipsOf(ada))
  expect(result).toMatchObject([{ origin: 'EMAIL_DOMAIN', addedBy: null, organization: { id: w.acme.id } }])
  expect(result[0]?.roles.map((role: { name: string }) => role.name).toSorted()).toEqual(['Member', 'Reader'])
  expect(await broughtBy(w, result[0] ?? {})).toBe(domain.domain)
  expect(audit).toMatchObject([
    {
      where: uuidOf(w.acme.id),
      action: 'MEMBER_ADDED',
      actor: null,
      changes: [{ after: 'EMAIL_DOMAIN' }, { after: domain.domain }, {}],
    },
  ])
  expect(outbox).toMatchObject([{ type: 'MEMBER_ADDED', payload: { origin: 'EMAIL_DOMAIN' } }])
  expect(actionsOf(await written(w, () => membershipsOf(ada)))).toEqual(nothing)
})

test('without roles named, it is the default role (TPL-8)', async () => {
  const w = await withDns()
  const domain = await opened(w)
  expect(await membershipsOf(await colleague(w, domain))).toMatchObject([{ roles: [{ name: 'Member' }] }])
})

test('the most specific proof wins, whether it lets anybody in or not (JIT-1)', async () => {
  const w = await withDns()
  const wide = await proved(w, w.owner, w.acme, `*.${(await claim(w.owner, w.acme)).domain}`)
  await provisions(w.owner, w.acme, { isEnabled: true, emailDomainIds: [wide.id] })
  const base = wide.domain.slice(2)
  expect(await membershipsOf(await w.person(`a@eu.${base}`))).toHaveLength(1)
  expect(await membershipsOf(await w.person(`a@x.eu2.${base}`))).toHaveLength(1)
  // Not the domain itself, nor one that only ends alike.
  for (const other of [base, `not${base}`]) expect(await membershipsOf(await w.person(`a@${other}`))).toEqual([])

  const other = await w.organization(w.owner)
  const narrow = await proved(w, w.owner, other, `*.sub.${base}`)
  const exact = await proved(w, w.owner, other, `us.${base}`)
  for (const name of [`x.sub.${base}`, `us.${base}`])
    expect(await membershipsOf(await w.person(`b@${name}`))).toEqual([])
  await provisions(w.owner, other, { isEnabled: true, emailDomainIds: [narrow.id, exact.id] })
  for (const name of [`x.sub.${base}`, `us.${base}`])
    expect(await membershipsOf(await w.person(`c@${name}`))).toMatchObject([{ organization: { id: other.id } }])
})

test('nobody comes so while it is off, or asks to be asked, or for a domain that is not listed (JIT-5)', async () => {
  const w = await withDns()
  const domain = await opened(w)
  for (const input of [
    { isEnabled: false },
    { isEnabled: true, domainJoining: 'REQUEST' },
    { domainJoining: 'JOIN', emailDomainIds: [] },
  ]) {
    expect((await provisions(w.owner, w.acme, input)).__typename).toBe('UpdateJitProvisioningPayload')
    const person = await colleague(w, domain)
    const { result, ...journal } = await written(w, () => membershipsOf(person))
    expect(result).toEqual([])
    expect(actionsOf(journal)).toEqual(nothing)
  }
})

test('a domain counts as it is proved at that moment: removed or lapsed never, proved again at once (JIT-3)', async () => {
  const w = await withDns()
  const lapsing = await opened(w)
  await sql(w, "update email_domain set status = 'LAPSED' where id = $1", [uuidOf(lapsing.id)])
  expect(await membershipsOf(await colleague(w, lapsing))).toEqual([])
  expect((await verify(w.owner, lapsing)).emailDomain.status).toBe('VERIFIED')
  expect(await membershipsOf(await colleague(w, lapsing))).toHaveLength(1)
  await remove(w.owner, lapsing)
  expect(await membershipsOf(await colleague(w, lapsing))).toEqual([])
  // A claim made anew is another one: it has to be listed again.
  const again = await claim(w.owner, w.acme, lapsing.domain)
  publish(w.dns, again)
  await verify(w.owner, again)
  expect(await membershipsOf(await colleague(w, lapsing))).toEqual([])
})

test('nobody comes to a deleted organization; a restored one waits for its proof (ORG-6)', async () => {
  const w = await withDns()
  const domain = await opened(w)
  await w.owner.mutate('deleteOrganization', { organizationId: w.acme.id })
  const ada = await colleague(w, domain)
  expect(await membershipsOf(ada)).toEqual([])
  expect(await suggestionsOf(ada)).toEqual([])
})

test('a full organization takes nobody in, says so to its admins, and suggests itself once there is a seat (JIT-8)', async () => {
  const w = await withDns()
  const domain = await opened(w)
  await limitSeats(w, w.acme, 1)
  const ada = await colleague(w, domain)
  const { result, audit, outbox } = await written(w, () => membershipsOf(ada))
  expect(result).toEqual([])
  expect(audit).toMatchObject([
    {
      where: uuidOf(w.acme.id),
      action: 'JIT_PROVISIONING_SKIPPED',
      changes: [{ field: 'reason', after: 'SEAT_LIMIT_REACHED' }],
    },
  ])
  expect(outbox.map(event => event.type)).toEqual(['JIT_PROVISIONING_SKIPPED'])
  expect(await suggestionsOf(ada)).toEqual([])
  const hint = await provisioningOf(w.owner, w.acme)
  expect(hint).toMatchObject({ skippedForSeatsCount: 1, lastSkippedAt: w.clock().toISOString() })
  await limitSeats(w, w.acme, 2)
  expect(await membershipsOf(ada)).toEqual([])
  expect(await suggestionsOf(ada)).toMatchObject([{ slug: w.acme.slug, joining: 'JOIN' }])
  expect((await ada.mutate('joinSuggestedOrganization', { slug: w.acme.slug })).__typename).toBe(
    'JoinSuggestedOrganizationPayload',
  )
  expect(await provisioningOf(w.owner, w.acme)).toMatchObject({ skippedForSeatsCount: 0, lastSkippedAt: null })
})

test('nobody comes so from a domain that the deployment takes nobody of (INV-17)', async () => {
  const w = await withDns({ env: { BLOCKED_EMAIL_DOMAINS: 'blocked-here.com' } })
  const made = await claim(w.owner, w.acme)
  await sql(
    w,
    "update email_domain set domain = 'blocked-here.com', status = 'VERIFIED', verified_at = now(), provisions = true where id = $1",
    [uuidOf(made.id)],
  )
  await provisions(w.owner, w.acme, { isEnabled: true })
  const ada = await w.person('ada@blocked-here.com')
  expect([await membershipsOf(ada), await suggestionsOf(ada)]).toEqual([[], []])
})
