import { expect, test } from 'vitest'
import { gatewayPermissionKeys } from '../../src/auth/permissions.ts'
import { memberWith, operatorWith } from '../kit/holders.ts'
import { world } from '../kit/world.ts'
import { createPermission, createRole, invalid, keysOf, pathsOf } from './template.ts'

const payload = '... on DeletePermissionPayload { deletedPermissionId }'

test('deleting a permission takes it from every role, of the template and of every organization (TPL-6)', async () => {
  const { operator, acme, person, organization, permissionId } = await world({ isolated: true })
  const invoice = await createPermission(operator, 'invoice:read')
  const template = await createRole(operator, 'Clerk', { permissionIds: [invoice, await permissionId('member:read')] })
  const other = await organization(await person())
  const customs = await Promise.all(
    [acme, other].map(async place => {
      const input = { organizationId: place.id, name: 'Desk', permissionIds: [invoice] }
      return (await operator.mutate('createCustomRole', input, '... on CreateCustomRolePayload { role { id } }')).role
        .id
    }),
  )
  const result = await operator.mutate('deletePermission', { permissionId: invoice }, payload)
  expect(result).toEqual({ __typename: 'DeletePermissionPayload', deletedPermissionId: invoice })
  expect(await keysOf(operator, template)).toEqual(['member:read'])
  for (const custom of customs) expect(await keysOf(operator, custom)).toEqual([])
  expect(await operator.refusal('deletePermission', { permissionId: invoice })).toBe('NOT_FOUND')
})

test('a member loses a deleted permission at the very next request (ROL-4)', async () => {
  const { operator, acme, roleId } = await world({ isolated: true })
  const invoice = await createPermission(operator, 'invoice:read')
  await operator.mutate('updateRole', { roleId: await roleId('Member'), permissionIds: [invoice] })
  const member = await acme.member()
  const text = 'query($id: ID!) { organization(by: { id: $id }) { viewerPermissions { key } } }'
  expect((await member.query(text, { id: acme.id })).organization.viewerPermissions).toEqual([{ key: 'invoice:read' }])
  await operator.mutate('deletePermission', { permissionId: invoice })
  expect((await member.query(text, { id: acme.id })).organization.viewerPermissions).toEqual([])
})

test('a deleted key that is made again is another permission, which no role holds (TPL-6)', async () => {
  const { operator } = await world({ isolated: true })
  const first = await createPermission(operator, 'invoice:read')
  const role = await createRole(operator, 'Clerk', { permissionIds: [first] })
  await operator.mutate('deletePermission', { permissionId: first })
  expect(await createPermission(operator, 'invoice:read')).not.toBe(first)
  expect(await keysOf(operator, role)).toEqual([])
})

test('no gateway permission can be deleted (TPL-2)', async () => {
  const { operator, permissionId } = await world()
  for (const key of gatewayPermissionKeys) {
    const result = await operator.mutate('deletePermission', { permissionId: await permissionId(key) }, invalid)
    expect(result.__typename).toBe('InvalidInputError')
    expect(pathsOf(result)).toEqual(['input.permissionId'])
  }
})

test('only operators with template:write delete permissions (MGT-2)', async () => {
  const deployment = await world({ isolated: true })
  const { owner, operator, acme, anonymous } = deployment
  const input = { permissionId: await createPermission(operator, 'invoice:read') }
  const others = ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE', 'USERS_READ', 'APPLICATIONS_WRITE', 'MANAGEMENT_WRITE']
  for (const client of [owner, await memberWith(acme, ['role:manage']), await operatorWith(deployment, others)])
    expect(await client.refusal('deletePermission', input)).toBe('FORBIDDEN')
  expect(await anonymous().refusal('deletePermission', input)).toBe('UNAUTHENTICATED')
  const allowed = await operatorWith(deployment, ['TEMPLATE_WRITE'])
  expect((await allowed.mutate('deletePermission', input)).__typename).toBe('DeletePermissionPayload')
})
