import { expect, test } from 'vitest'
import { memberWith, missingId } from '../kit/holders.ts'
import { written } from '../kit/journal.ts'
import { actionsOf, nothing, refusedOnly, sql } from '../kit/rows.ts'
import { type Member, type World, world } from '../kit/world.ts'

const replace = 'replaceMemberRoles'
const selection = '... on ReplaceMemberRolesPayload { membership { isOwner roles { name } permissions { key } } }'
const read = 'query($id: ID!) { node(id: $id) { ... on Membership { roles { name } } } }'

const rolesOf = async (w: World, { membershipId }: Member) =>
  (await w.owner.query(read, { id: membershipId })).node.roles.map((role: { name: string }) => role.name)

test('the roles of the call are the member’s from then on, and no others (ROL-1)', async () => {
  const w = await world()
  const { membershipId } = await w.acme.member({ roles: ['Member', 'Admin'] })
  const roleIds = [await w.acme.customRole(['audit:read'], { name: 'Auditor' }), await w.roleId('Member')]
  const { membership } = await w.owner.mutate(replace, { membershipId, roleIds }, selection)
  expect(membership.roles.map((role: { name: string }) => role.name).toSorted()).toEqual(['Auditor', 'Member'])
  expect(membership.permissions).toEqual([{ key: 'audit:read' }, { key: 'member:read' }])
})

test('an empty list leaves the member without roles and without permissions (TPL-5)', async () => {
  const w = await world()
  const member = await w.acme.member({ roles: ['Admin'] })
  const { membership } = await w.owner.mutate(replace, { membershipId: member.membershipId, roleIds: [] }, selection)
  expect(membership).toEqual({ isOwner: false, roles: [], permissions: [] })
  expect(await member.refusal('updateOrganization', { organizationId: w.acme.id, name: 'X' })).toBe('FORBIDDEN')
})

test('what stays keeps who gave it and when: replacing is by difference (TPL-5)', async () => {
  const w = await world()
  const { membershipId } = await w.acme.member()
  const assigned = () =>
    sql<{ assigned_by: string }>(
      w,
      `select mr.assigned_by, mr.assigned_at from membership_role mr
       join template_role r on r.id = mr.role_id where r.name = 'Member' and mr.membership_id::text = $1`,
      [Buffer.from(membershipId, 'base64url').toString().split(':')[1]],
    )
  const before = await assigned()
  await w.owner.mutate(replace, { membershipId, roleIds: [await w.roleId('Admin'), await w.roleId('Member')] })
  expect(before).toHaveLength(1)
  expect(await assigned()).toEqual(before)
})

test('replacing is one audit entry with the difference, and one event (MGT-3)', async () => {
  const w = await world()
  const { membershipId } = await w.acme.member()
  const roleIds = [await w.roleId('Admin')]
  const { audit, outbox } = await written(w, () => w.owner.mutate(replace, { membershipId, roleIds }))
  expect(audit).toMatchObject([
    { action: 'MEMBER_ROLES_CHANGED', changes: [{ field: 'roles', before: 'Member', after: 'Admin' }] },
  ])
  expect(outbox.map(event => event.type)).toEqual(['MEMBER_ROLES_CHANGED'])
})

test('the same roles again, twice over, change nothing and write nothing (TPL-5)', async () => {
  const w = await world()
  const { membershipId } = await w.acme.member()
  const member = await w.roleId('Member')
  const { result, ...journal } = await written(w, () =>
    w.owner.mutate(replace, { membershipId, roleIds: [member, member] }, selection),
  )
  expect(result.membership.roles).toEqual([{ name: 'Member' }])
  expect(actionsOf(journal)).toEqual(nothing)
})

test('one role that cannot be given, and none is, nor taken (ROL-2)', async () => {
  const w = await world()
  const member = await w.acme.member()
  const wrong = [missingId('OrganizationRole'), await w.roleId('Service')]
  const input = { membershipId: member.membershipId, roleIds: [await w.roleId('Admin'), ...wrong] }
  const { result, ...journal } = await written(w, () =>
    w.owner.mutate(replace, input, '... on RoleNotAssignableError { roleIds }'),
  )
  expect(result.__typename).toBe('RoleNotAssignableError')
  expect(result.roleIds.toSorted()).toEqual(wrong.toSorted())
  expect(actionsOf(journal)).toEqual(nothing)
  expect(await rolesOf(w, member)).toEqual(['Member'])
})

test('nobody gives more than they hold; what the member has already may stay (ROL-3)', async () => {
  const w = await world()
  const assigner = await memberWith(w.acme, ['member:read', 'member:assign-role'])
  const member = await w.acme.member()
  const [plain, admin] = [await w.roleId('Member'), await w.roleId('Admin')]
  const { result, ...journal } = await written(w, () =>
    assigner.mutate(
      replace,
      { membershipId: member.membershipId, roleIds: [plain, admin] },
      '... on PermissionEscalationError { missing { key } }',
    ),
  )
  expect(result.__typename).toBe('PermissionEscalationError')
  expect(result.missing).toContainEqual({ key: 'audit:read' })
  expect(actionsOf(journal)).toEqual(refusedOnly)
  expect(await rolesOf(w, member)).toEqual(['Member'])
})

test('the last owner cannot be left without the owner role (MEM-6)', async () => {
  const w = await world()
  for (const roleIds of [[], [await w.roleId('Admin')]]) {
    const { result, ...journal } = await written(w, () =>
      w.owner.mutate(replace, { membershipId: w.owner.membershipId, roleIds }),
    )
    expect(result.__typename).toBe('LastOwnerError')
    expect(actionsOf(journal)).toEqual(refusedOnly)
  }
  expect(await rolesOf(w, w.owner)).toEqual(['Owner'])
})

test('an owner who keeps the owner role is no last owner to lose (MEM-6)', async () => {
  const w = await world()
  const roleIds = [await w.roleId('Owner'), await w.roleId('Admin')]
  const { membership } = await w.owner.mutate(replace, { membershipId: w.owner.membershipId, roleIds }, selection)
  expect(membership).toMatchObject({ isOwner: true })
  expect(membership.roles).toHaveLength(2)
})

test('a machine’s roles are replaced by roles for machines only (MEM-10)', async () => {
  const w = await world()
  const added = await w.operator.mutate(
    'addMachineMember',
    { organizationId: w.acme.id, applicationId: await (await w.machine()).id(), roleIds: [] },
    '... on AddMachineMemberPayload { membership { id } }',
  )
  const membershipId = added.membership.id
  const [service, plain] = [await w.roleId('Service'), await w.roleId('Member')]
  expect((await w.owner.mutate(replace, { membershipId, roleIds: [plain] })).__typename).toBe('RoleNotAssignableError')
  const { membership } = await w.owner.mutate(replace, { membershipId, roleIds: [service] }, selection)
  expect(membership.roles).toEqual([{ name: 'Service' }])
})

test('roles left out, or null, are BAD_USER_INPUT: nothing is cleared by mistake', async () => {
  const w = await world()
  const { membershipId } = await w.acme.member()
  expect(await w.owner.refusal(replace, { membershipId })).toBe('BAD_USER_INPUT')
  expect(await w.owner.refusal(replace, { membershipId, roleIds: null })).toBe('BAD_USER_INPUT')
})
