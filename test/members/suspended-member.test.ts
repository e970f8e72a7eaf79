import { randomUUID } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { accept, decline, invite, rolesIn, seen, tryToInvite } from '../invitations/offers.ts'
import { joinBy, link } from '../invite-links/links.ts'
import { lets, tryToAsk } from '../join-requests/requests.ts'
import { testClock } from '../kit/clock.ts'
import { trusting, vouchedFor } from '../kit/foreign.ts'
import { startIssuer } from '../kit/issuer.ts'
import { written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, limitSeats, nothing } from '../kit/rows.ts'
import { type Member, type World, world } from '../kit/world.ts'

const suspend = (w: World, { membershipId }: Pick<Member, 'membershipId'>) =>
  w.owner.mutate('suspendMember', { membershipId })

test('a suspended member sees nothing of the organization, on no way (MEM-11)', async () => {
  const w = await world()
  const member = await w.acme.member({ roles: ['Admin'] })
  const roleId = await w.acme.customRole([])
  const ids = [w.acme.id, w.owner.membershipId, member.membershipId, await w.owner.id(), roleId]
  const query = `query($id: ID!, $slug: String!, $ids: [ID!]!) {
    byId: organization(by: { id: $id }) { id } bySlug: organization(by: { slug: $slug }) { id }
    nodes(ids: $ids) { id } viewer { memberships { totalCount nodes { id } } } }`
  const variables = { id: w.acme.id, slug: w.acme.slug, ids }
  expect((await member.query(query, variables)).nodes).not.toContain(null)
  await suspend(w, member)
  expect(await member.query(query, variables)).toEqual({
    byId: null,
    bySlug: null,
    nodes: ids.map(() => null),
    viewer: { memberships: { totalCount: 0, nodes: [] } },
  })
})

test('a suspended member does nothing there, and is answered like a stranger (MEM-11)', async () => {
  const w = await world()
  const member = await w.acme.member({ roles: ['Owner'] })
  const stranger = await w.person()
  await suspend(w, member)
  const deeds: [string, object][] = [
    ['updateOrganization', { organizationId: w.acme.id, name: 'Mine' }],
    ['deleteOrganization', { organizationId: w.acme.id }],
    ['inviteMember', { organizationId: w.acme.id, email: 'a@people.test' }],
    ['createCustomRole', { organizationId: w.acme.id, name: 'Mine', permissionIds: [] }],
    ['removeMember', { membershipId: w.owner.membershipId }],
    ['restoreMember', { membershipId: member.membershipId }],
    // Nor do they leave: they could come back by a link or a domain, without the suspension.
    ['removeMember', { membershipId: member.membershipId }],
  ]
  for (const [name, input] of deeds) {
    const { result, ...journal } = await written(w, () => refusalOf(member, name, input))
    expect(result).toEqual(await refusalOf(stranger, name, input))
    expect(result.extensions.code).toBe('NOT_FOUND')
    expect(actionsOf(journal)).toEqual(nothing)
  }
})

test('a suspended member is told that they are, where and since when, and nothing else (MEM-11)', async () => {
  const clock = testClock(new Date('2030-05-01T10:00:00.120Z'))
  const w = await world({ isolated: true, clock })
  const other = await w.organization(w.owner, { name: 'Other' })
  const member = await w.acme.member()
  const elsewhere = await w.operator.mutate(
    'addMember',
    { organizationId: other.id, userId: await member.id() },
    '... on AddMemberPayload { membership { id } }',
  )
  await suspend(w, { membershipId: elsewhere.membership.id })
  const query =
    '{ viewer { suspensions { organizationName organizationLogoUrl suspendedAt } memberships { totalCount } } }'
  expect((await member.query(query)).viewer).toEqual({
    suspensions: [{ organizationName: 'Other', organizationLogoUrl: null, suspendedAt: '2030-05-01T10:00:00.120Z' }],
    memberships: { totalCount: 1 },
  })
  expect((await w.owner.query(query)).viewer.suspensions).toEqual([])
  await w.owner.mutate('deleteOrganization', { organizationId: other.id })
  expect((await member.query(query)).viewer.suspensions).toEqual([])
})

test('an operator who is suspended as a member keeps what operators may, and has nothing of the membership', async () => {
  const w = await world()
  const input = { organizationId: w.acme.id, userId: await w.operator.id() }
  const { membership } = await w.operator.mutate('addMember', input, '... on AddMemberPayload { membership { id } }')
  await suspend(w, { membershipId: membership.id })
  const query = `query($id: ID!) { organization(by: { id: $id }) { viewerIsOwner viewerMembership { id } viewerCanLeave
    viewerCanUpdate } }`
  expect((await w.operator.query(query, w.acme)).organization).toEqual({
    viewerIsOwner: false,
    viewerMembership: null,
    viewerCanLeave: false,
    viewerCanUpdate: true,
  })
})

/** A member without an address when they were suspended; one to which an invitation is pending is theirs since. */
async function suspendedThenInvited() {
  const issuer = await startIssuer()
  const w = await world({ env: trusting(issuer) })
  onTestFinished(() => issuer.close())
  const sub = randomUUID()
  const nameless = await vouchedFor(w, issuer, { sub })
  const { principal } = (await nameless.query('{ viewer { principal { id } } }')).viewer
  const input = { organizationId: w.acme.id, userId: principal.id }
  const { membership } = await w.operator.mutate('addMember', input, '... on AddMemberPayload { membership { id } }')
  const email = `${sub}@people.test`
  const id = await invite(w.owner, w.acme, email, { roleIds: [await w.roleId('Admin')] })
  await suspend(w, { membershipId: membership.id })
  const person = await vouchedFor(w, issuer, { sub, email, email_verified: true })
  return { w, person, id, membershipId: membership.id as string }
}

test('accepting an invitation does not lift a suspension, nor does it add roles: the offer waits (MEM-11, INV-8)', async () => {
  const { w, person, id, membershipId } = await suspendedThenInvited()
  await person.query('{ viewer { principal { id } } }')
  const { result, ...journal } = await written(w, () => accept(person, id))
  expect(result.__typename).toBe('MembershipSuspendedError')
  expect(actionsOf(journal)).toEqual(nothing)
  expect(await seen(w.owner, id)).toMatchObject({ status: 'PENDING' })
  await w.owner.mutate('restoreMember', { membershipId })
  expect(await rolesIn(person, w.acme)).toEqual(['Member'])
  expect((await accept(person, id)).__typename).toBe('AcceptInvitationPayload')
})

test('neither a link nor a request to join lifts a suspension (MEM-11)', async () => {
  const w = await world()
  const shared = await link(w.owner, w.acme)
  await lets(w.owner, w.acme, 'OPEN')
  const member = await w.acme.member()
  await suspend(w, member)
  const { result, ...journal } = await written(w, async () => [
    await joinBy(member, shared),
    await tryToAsk(member, w.acme),
  ])
  for (const answer of result) expect(answer.__typename).toBe('MembershipSuspendedError')
  expect(actionsOf(journal)).toEqual(nothing)
})

test('a suspended member may decline', async () => {
  const { person, id } = await suspendedThenInvited()
  expect((await decline(person, id)).__typename).toBe('DeclineInvitationPayload')
})

test('adding or inviting a suspended member again says that they are one, and lifts nothing (MEM-1, INV-5, MEM-11)', async () => {
  const w = await world()
  const member = await w.acme.member()
  await suspend(w, member)
  const already = '... on AlreadyMemberError { membership { id status } }'
  const input = { organizationId: w.acme.id, userId: await member.id() }
  const expected = { membership: { id: member.membershipId, status: 'SUSPENDED' } }
  expect(await w.operator.mutate('addMember', input, already)).toMatchObject(expected)
  expect((await tryToInvite(w.owner, w.acme, member.email)).__typename).toBe('AlreadyMemberError')
  expect((await member.query('{ viewer { memberships { totalCount } } }')).viewer.memberships.totalCount).toBe(0)
})

test('what a suspended member offered is revoked, and stays so when they are restored (MEM-4, MEM-11)', async () => {
  const w = await world()
  const inviter = await w.acme.member({ roles: ['Admin'] })
  const [invitee, bare] = [await w.person(), await w.person()]
  const id = await invite(inviter, w.acme, invitee.email)
  const withoutRoles = await invite(inviter, w.acme, bare.email, { roleIds: [] })
  const { audit } = await written(w, () => suspend(w, inviter))
  const reason = { field: 'reason', before: null, after: 'the inviter is suspended' }
  expect(audit).toMatchObject([
    { action: 'MEMBER_SUSPENDED' },
    { action: 'INVITATION_REVOKED', changes: [reason] },
    { action: 'INVITATION_REVOKED', changes: [reason] },
  ])
  await w.owner.mutate('restoreMember', { membershipId: inviter.membershipId })
  for (const [person, offer] of [
    [invitee, id],
    [bare, withoutRoles],
  ] as const)
    expect(await accept(person, offer)).toMatchObject({ __typename: 'InvitationClosedError', status: 'REVOKED' })
})

test('roles given to a suspended member wait for the restoration; those taken are gone by then (MEM-11)', async () => {
  const w = await world()
  const member = await w.acme.member({ roles: ['Admin'] })
  await suspend(w, member)
  const auditor = await w.acme.customRole(['audit:read'], { name: 'Auditor' })
  await w.owner.mutate('replaceMemberRoles', { membershipId: member.membershipId, roleIds: [auditor] })
  expect(await rolesIn(member, w.acme)).toBeNull()
  await w.owner.mutate('restoreMember', { membershipId: member.membershipId })
  expect(await rolesIn(member, w.acme)).toEqual(['Auditor'])
})

test('a suspended member can be removed, and keeps the seat until then (MEM-3, MEM-4)', async () => {
  const w = await world()
  const member = await w.acme.member()
  await limitSeats(w, w.acme, 2)
  await suspend(w, member)
  const input = { organizationId: w.acme.id, userId: await (await w.person()).id() }
  expect((await w.operator.mutate('addMember', input)).__typename).toBe('SeatLimitReachedError')
  await w.owner.mutate('removeMember', { membershipId: member.membershipId })
  expect((await w.operator.mutate('addMember', input)).__typename).toBe('AddMemberPayload')
  expect((await member.query('{ viewer { suspensions { organizationName } } }')).viewer.suspensions).toEqual([])
})

test('whom a suspended member knew only from there, they know no longer (MEM-12)', async () => {
  const w = await world()
  const member = await w.acme.member()
  const ownerId = await w.owner.id()
  const query = 'query($id: ID!) { node(id: $id) { ... on User { email memberships { totalCount } } } }'
  expect((await member.query(query, { id: ownerId })).node.email).toBe(w.owner.email)
  await suspend(w, member)
  expect((await member.query(query, { id: ownerId })).node).toBeNull()
})
