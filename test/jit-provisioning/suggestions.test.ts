import { expect, test } from 'vitest'
import { withDns } from '../email-domains/domains.ts'
import { approve, asks } from '../join-requests/requests.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { outcomeOf } from '../kit/outcome.ts'
import { actionsOf, limitSeats, sql } from '../kit/rows.ts'
import { accept, broughtBy, colleague, membershipsOf, opened, provisions, suggestionsOf } from './provisioning.ts'

test('who was there before is suggested the organization, by name, slug and logo alone, and joins by their own will (JIT-5)', async () => {
  const w = await withDns()
  const domain = await opened(w, { isEnabled: false })
  const ada = await colleague(w, domain)
  expect(await membershipsOf(ada)).toEqual([])
  expect(await suggestionsOf(ada)).toEqual([])
  await provisions(w.owner, w.acme, { isEnabled: true })
  expect(await membershipsOf(ada)).toEqual([])
  expect(await suggestionsOf(ada)).toEqual([
    { slug: w.acme.slug, name: expect.any(String), logoUrl: null, joining: 'JOIN' },
  ])
  const { result, ...journal } = await written(w, () => accept(ada, w.acme))
  expect(result).toMatchObject({ membership: { origin: 'EMAIL_DOMAIN', roles: [{ name: 'Member' }] } })
  expect(actionsOf(journal)).toEqual({ audit: ['MEMBER_ADDED'], outbox: ['MEMBER_ADDED'] })
  expect(await broughtBy(w, result.membership)).toBe(domain.domain)
  expect(await suggestionsOf(ada)).toEqual([])
  expect(await accept(ada, w.acme)).toMatchObject({
    ...{ __typename: 'AlreadyMemberError', membership: { id: result.membership.id } },
  })
})

test('nothing is suggested without a verified address of the domain, and nobody else can accept (JIT-5)', async () => {
  const w = await withDns()
  const domain = await opened(w, { isEnabled: false })
  const ada = await colleague(w, domain)
  await ada.id()
  await provisions(w.owner, w.acme, { isEnabled: true })
  const stranger = await w.person()
  expect(await suggestionsOf(stranger)).toEqual([])
  const machine = await w.machine()
  for (const by of [stranger, machine])
    expect(await outcomeOf(by, 'joinSuggestedOrganization', { slug: w.acme.slug })).toBe('NOT_FOUND')
  expect(await outcomeOf(w.anonymous(), 'joinSuggestedOrganization', { slug: w.acme.slug })).toBe('UNAUTHENTICATED')
  // As for a slug that nobody has.
  expect(await outcomeOf(ada, 'joinSuggestedOrganization', { slug: 'nobody-has-this-slug' })).toBe('NOT_FOUND')
})

test('an organization that wants to be asked lets its people ask, although it lets nobody else (JIT-5, REQ-2)', async () => {
  const w = await withDns()
  const domain = await opened(w, { domainJoining: 'REQUEST' })
  const ada = await colleague(w, domain)
  expect(await membershipsOf(ada)).toEqual([])
  expect(await suggestionsOf(ada)).toMatchObject([{ slug: w.acme.slug, joining: 'REQUEST' }])
  expect(await outcomeOf(ada, 'joinSuggestedOrganization', { slug: w.acme.slug })).toBe('FORBIDDEN')
  const stranger = await w.person()
  expect(await outcomeOf(stranger, 'requestToJoin', { slug: w.acme.slug })).toBe('NOT_FOUND')
  const request = await asks(ada, w.acme)
  expect(await suggestionsOf(ada)).toEqual([])
  expect(await approve(w.owner, request)).toMatchObject({ membership: { origin: 'REQUEST' } })
})

test('where people join at once, they do not ask: the policy of requests alone says who does (REQ-2)', async () => {
  const w = await withDns()
  const domain = await opened(w, { isEnabled: false })
  const ada = await colleague(w, domain)
  await ada.id()
  await provisions(w.owner, w.acme, { isEnabled: true })
  expect(await outcomeOf(ada, 'requestToJoin', { slug: w.acme.slug })).toBe('NOT_FOUND')
})

test('the last seat may be gone by the time somebody accepts (JIT-8)', async () => {
  const w = await withDns()
  const domain = await opened(w, { isEnabled: false })
  const ada = await colleague(w, domain)
  await ada.id()
  await provisions(w.owner, w.acme, { isEnabled: true })
  await limitSeats(w, w.acme, 1)
  expect(await accept(ada, w.acme)).toMatchObject({ __typename: 'SeatLimitReachedError', seatLimit: 1 })
})

test('whoever was removed is not taken in again, nor suggested it, by whichever account (MEM-3, JIT-6)', async () => {
  const w = await withDns()
  const domain = await opened(w)
  const ada = await colleague(w, domain)
  const [membership] = await membershipsOf(ada)
  await w.owner.mutate('removeMember', { membershipId: membership?.id })
  expect([await membershipsOf(ada), await suggestionsOf(ada)]).toEqual([[], []])
  expect(await outcomeOf(ada, 'joinSuggestedOrganization', { slug: w.acme.slug })).toBe('NOT_FOUND')
  // The same person at another issuer is another user, with the same address: here, the first identity is made anew.
  await sql(w, "update identity set subject = subject || ' before' where principal_id = $1", [uuidOf(await ada.id())])
  const again = await colleague(w, domain)
  expect(await membershipsOf(again)).toHaveLength(1)
  const twin = await w.person(ada.email)
  expect([await membershipsOf(twin), await suggestionsOf(twin)]).toEqual([[], []])
})

test('whoever is suspended comes in by no other account of theirs (MEM-11)', async () => {
  const w = await withDns()
  const domain = await opened(w)
  const ada = await colleague(w, domain)
  const [membership] = await membershipsOf(ada)
  await w.owner.mutate('suspendMember', { membershipId: membership?.id })
  expect(await suggestionsOf(ada)).toEqual([])
  await sql(w, "update identity set subject = subject || ' before' where principal_id = $1", [uuidOf(await ada.id())])
  const twin = await w.person(ada.email)
  expect([await membershipsOf(twin), await suggestionsOf(twin)]).toEqual([[], []])
})

test('an admin or an invitation brings back whoever was removed, and then nothing is remembered (MEM-3)', async () => {
  const w = await withDns()
  const domain = await opened(w)
  const ada = await colleague(w, domain)
  const userId = await ada.id()
  const remembered = () => sql(w, 'select has_left from former_member where principal_id = $1', [uuidOf(userId)])
  const removed = async () => {
    const [membership] = await membershipsOf(ada)
    await w.owner.mutate('removeMember', { membershipId: membership?.id })
    expect(await remembered()).toEqual([{ has_left: false }])
  }
  await removed()
  await w.operator.mutate('addMember', { organizationId: w.acme.id, userId })
  expect(await remembered()).toEqual([])
  await removed()
  const made = await w.owner.mutate(
    'inviteMember',
    { organizationId: w.acme.id, email: ada.email },
    '... on InviteMemberPayload { invitation { id } }',
  )
  await ada.mutate('acceptInvitation', { invitation: { id: made.invitation.id } })
  expect(await remembered()).toEqual([])
  const [back] = await membershipsOf(ada)
  await ada.mutate('removeMember', { membershipId: back?.id })
  expect(await remembered()).toEqual([{ has_left: true }])
})

test('whoever left is not taken in silently, and may come back by themselves (JIT-6)', async () => {
  const w = await withDns()
  const domain = await opened(w)
  const ada = await colleague(w, domain)
  const [membership] = await membershipsOf(ada)
  await ada.mutate('removeMember', { membershipId: membership?.id })
  expect(await membershipsOf(ada)).toEqual([])
  expect(await suggestionsOf(ada)).toMatchObject([{ slug: w.acme.slug }])
  await sql(w, "update identity set subject = subject || ' before' where principal_id = $1", [uuidOf(await ada.id())])
  const twin = await w.person(ada.email)
  expect(await membershipsOf(twin)).toEqual([])
  expect((await accept(twin, w.acme)).__typename).toBe('JoinSuggestedOrganizationPayload')
})

test('deleting the user leaves nothing of what was remembered (MEM-9)', async () => {
  const w = await withDns()
  const domain = await opened(w)
  const ada = await colleague(w, domain)
  const [membership] = await membershipsOf(ada)
  await w.owner.mutate('removeMember', { membershipId: membership?.id })
  await w.operator.mutate('deleteUser', { userId: await ada.id() })
  expect(await sql(w, 'select from former_member where email_key = $1', [ada.email])).toEqual([])
})
