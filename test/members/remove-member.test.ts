import { expect, test } from 'vitest'
import { memberWith, missingId } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { named, refusalOf } from '../kit/people.ts'
import { actionsOf, limitSeats, nothing, refusedOnly, sql } from '../kit/rows.ts'
import { world } from '../kit/world.ts'

const remove = 'removeMember'
const selection = '... on RemoveMemberPayload { removedMembershipId organization { id members { totalCount } } }'
const invitations = 'query($id: ID!) { organization(by: { id: $id }) { invitations { nodes { email status } } } }'

test('a removed member is gone, with their roles there; the answer shows who is left (MEM-4)', async () => {
  const w = await world()
  const member = await w.acme.member({ roles: ['Member', 'Admin'] })
  const result = await w.owner.mutate(remove, { membershipId: member.membershipId }, selection)
  expect(result).toEqual({
    __typename: 'RemoveMemberPayload',
    removedMembershipId: member.membershipId,
    organization: { id: w.acme.id, members: { totalCount: 1 } },
  })
  const rows = await sql(w, 'select from membership_role where membership_id = $1', [uuidOf(member.membershipId)])
  expect(rows).toEqual([])
})

test('memberships elsewhere stay, and the user too (MEM-4)', async () => {
  const w = await world()
  const member = await w.acme.member()
  const other = await w.organization(w.owner)
  await w.operator.mutate('addMember', { organizationId: other.id, userId: await member.id() })
  await w.owner.mutate(remove, { membershipId: member.membershipId })
  const { viewer } = await member.query('{ viewer { memberships { nodes { organization { id } } } } }')
  expect(viewer.memberships.nodes).toEqual([{ organization: { id: other.id } }])
})

test('what the member still offered is revoked: pending invitations, and no others (MEM-4)', async () => {
  const w = await world()
  const admin = await w.acme.member({ roles: ['Admin'] })
  const [pending, declined, ofOwner] = [await w.person(), await w.person(), await w.person()]
  const invite = (by: typeof admin, { email }: { email: string }) =>
    by.mutate('inviteMember', { organizationId: w.acme.id, email }, '... on InviteMemberPayload { invitation { id } }')
  await invite(admin, pending)
  const made = await invite(admin, declined)
  await declined.mutate('declineInvitation', { invitation: { id: made.invitation.id } })
  await invite({ ...w.owner }, ofOwner)
  const { audit, outbox } = await written(w, () => w.owner.mutate(remove, { membershipId: admin.membershipId }))
  const { organization } = await w.owner.query(invitations, w.acme)
  expect(organization.invitations.nodes).toEqual([
    { email: ofOwner.email, status: 'PENDING' },
    { email: declined.email, status: 'DECLINED' },
    { email: pending.email, status: 'REVOKED' },
  ])
  const both = ['MEMBER_REMOVED', 'INVITATION_REVOKED']
  expect(actionsOf({ audit, outbox })).toEqual({ audit: both, outbox: both })
  expect(audit[1]).toMatchObject({ target: `Invitation ${pending.email}` })
})

test('removing is one audit entry and one event, with the name that is gone (MGT-3)', async () => {
  const w = await world()
  const person = await named(w, 'rita.removed')
  const userId = await person.id()
  const input = { organizationId: w.acme.id, userId }
  const { membership } = await w.operator.mutate('addMember', input, '... on AddMemberPayload { membership { id } }')
  const { audit, outbox } = await written(w, () => w.owner.mutate(remove, { membershipId: membership.id }))
  const organizationId = uuidOf(w.acme.id)
  expect(audit).toEqual([
    expect.objectContaining({
      where: organizationId,
      action: 'MEMBER_REMOVED',
      target: 'Membership Rita Removed',
      changes: [],
    }),
  ])
  const payload = { organizationId, membershipId: uuidOf(membership.id), principalId: uuidOf(userId) }
  expect(outbox).toEqual([expect.objectContaining({ type: 'MEMBER_REMOVED', payload })])
})

test('a machine is removed like anybody else, and has no way in from then on (MEM-4)', async () => {
  const w = await world()
  const machine = await w.machine()
  const input = { organizationId: w.acme.id, applicationId: await machine.id(), roleIds: [await w.roleId('Service')] }
  const added = await w.operator.mutate(
    'addMachineMember',
    input,
    '... on AddMachineMemberPayload { membership { id } }',
  )
  const query = 'query($id: ID!) { organization(by: { id: $id }) { id } }'
  expect((await machine.query(query, w.acme)).organization).not.toBeNull()
  await w.owner.mutate(remove, { membershipId: added.membership.id })
  expect((await machine.query(query, w.acme)).organization).toBeNull()
})

test('whoever was removed can be added again, as somebody new (MEM-1)', async () => {
  const w = await world()
  const member = await w.acme.member({ roles: ['Admin'] })
  await w.owner.mutate(remove, { membershipId: member.membershipId })
  const input = { organizationId: w.acme.id, userId: await member.id() }
  const again = await w.operator.mutate(
    'addMember',
    input,
    '... on AddMemberPayload { membership { id roles { name } } }',
  )
  expect(again.membership.id).not.toBe(member.membershipId)
  expect(again.membership.roles).toEqual([{ name: 'Member' }])
})

test('a removal frees a seat (MEM-3)', async () => {
  const w = await world()
  const member = await w.acme.member()
  await limitSeats(w, w.acme, 2)
  const input = { organizationId: w.acme.id, userId: await (await w.person()).id() }
  expect((await w.operator.mutate('addMember', input)).__typename).toBe('SeatLimitReachedError')
  await w.owner.mutate(remove, { membershipId: member.membershipId })
  expect((await w.operator.mutate('addMember', input)).__typename).toBe('AddMemberPayload')
})

test('one owner may remove another, but nobody the last: not even an operator (MEM-6)', async () => {
  const w = await world()
  const second = await w.acme.member({ roles: ['Owner'] })
  expect((await second.mutate(remove, { membershipId: w.owner.membershipId })).__typename).toBe('RemoveMemberPayload')
  const { result, ...journal } = await written(w, () =>
    w.operator.mutate(remove, { membershipId: second.membershipId }),
  )
  expect(result.__typename).toBe('LastOwnerError')
  expect(actionsOf(journal)).toEqual(refusedOnly)
  expect((await second.query('{ viewer { memberships { totalCount } } }')).viewer.memberships.totalCount).toBe(1)
})

test('nobody removes a member who holds a permission that they lack; the refusal names it (MEM-7)', async () => {
  const w = await world()
  const remover = await memberWith(w.acme, ['member:read', 'member:remove'])
  const auditor = await memberWith(w.acme, ['audit:read'])
  const admin = await w.acme.member({ roles: ['Admin'] })
  for (const target of [auditor, admin, w.owner]) {
    const { result, ...journal } = await written(w, () =>
      refusalOf(remover, remove, { membershipId: target.membershipId }),
    )
    expect(result.extensions).toMatchObject({ code: 'FORBIDDEN' })
    expect(result.extensions.missing).toContain('audit:read')
    expect(actionsOf(journal)).toEqual(refusedOnly)
  }
  const equal = await memberWith(w.acme, ['member:read', 'member:remove'])
  expect((await remover.mutate(remove, { membershipId: equal.membershipId })).__typename).toBe('RemoveMemberPayload')
})

test('an admin does not remove an owner (MEM-7)', async () => {
  const w = await world()
  const admin = await w.acme.member({ roles: ['Admin'] })
  await w.acme.member({ roles: ['Owner'] })
  const refusal = await refusalOf(admin, remove, { membershipId: w.owner.membershipId })
  expect(refusal.extensions).toMatchObject({ code: 'FORBIDDEN', missing: ['organization:delete'] })
})

test('member:remove is what it takes', async () => {
  const w = await world()
  const member = await memberWith(w.acme, ['member:read', 'member:add', 'member:assign-role'])
  const target = await w.acme.member()
  const { result, ...journal } = await written(w, () =>
    refusalOf(member, remove, { membershipId: target.membershipId }),
  )
  expect(result.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'member:remove' })
  expect(actionsOf(journal)).toEqual(refusedOnly)
})

test('a membership elsewhere, one that is gone, and one that one cannot see are NOT_FOUND, and alike (MEM-5)', async () => {
  const w = await world()
  const foreign = await (await w.organization(await w.person())).member()
  const gone = await w.acme.member()
  await w.owner.mutate(remove, { membershipId: gone.membershipId })
  const blind = await memberWith(w.acme, ['member:remove'])
  const target = await w.acme.member({ roles: [] })
  const { result, ...journal } = await written(w, async () => [
    await refusalOf(w.owner, remove, { membershipId: foreign.membershipId }),
    await refusalOf(w.owner, remove, { membershipId: gone.membershipId }),
    await refusalOf(w.owner, remove, { membershipId: missingId('Membership') }),
    await refusalOf(blind, remove, { membershipId: target.membershipId }),
  ])
  expect(result[0]?.extensions.code).toBe('NOT_FOUND')
  for (const refusal of result) expect(refusal).toEqual(result[0])
  expect(actionsOf(journal)).toEqual(nothing)
})
