import { describe, expect, test } from 'vitest'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { written } from '../kit/journal.ts'
import { world } from '../kit/world.ts'
import { createPermission, createRole, invalid, keysOf, pathsOf, roleNames, roleSeen } from './template.ts'

const payload = '... on UpdateRolePayload { role { id name description kind permissions { key } } }'

test('an operator changes name, description and permissions of a template role (TPL-1)', async () => {
  const { operator, owner, acme, permissionId } = await world({ isolated: true })
  const roleId = await createRole(operator, 'Auditor', { permissionIds: [await permissionId('audit:read')] })
  const permissionIds = [await permissionId('member:read'), await permissionId('role:manage')]
  const input = { roleId, name: ' Inspector ', description: 'Looks closely.', permissionIds }
  const { role } = await operator.mutate('updateRole', input, payload)
  expect(role).toEqual({
    id: roleId,
    name: 'Inspector',
    description: 'Looks closely.',
    kind: 'USER',
    permissions: [{ key: 'member:read' }, { key: 'role:manage' }],
  })
  expect(await roleNames(owner, acme.id)).toEqual(['Owner', 'Admin', 'Member', 'Service', 'Inspector'])
})

test('absent fields stay, and null clears the description (TPL-5)', async () => {
  const { operator, permissionId } = await world({ isolated: true })
  const roleId = await createRole(operator, 'Auditor', { permissionIds: [await permissionId('audit:read')] })
  await operator.mutate('updateRole', { roleId, description: 'Looks.' })
  expect(await roleSeen(operator, roleId)).toMatchObject({ name: 'Auditor', description: 'Looks.' })
  await operator.mutate('updateRole', { roleId, name: 'Inspector' })
  expect(await roleSeen(operator, roleId)).toMatchObject({ name: 'Inspector', description: 'Looks.' })
  await operator.mutate('updateRole', { roleId, name: null, description: null, permissionIds: null })
  expect(await roleSeen(operator, roleId)).toMatchObject({
    name: 'Inspector',
    description: null,
    permissions: [{ key: 'audit:read' }],
  })
})

test('an empty set clears the permissions (TPL-5)', async () => {
  const { operator, permissionId } = await world({ isolated: true })
  const roleId = await createRole(operator, 'Auditor', { permissionIds: [await permissionId('audit:read')] })
  await operator.mutate('updateRole', { roleId, permissionIds: [] })
  expect(await keysOf(operator, roleId)).toEqual([])
})

test('granting what is there, twice over, changes nothing and writes nothing (TPL-5)', async () => {
  const deployment = await world({ isolated: true })
  const { operator, permissionId } = deployment
  const audit = await permissionId('audit:read')
  const roleId = await createRole(operator, 'Auditor', { permissionIds: [audit] })
  const { result, audit: entries } = await written(deployment, () =>
    operator.mutate('updateRole', { roleId, name: 'Auditor', permissionIds: [audit, audit] }, payload),
  )
  expect(result.role.permissions).toEqual([{ key: 'audit:read' }])
  expect(entries).toEqual([])
})

test('a change is effective on the very next request of whoever holds the role (ROL-4)', async () => {
  const { operator, acme, roleId, permissionId } = await world({ isolated: true })
  const member = await acme.member()
  const invite = { organizationId: acme.id, email: 'new@people.test', roleIds: [] }
  expect(await member.refusal('inviteMember', invite)).toBe('FORBIDDEN')
  const permissionIds = [await permissionId('member:read'), await permissionId('invitation:create')]
  await operator.mutate('updateRole', { roleId: await roleId('Member'), permissionIds })
  expect((await member.mutate('inviteMember', invite)).__typename).toBe('InviteMemberPayload')
  await operator.mutate('updateRole', { roleId: await roleId('Member'), permissionIds: [] })
  expect(await member.refusal('inviteMember', { ...invite, email: 'other@people.test' })).toBe('FORBIDDEN')
})

test('the kind of a role never changes: no input takes it (TPL-3)', async () => {
  const { operator } = await world({ isolated: true })
  const roleId = await createRole(operator, 'Auditor')
  expect(await operator.refusal('updateRole', { roleId, kind: 'MACHINE' })).toBe('BAD_USER_INPUT')
  expect(await roleSeen(operator, roleId)).toMatchObject({ kind: 'USER' })
})

test('the name of another role is refused without regard to case; its own in other case is not (TPL-3)', async () => {
  const { operator } = await world({ isolated: true })
  const roleId = await createRole(operator, 'Auditor')
  const result = await operator.mutate('updateRole', { roleId, name: 'aDMIN' }, invalid)
  expect(result.__typename).toBe('InvalidInputError')
  expect(pathsOf(result)).toEqual(['input.name'])
  await operator.mutate('updateRole', { roleId, name: 'AUDITOR' })
  expect(await roleSeen(operator, roleId)).toMatchObject({ name: 'AUDITOR' })
})

test('an unknown permission changes nothing of it (TPL-4)', async () => {
  const { operator, permissionId } = await world({ isolated: true })
  const roleId = await createRole(operator, 'Auditor', { permissionIds: [await permissionId('audit:read')] })
  const permissionIds = [await permissionId('member:read'), missingId('Permission')]
  const result = await operator.mutate('updateRole', { roleId, name: 'Other', permissionIds }, invalid)
  expect(result.__typename).toBe('InvalidInputError')
  expect(result.issues[0].path.slice(0, 2)).toEqual(['input', 'permissionIds'])
  expect(await roleSeen(operator, roleId)).toMatchObject({ name: 'Auditor', permissions: [{ key: 'audit:read' }] })
})

test('the unknown permission is named by its place in the input (TPL-4)', async () => {
  const { operator, permissionId } = await world({ isolated: true })
  const held = await permissionId('audit:read')
  const roleId = await createRole(operator, 'Auditor', { permissionIds: [held] })
  const permissionIds = [held, await permissionId('member:read'), missingId('Permission')]
  const result = await operator.mutate('updateRole', { roleId, permissionIds }, invalid)
  expect(pathsOf(result)).toEqual(['input.permissionIds.2'])
})

test('a template role may hold what is closed to custom roles (TPL-9)', async () => {
  const { operator } = await world({ isolated: true })
  const closed = await createPermission(operator, 'invoice:void')
  await operator.mutate('updatePermission', { permissionId: closed, isOpenToCustomRoles: false })
  const roleId = await createRole(operator, 'Accountant', { permissionIds: [closed] })
  expect(await keysOf(operator, roleId)).toEqual(['invoice:void'])
})

test('only operators with template:write change a template role; an owner is told so (MGT-2)', async () => {
  const deployment = await world({ isolated: true })
  const { owner, acme, roleId, person, anonymous } = deployment
  const input = { roleId: await roleId('Member'), name: 'Mine' }
  const others = ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE', 'USERS_READ', 'APPLICATIONS_WRITE', 'AUDIT_READ']
  const refused = [
    owner,
    await memberWith(acme, ['role:manage']),
    await person(),
    await operatorWith(deployment, others),
  ]
  for (const client of refused) expect(await client.refusal('updateRole', input)).toBe('FORBIDDEN')
  expect(await anonymous().refusal('updateRole', input)).toBe('UNAUTHENTICATED')
  const allowed = await operatorWith(deployment, ['TEMPLATE_WRITE'])
  expect((await allowed.mutate('updateRole', input)).__typename).toBe('UpdateRolePayload')
})

describe('bad input', () => {
  test.each([
    ['an empty name', { name: ' ' }, 'input.name'],
    ['a name of 129 characters', { name: 'x'.repeat(129) }, 'input.name'],
    ['a name with U+0000', { name: '\u0000' }, 'input.name'],
    ['a description of 257 characters', { description: 'x'.repeat(257) }, 'input.description'],
  ])('%s is refused (TPL-3)', async (_, given, path) => {
    const { operator } = await world({ isolated: true })
    const roleId = await createRole(operator, 'Auditor')
    const result = await operator.mutate('updateRole', { roleId, ...given }, invalid)
    expect(result.__typename).toBe('InvalidInputError')
    expect(pathsOf(result)).toEqual([path])
  })

  test('an id of another type, or of nothing, is refused', async () => {
    const { operator, permissionId } = await world({ isolated: true })
    expect(await operator.refusal('updateRole', { roleId: await permissionId('audit:read') })).toBe('BAD_USER_INPUT')
    expect(await operator.refusal('updateRole', { roleId: 'x'.repeat(5000) })).toBe('BAD_USER_INPUT')
    expect(await operator.refusal('updateRole', { roleId: missingId('OrganizationRole') })).toBe('NOT_FOUND')
  })
})
