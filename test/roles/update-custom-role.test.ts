import { expect, test } from 'vitest'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { world } from '../kit/world.ts'
import { createRole, escalation, invalid, keysOf, pathsOf, roleSeen } from './template.ts'

const payload = '... on UpdateRolePayload { role { name description kind permissions { key } } }'

test('whoever holds role:manage changes a custom role within what they hold (ROL-3)', async () => {
  const { acme, permissionId } = await world()
  const roleId = await acme.customRole(['member:read'])
  const manager = await memberWith(acme, ['role:manage', 'member:read', 'audit:read'])
  const permissionIds = [await permissionId('audit:read')]
  const input = { roleId, name: 'Watch', description: 'Watches.', permissionIds }
  const { role } = await manager.mutate('updateRole', input, payload)
  expect(role).toEqual({ name: 'Watch', description: 'Watches.', kind: 'USER', permissions: [{ key: 'audit:read' }] })
})

test('a member who sees the role but lacks role:manage is refused', async () => {
  const { acme } = await world()
  const roleId = await acme.customRole(['member:read'])
  const member = await memberWith(acme, ['member:read', 'member:assign-role', 'organization:update'])
  expect(await roleSeen(member, roleId)).not.toBeNull()
  expect(await member.refusal('updateRole', { roleId, name: 'Mine' })).toBe('FORBIDDEN')
})

test('a custom role of another organization answers like one that does not exist', async () => {
  const { acme, person, organization, anonymous } = await world()
  const stranger = await person()
  await organization(stranger)
  const roleId = await acme.customRole([])
  const text = 'mutation($input: UpdateRoleInput!) { updateRole(input: $input) { __typename } }'
  const ask = async (id: string) => {
    const { data, errors } = await stranger.send(text, { input: { roleId: id, name: 'Mine' } })
    return { data, errors: errors.map(({ message, extensions }) => ({ message, extensions })) }
  }
  expect(await ask(roleId)).toEqual(await ask(missingId('OrganizationRole')))
  expect(await stranger.refusal('updateRole', { roleId, name: 'Mine' })).toBe('NOT_FOUND')
  expect(await anonymous().refusal('updateRole', { roleId, name: 'Mine' })).toBe('UNAUTHENTICATED')
})

test('an operator with template:write alone does not reach custom roles, one with organizations:write does (MGT-1)', async () => {
  const deployment = await world({ isolated: true })
  const { acme } = deployment
  const roleId = await acme.customRole(['member:read'])
  const template = await operatorWith(deployment, ['TEMPLATE_WRITE'])
  expect(await template.refusal('updateRole', { roleId, name: 'Mine' })).toBe('NOT_FOUND')
  const reads = await operatorWith(deployment, ['TEMPLATE_WRITE', 'ORGANIZATIONS_READ'])
  expect(await reads.refusal('updateRole', { roleId, name: 'Mine' })).toBe('FORBIDDEN')
  const rules = await operatorWith(deployment, ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE'])
  expect((await rules.mutate('updateRole', { roleId, name: 'Mine' })).__typename).toBe('UpdateRolePayload')
})

test('nobody gives a role what they lack, and nothing of the change happens (ROL-3)', async () => {
  const { acme, owner, permissionId } = await world()
  const roleId = await acme.customRole(['member:read'], { name: 'Desk' })
  const manager = await memberWith(acme, ['role:manage', 'member:read'])
  const permissionIds = [await permissionId('member:read'), await permissionId('member:remove')]
  const result = await manager.mutate('updateRole', { roleId, name: 'Boss', permissionIds }, escalation)
  expect(result).toMatchObject({ __typename: 'PermissionEscalationError', missing: [{ key: 'member:remove' }] })
  expect(await roleSeen(owner, roleId)).toMatchObject({ name: 'Desk', permissions: [{ key: 'member:read' }] })
})

test('nobody changes a role that holds what they lack, not even its name, not even to weaken it (ROL-3)', async () => {
  const { acme, owner } = await world()
  const roleId = await acme.customRole(['member:remove', 'audit:read'], { name: 'Strong' })
  const manager = await memberWith(acme, ['role:manage', 'audit:read'])
  for (const given of [{ name: 'Weak' }, { description: 'x' }, { permissionIds: [] }])
    expect(await manager.mutate('updateRole', { roleId, ...given }, escalation)).toMatchObject({
      __typename: 'PermissionEscalationError',
      missing: [{ key: 'member:remove' }],
    })
  expect(await roleSeen(owner, roleId)).toMatchObject({ name: 'Strong', description: null })
})

test('a permission closed to custom roles cannot be added; a role that has it keeps it and can be edited (TPL-9)', async () => {
  const { operator, owner, acme, permissionId } = await world({ isolated: true })
  const closed = await permissionId('audit:read')
  const had = await acme.customRole(['audit:read', 'member:read'])
  const not = await acme.customRole(['member:read'])
  await operator.mutate('updatePermission', { permissionId: closed, isOpenToCustomRoles: false })
  const result = await owner.mutate('updateRole', { roleId: not, permissionIds: [closed] }, invalid)
  expect(result.__typename).toBe('InvalidInputError')
  expect(await keysOf(owner, not)).toEqual(['member:read'])
  const kept = await owner.mutate('updateRole', { roleId: had, name: 'Kept', permissionIds: [closed] }, payload)
  expect(kept.role).toMatchObject({ name: 'Kept', permissions: [{ key: 'audit:read' }] })
  await owner.mutate('updateRole', { roleId: had, permissionIds: [] })
  const again = await owner.mutate('updateRole', { roleId: had, permissionIds: [closed] }, invalid)
  expect(again.__typename).toBe('InvalidInputError')
})

test('a custom role cannot be renamed to a template role’s name, nor to another’s (TPL-3, TPL-9)', async () => {
  const { owner, acme } = await world()
  await acme.customRole([], { name: 'First' })
  const roleId = await acme.customRole([], { name: 'Second' })
  for (const name of ['owner', 'FIRST']) {
    const result = await owner.mutate('updateRole', { roleId, name }, invalid)
    expect(result.__typename).toBe('InvalidInputError')
    expect(pathsOf(result)).toEqual(['input.name'])
  }
  expect(await roleSeen(owner, roleId)).toMatchObject({ name: 'Second' })
})

test('a form sent whole saves a custom role whose name the template took later (TPL-9)', async () => {
  const { operator, owner, acme } = await world({ isolated: true })
  const roleId = await acme.customRole([], { name: 'Auditor' })
  await createRole(operator, 'Auditor')
  const result = await owner.mutate('updateRole', { roleId, name: 'Auditor', description: 'Ours.' }, payload)
  expect(result.role).toMatchObject({ name: 'Auditor', description: 'Ours.' })
})

test('an unknown permission changes nothing of it (TPL-4)', async () => {
  const { owner, acme } = await world()
  const roleId = await acme.customRole(['member:read'], { name: 'Desk' })
  const input = { roleId, name: 'Other', permissionIds: [missingId('Permission')] }
  const result = await owner.mutate('updateRole', input, invalid)
  expect(result.__typename).toBe('InvalidInputError')
  expect(pathsOf(result)).toEqual(['input.permissionIds.0'])
  expect(await roleSeen(owner, roleId)).toMatchObject({ name: 'Desk', permissions: [{ key: 'member:read' }] })
})

test('nothing changes in a deleted organization (ORG-6)', async () => {
  const { owner, operator, acme } = await world()
  const roleId = await acme.customRole([])
  await owner.mutate('deleteOrganization', { organizationId: acme.id })
  expect(await owner.refusal('updateRole', { roleId, name: 'Late' })).toBe('NOT_FOUND')
  expect(await operator.refusal('updateRole', { roleId, name: 'Late' })).toBe('NOT_FOUND')
})

test('bad input is refused (TPL-3)', async () => {
  const { owner, acme } = await world()
  const roleId = await acme.customRole([])
  const given = { roleId, name: '', description: 'x'.repeat(257) }
  const result = await owner.mutate('updateRole', given, invalid)
  expect(pathsOf(result)).toEqual(['input.name', 'input.description'])
  const permissionIds = Array.from({ length: 501 }, () => missingId('Permission'))
  expect(await owner.refusal('updateRole', { roleId, permissionIds })).toBe('BAD_USER_INPUT')
})
