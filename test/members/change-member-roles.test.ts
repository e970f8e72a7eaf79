import { expect, test } from 'vitest'
import { memberWith, missingId } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { named } from '../kit/people.ts'
import { actionsOf, nothing, refusedOnly } from '../kit/rows.ts'
import { type Member, type World, world } from '../kit/world.ts'

const change = 'changeMemberRoles'
const selection = '... on ChangeMemberRolesPayload { membership { isOwner roles { name } permissions { key } } }'
const notAssignable = '... on RoleNotAssignableError { roleIds }'
const escalation = '... on PermissionEscalationError { missing { key } }'
const read = 'query($id: ID!) { node(id: $id) { ... on Membership { roles { name } permissions { key } } } }'

const rolesOf = async (w: World, { membershipId }: Pick<Member, 'membershipId'>) =>
  (await w.owner.query(read, { id: membershipId })).node.roles.map((role: { name: string }) => role.name)

test('roles are given and taken in one call; what is held together is their union (ROL-1)', async () => {
  const w = await world()
  const { membershipId } = await w.acme.member()
  const [inviter, reader] = [
    await w.acme.customRole(['invitation:create', 'invitation:read'], { name: 'Inviter' }),
    await w.acme.customRole(['invitation:read', 'audit:read'], { name: 'Auditor' }),
  ]
  const input = { membershipId, addRoleIds: [inviter, reader], removeRoleIds: [await w.roleId('Member')] }
  const { membership } = await w.owner.mutate(change, input, selection)
  expect(membership.roles.map((role: { name: string }) => role.name).toSorted()).toEqual(['Auditor', 'Inviter'])
  expect(membership.permissions).toEqual([
    { key: 'audit:read' },
    { key: 'invitation:create' },
    { key: 'invitation:read' },
  ])
})

test('a change is effective on the very next request, both ways (ROL-4)', async () => {
  const w = await world()
  const member = await w.acme.member()
  const { membershipId } = member
  const update = { organizationId: w.acme.id, name: 'Changed' }
  const admin = [await w.roleId('Admin')]
  expect(await member.refusal('updateOrganization', update)).toBe('FORBIDDEN')
  await w.owner.mutate(change, { membershipId, addRoleIds: admin })
  expect((await member.mutate('updateOrganization', update)).__typename).toBe('UpdateOrganizationPayload')
  await w.owner.mutate(change, { membershipId, removeRoleIds: admin })
  expect(await member.refusal('updateOrganization', { ...update, name: 'Again' })).toBe('FORBIDDEN')
})

test('roles differ from organization to organization (ROL-1)', async () => {
  const w = await world()
  const other = await w.organization(w.owner)
  const member = await w.acme.member()
  const selected = '... on AddMemberPayload { membership { id } }'
  const input = { organizationId: other.id, userId: await member.id(), roleIds: [] }
  const { membership } = await w.owner.mutate('addMember', input, selected)
  await w.owner.mutate(change, { membershipId: membership.id, addRoleIds: [await w.roleId('Admin')] })
  expect(await rolesOf(w, member)).toEqual(['Member'])
  expect(await rolesOf(w, { membershipId: membership.id })).toEqual(['Admin'])
})

test('a change is one audit entry, with what was lost and gained by name, and one event (MGT-3)', async () => {
  const w = await world()
  const person = await named(w, 'carl.changed')
  const added = await w.operator.mutate(
    'addMember',
    { organizationId: w.acme.id, userId: await person.id() },
    '... on AddMemberPayload { membership { id } }',
  )
  const membershipId = added.membership.id
  const [admin, member] = [await w.roleId('Admin'), await w.roleId('Member')]
  const input = { membershipId, addRoleIds: [admin, admin, member], removeRoleIds: [] }
  const { audit, outbox } = await written(w, () => w.owner.mutate(change, input))
  const organizationId = uuidOf(w.acme.id)
  const about = { where: organizationId, action: 'MEMBER_ROLES_CHANGED', target: 'Membership Carl Changed' }
  expect(audit).toMatchObject([{ ...about, changes: [{ field: 'roles', before: null, after: 'Admin' }] }])
  const payload = {
    organizationId,
    membershipId: uuidOf(membershipId),
    addedRoleIds: [uuidOf(admin)],
    removedRoleIds: [],
  }
  expect(outbox).toEqual([expect.objectContaining({ type: 'MEMBER_ROLES_CHANGED', payload })])
})

test('giving what is held and taking what is not changes nothing and writes nothing (TPL-5)', async () => {
  const w = await world()
  const member = await w.acme.member()
  const { membershipId } = member
  const input = { membershipId, addRoleIds: [await w.roleId('Member')], removeRoleIds: [await w.roleId('Admin')] }
  const { result, ...journal } = await written(w, async () => [
    await w.owner.mutate(change, input, selection),
    await w.owner.mutate(change, { membershipId }, selection),
    await w.owner.mutate(change, { membershipId, addRoleIds: null, removeRoleIds: [] }, selection),
  ])
  for (const one of result) expect(one.membership.roles).toEqual([{ name: 'Member' }])
  expect(actionsOf(journal)).toEqual(nothing)
})

test('a role both given and taken is InvalidInputError (ROL-2)', async () => {
  const w = await world()
  const member = await w.acme.member()
  const admin = await w.roleId('Admin')
  const input = { membershipId: member.membershipId, addRoleIds: [admin], removeRoleIds: [admin] }
  const { result, ...journal } = await written(w, () =>
    w.owner.mutate(change, input, '... on InvalidInputError { issues { path } }'),
  )
  expect(result).toMatchObject({ __typename: 'InvalidInputError', issues: [{ path: ['input', 'removeRoleIds'] }] })
  expect(actionsOf(journal)).toEqual(nothing)
})

test('roles that cannot be given are named, and not even the good ones of the call are (ROL-2)', async () => {
  const w = await world()
  const member = await w.acme.member()
  const other = await w.organization(w.owner)
  const wrong = [missingId('OrganizationRole'), await w.roleId('Service'), await other.customRole(['member:read'])]
  const input = { membershipId: member.membershipId, addRoleIds: [await w.roleId('Admin'), ...wrong] }
  const { result, ...journal } = await written(w, () => w.owner.mutate(change, input, notAssignable))
  expect(result.__typename).toBe('RoleNotAssignableError')
  expect(result.roleIds.toSorted()).toEqual(wrong.toSorted())
  expect(actionsOf(journal)).toEqual(nothing)
  expect(await rolesOf(w, member)).toEqual(['Member'])
})

test('a role that cannot be given cannot be taken either, and nothing is (ROL-2)', async () => {
  const w = await world()
  const member = await w.acme.member()
  const wrong = missingId('OrganizationRole')
  const input = { membershipId: member.membershipId, removeRoleIds: [await w.roleId('Member'), wrong] }
  const result = await w.owner.mutate(change, input, notAssignable)
  expect(result).toMatchObject({ __typename: 'RoleNotAssignableError', roleIds: [wrong] })
  expect(await rolesOf(w, member)).toEqual(['Member'])
})

test('nobody gives a role that permits more than they hold, to others or themselves (ROL-3)', async () => {
  const w = await world()
  const assigner = await memberWith(w.acme, ['member:read', 'member:assign-role'])
  const member = await w.acme.member()
  const [admin, owner] = [await w.roleId('Admin'), await w.roleId('Owner')]
  const strong = await w.acme.customRole(['member:read', 'audit:read'])
  const { result, ...journal } = await written(w, async () => [
    await assigner.mutate(change, { membershipId: member.membershipId, addRoleIds: [strong] }, escalation),
    await assigner.mutate(change, { membershipId: assigner.membershipId, addRoleIds: [admin] }, escalation),
    await assigner.mutate(change, { membershipId: assigner.membershipId, addRoleIds: [owner] }, escalation),
  ])
  expect(result[0]).toMatchObject({ __typename: 'PermissionEscalationError', missing: [{ key: 'audit:read' }] })
  expect(result[1]?.missing.length).toBeGreaterThan(5)
  expect(actionsOf(journal)).toEqual({ audit: result.map(() => 'WRITE_REFUSED'), outbox: [] })
  expect(journal.audit[0]).toMatchObject({ where: uuidOf(w.acme.id), target: 'Mutation changeMemberRoles' })
  expect(await rolesOf(w, member)).toEqual(['Member'])
})

test('a role within what one holds can be given by one who is no owner (ROL-3)', async () => {
  const w = await world()
  const assigner = await memberWith(w.acme, ['member:read', 'member:assign-role', 'audit:read'])
  const member = await w.acme.member()
  const roleId = await w.acme.customRole(['audit:read'], { name: 'Auditor' })
  await assigner.mutate(change, { membershipId: member.membershipId, addRoleIds: [roleId] })
  expect(await rolesOf(w, member)).toEqual(['Member', 'Auditor'])
})

test('an operator gives any role, without holding its permissions in the organization (MGT-1)', async () => {
  const w = await world()
  const member = await w.acme.member()
  const input = { membershipId: member.membershipId, addRoleIds: [await w.roleId('Owner')] }
  expect((await w.operator.mutate(change, input, selection)).membership.isOwner).toBe(true)
})

test('the last owner cannot lose the owner role, by their own hand or another’s; with a second owner they can (MEM-6)', async () => {
  const w = await world()
  const owners = [await w.roleId('Owner')]
  const input = { membershipId: w.owner.membershipId, removeRoleIds: owners, addRoleIds: [await w.roleId('Member')] }
  for (const by of [w.owner, w.operator]) {
    const { result, ...journal } = await written(w, () => by.mutate(change, input))
    expect(result.__typename).toBe('LastOwnerError')
    expect(actionsOf(journal)).toEqual(refusedOnly)
  }
  expect(await rolesOf(w, w.owner)).toEqual(['Owner'])
  await w.acme.member({ roles: ['Owner'] })
  expect((await w.owner.mutate(change, input, selection)).membership).toMatchObject({ isOwner: false })
})
