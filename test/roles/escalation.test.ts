import { expect, test } from 'vitest'
import type { Client, Loose } from '../kit/client.ts'
import { memberWith } from '../kit/holders.ts'
import { outcomeOf } from '../kit/outcome.ts'
import { type TestOrganization, world } from '../kit/world.ts'
import { createApiResource, createPermission, escalation, keysOf, rolesHeld } from './template.ts'

async function powersOf(client: Client, organization: TestOrganization): Promise<string[]> {
  const text = 'query($id: ID!) { organization(by: { id: $id }) { viewerPermissions { key } } }'
  const data = await client.query(text, { id: organization.id })
  return data.organization.viewerPermissions.map((permission: Loose) => permission.key)
}

test('nobody edits a role they hold to give themselves more (ROL-3)', async () => {
  const { acme, permissionId } = await world()
  const roleId = await acme.customRole(['role:manage', 'member:read'], { name: 'Manager' })
  const attacker = await acme.member({ roles: ['Manager'] })
  const keys = ['role:manage', 'member:read', 'organization:delete']
  const permissionIds = await Promise.all(keys.map(key => permissionId(key)))
  const result = await attacker.mutate('updateRole', { roleId, permissionIds }, escalation)
  expect(result).toMatchObject({ __typename: 'PermissionEscalationError', missing: [{ key: 'organization:delete' }] })
  expect(await powersOf(attacker, acme)).toEqual(['member:read', 'role:manage'])
})

test('nobody deletes a role they hold to get a stronger one in its place (ROL-3)', async () => {
  const { acme, owner, roleId } = await world()
  const own = await acme.customRole(['role:manage', 'member:read'], { name: 'Manager' })
  const attacker = await acme.member({ roles: ['Manager'] })
  for (const replacementRoleId of [await roleId('Owner'), await roleId('Admin'), await acme.customRole(['audit:read'])])
    expect(await outcomeOf(attacker, 'deleteRole', { roleId: own, replacementRoleId })).toBe(
      'PermissionEscalationError',
    )
  expect(await rolesHeld(owner, attacker.membershipId)).toEqual(['Manager'])
})

test('nobody makes a harmless role first and a strong one of it later (ROL-3)', async () => {
  const { acme, permissionId } = await world()
  const attacker = await memberWith(acme, ['role:manage', 'member:assign-role', 'member:read'])
  const selection = '... on CreateCustomRolePayload { role { id } }'
  const input = { organizationId: acme.id, name: 'Harmless', permissionIds: [] }
  const { role } = await attacker.mutate('createCustomRole', input, selection)
  const own = { membershipId: attacker.membershipId, addRoleIds: [role.id] }
  expect(await outcomeOf(attacker, 'changeMemberRoles', own)).toBe('ChangeMemberRolesPayload')
  const change = { roleId: role.id, permissionIds: [await permissionId('audit:read')] }
  expect(await outcomeOf(attacker, 'updateRole', change)).toBe('PermissionEscalationError')
  expect(await powersOf(attacker, acme)).not.toContain('audit:read')
})

test('nobody gives a stronger role by any door: to themselves, an accomplice, an invitee, a machine (ROL-3)', async () => {
  const { acme, operator, person, machine, organization, roleId } = await world()
  const strong = await acme.customRole(['audit:read', 'member:read'], { name: 'Strong' })
  const robot = await acme.customRole(['audit:read'], { name: 'Robot', kind: 'MACHINE' })
  const held = ['role:manage', 'member:assign-role', 'member:add', 'invitation:create', 'member:read']
  const attacker = await memberWith(acme, held)
  const shared = await organization(attacker)
  const accomplice = await shared.member()
  const application = await (await machine()).id()
  await operator.mutate('addMachineMember', { organizationId: shared.id, applicationId: application, roleIds: [] })
  const { membershipId } = attacker
  for (const role of [strong, await roleId('Owner'), await roleId('Admin')]) {
    const there = { organizationId: acme.id, roleIds: [role] }
    const doors: [string, object][] = [
      ['changeMemberRoles', { membershipId, addRoleIds: [role] }],
      ['replaceMemberRoles', { membershipId, roleIds: [role] }],
      ['addMember', { ...there, userId: await accomplice.id() }],
      ['inviteMember', { ...there, email: (await person()).email }],
    ]
    for (const [name, input] of doors) expect(await outcomeOf(attacker, name, input)).toBe('PermissionEscalationError')
  }
  const add = { organizationId: acme.id, applicationId: application, roleIds: [robot] }
  expect(await outcomeOf(attacker, 'addMachineMember', add)).toBe('PermissionEscalationError')
  expect(await powersOf(attacker, acme)).toEqual([...held].sort())
})

test('an admin makes nobody an owner, for the one permission that an admin lacks (ROL-3)', async () => {
  const { acme, roleId } = await world()
  const admin = await acme.member({ roles: ['Admin'] })
  const friend = await acme.member()
  const input = { membershipId: friend.membershipId, addRoleIds: [await roleId('Owner')] }
  const result = await admin.mutate('changeMemberRoles', input, escalation)
  expect(result).toMatchObject({ __typename: 'PermissionEscalationError', missing: [{ key: 'organization:delete' }] })
})

test('nobody takes or changes the roles of one who holds more (MEM-7)', async () => {
  const { acme, owner } = await world()
  const attacker = await memberWith(acme, ['role:manage', 'member:assign-role', 'member:read', 'member:remove'])
  const { membershipId } = owner
  expect(await attacker.refusal('replaceMemberRoles', { membershipId, roleIds: [] })).toBe('FORBIDDEN')
  expect(await attacker.refusal('removeMember', { membershipId })).toBe('FORBIDDEN')
})

test('a permission of an API is not the gateway’s of the same key: holding one grants not the other (ROL-3)', async () => {
  const { acme, operator } = await world({ isolated: true })
  const resource = await createApiResource(operator, 'https://crm.test')
  const lookalike = await createPermission(operator, 'member:read', resource)
  const attacker = await memberWith(acme, ['role:manage', 'member:read'])
  const input = { organizationId: acme.id, name: 'Lookalike', permissionIds: [lookalike] }
  expect(await outcomeOf(attacker, 'createCustomRole', input)).toBe('PermissionEscalationError')
})

test('what is closed to custom roles stays closed to those who hold it, by creation and by edit (TPL-9)', async () => {
  const { acme, operator, owner, permissionId } = await world({ isolated: true })
  const closed = await permissionId('organization:delete')
  await operator.mutate('updatePermission', { permissionId: closed, isOpenToCustomRoles: false })
  const roleId = await acme.customRole([])
  const create = { organizationId: acme.id, name: 'Eraser', permissionIds: [closed] }
  for (const client of [owner, operator]) {
    expect(await outcomeOf(client, 'createCustomRole', create)).toBe('InvalidInputError')
    expect(await outcomeOf(client, 'updateRole', { roleId, permissionIds: [closed] })).toBe('InvalidInputError')
  }
  expect(await keysOf(owner, roleId)).toEqual([])
})

test('rights in one organization grant nothing in another (ROL-1)', async () => {
  const { acme, person, organization, permissionId } = await world()
  const attacker = await person()
  await organization(attacker)
  const input = { organizationId: acme.id, userId: await attacker.id(), roleIds: [] }
  expect(await attacker.refusal('addMember', input)).toBe('NOT_FOUND')
  const role = { organizationId: acme.id, name: 'Mine', permissionIds: [await permissionId('audit:read')] }
  expect(await attacker.refusal('createCustomRole', role)).toBe('NOT_FOUND')
})

test('whoever loses role:manage cannot use it on the very next request (ROL-4)', async () => {
  const { acme, owner } = await world()
  const roleId = await acme.customRole([])
  const manager = await memberWith(acme, ['role:manage'])
  expect(await outcomeOf(manager, 'updateRole', { roleId, name: 'First' })).toBe('UpdateRolePayload')
  await owner.mutate('replaceMemberRoles', { membershipId: manager.membershipId, roleIds: [] })
  expect(await outcomeOf(manager, 'updateRole', { roleId, name: 'Second' })).toBe('FORBIDDEN')
})

test('a batch of mutations in one request gains nothing that single ones would not (ROL-3)', async () => {
  const { acme, permissionId } = await world()
  const attacker = await memberWith(acme, ['role:manage', 'member:assign-role', 'member:read'])
  const roleId = await acme.customRole(['member:read'], { name: 'Desk' })
  const text = `mutation($update: UpdateRoleInput!, $give: ChangeMemberRolesInput!, $create: CreateCustomRoleInput!) {
    give: changeMemberRoles(input: $give) { __typename }
    update: updateRole(input: $update) { __typename }
    create: createCustomRole(input: $create) { __typename } }`
  const permissionIds = [await permissionId('audit:read')]
  const data = await attacker.query(text, {
    give: { membershipId: attacker.membershipId, addRoleIds: [roleId] },
    update: { roleId, permissionIds },
    create: { organizationId: acme.id, name: 'Other', permissionIds },
  })
  expect(data.give.__typename).toBe('ChangeMemberRolesPayload')
  expect(data.update.__typename).toBe('PermissionEscalationError')
  expect(data.create.__typename).toBe('PermissionEscalationError')
  expect(await powersOf(attacker, acme)).not.toContain('audit:read')
})
