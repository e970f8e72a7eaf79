import { expect, test } from 'vitest'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { written } from '../kit/journal.ts'
import { world } from '../kit/world.ts'
import { createPermission, invalid, keysOf, pathsOf } from './template.ts'

const payload = '... on UpdatePermissionPayload { permission { key description isBuiltIn isOpenToCustomRoles } }'

test('an operator changes the description of a product permission (TPL-2)', async () => {
  const { operator } = await world({ isolated: true })
  const permissionId = await createPermission(operator, 'invoice:read')
  const input = { permissionId, description: ' See every invoice. ' }
  expect((await operator.mutate('updatePermission', input, payload)).permission).toEqual({
    key: 'invoice:read',
    description: 'See every invoice.',
    isBuiltIn: false,
    isOpenToCustomRoles: true,
  })
})

test('absent and null fields leave a permission as it is, and nothing is written (TPL-5)', async () => {
  const deployment = await world({ isolated: true })
  const { operator } = deployment
  const permissionId = await createPermission(operator, 'invoice:read')
  const same = { description: 'Allows invoice:read.', isOpenToCustomRoles: true }
  const { audit } = await written(deployment, async () => {
    for (const given of [{}, { description: null, isOpenToCustomRoles: null }, same]) {
      const { permission } = await operator.mutate('updatePermission', { permissionId, ...given }, payload)
      expect(permission).toMatchObject(same)
    }
  })
  expect(audit).toEqual([])
})

test('closing a permission to custom roles takes it from none that hold it (TPL-9)', async () => {
  const { operator, owner, acme, permissionId } = await world({ isolated: true })
  const custom = await acme.customRole(['audit:read'])
  const input = { permissionId: await permissionId('audit:read'), isOpenToCustomRoles: false }
  const { permission } = await operator.mutate('updatePermission', input, payload)
  expect(permission).toMatchObject({ isBuiltIn: true, isOpenToCustomRoles: false })
  expect(await keysOf(owner, custom)).toEqual(['audit:read'])
  const opened = await operator.mutate('updatePermission', { ...input, isOpenToCustomRoles: true }, payload)
  expect(opened.permission.isOpenToCustomRoles).toBe(true)
  expect(await acme.customRole(['audit:read'])).toBeTypeOf('string')
})

test('the description of a gateway permission is fixed (TPL-2)', async () => {
  const { operator, permissionId } = await world({ isolated: true })
  const input = { permissionId: await permissionId('audit:read'), description: 'Mine.', isOpenToCustomRoles: false }
  const result = await operator.mutate('updatePermission', input, invalid)
  expect(result.__typename).toBe('InvalidInputError')
  expect(pathsOf(result)).toEqual(['input.description'])
  const data = await operator.query('{ organizationTemplate { permissions { key isOpenToCustomRoles } } }')
  const audit = { key: 'audit:read', isOpenToCustomRoles: true }
  expect(data.organizationTemplate.permissions).toContainEqual(audit)
})

test('the key of a permission never changes: no input takes it (TPL-2)', async () => {
  const { operator } = await world({ isolated: true })
  const permissionId = await createPermission(operator, 'invoice:read')
  expect(await operator.refusal('updatePermission', { permissionId, key: 'invoice:write' })).toBe('BAD_USER_INPUT')
})

test('only operators with template:write change permissions (MGT-2)', async () => {
  const deployment = await world({ isolated: true })
  const { owner, operator, acme, anonymous } = deployment
  const input = { permissionId: await createPermission(operator, 'invoice:read'), isOpenToCustomRoles: false }
  const others = ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE', 'USERS_READ', 'APPLICATIONS_WRITE', 'MANAGEMENT_WRITE']
  for (const client of [owner, await memberWith(acme, ['role:manage']), await operatorWith(deployment, others)])
    expect(await client.refusal('updatePermission', input)).toBe('FORBIDDEN')
  expect(await anonymous().refusal('updatePermission', input)).toBe('UNAUTHENTICATED')
  const allowed = await operatorWith(deployment, ['TEMPLATE_WRITE'])
  expect((await allowed.mutate('updatePermission', input)).__typename).toBe('UpdatePermissionPayload')
})

test.each([
  ['an empty description', ''],
  ['a description of 257 characters', 'x'.repeat(257)],
  ['a description with U+0000', 'a\u0000b'],
])('%s is refused (TPL-2)', async (_, description) => {
  const { operator } = await world({ isolated: true })
  const permissionId = await createPermission(operator, 'invoice:read')
  const result = await operator.mutate('updatePermission', { permissionId, description }, invalid)
  expect(result.__typename).toBe('InvalidInputError')
  expect(pathsOf(result)).toEqual(['input.description'])
})

test('a permission that does not exist is NOT_FOUND; an id of another type is BAD_USER_INPUT', async () => {
  const { operator, owner, roleId } = await world()
  const input = { permissionId: missingId('Permission'), isOpenToCustomRoles: false }
  for (const name of ['updatePermission', 'deletePermission']) {
    const { isOpenToCustomRoles, permissionId } = input
    const given = name === 'updatePermission' ? { permissionId, isOpenToCustomRoles } : { permissionId }
    expect(await operator.refusal(name, given)).toBe('NOT_FOUND')
    expect(await owner.refusal(name, given)).toBe('NOT_FOUND')
    expect(await operator.refusal(name, { ...given, permissionId: await roleId('Admin') })).toBe('BAD_USER_INPUT')
  }
})
