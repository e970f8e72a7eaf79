import { expect, test } from 'vitest'
import { gatewayPermissionId, gatewayPermissionKeys } from '../../src/auth/permissions.ts'
import { StartError } from '../../src/errors.ts'
import { migrate } from '../../src/migrate.ts'
import { memberWith } from '../kit/holders.ts'
import { withClient } from '../kit/server.ts'
import { world } from '../kit/world.ts'
import { createPermission, invalid, keysOf, pathsOf, roleSeen } from './template.ts'

const everyKey = [...gatewayPermissionKeys].sort()

test('the owner role holds every gateway permission from the start (TPL-7)', async () => {
  const { operator, roleId } = await world({ isolated: true })
  expect(await keysOf(operator, await roleId('Owner'))).toEqual(everyKey)
})

test.each(gatewayPermissionKeys)('the owner role cannot lose %s (TPL-7)', async key => {
  const { operator, roleId, permissionId } = await world({ isolated: true })
  const owner = await roleId('Owner')
  const rest = gatewayPermissionKeys.filter(other => other !== key)
  const permissionIds = await Promise.all(rest.map(other => permissionId(other)))
  const result = await operator.mutate('updateRole', { roleId: owner, permissionIds }, invalid)
  expect(result.__typename).toBe('InvalidInputError')
  expect(pathsOf(result)).toEqual(['input.permissionIds'])
  expect(await keysOf(operator, owner)).toEqual(everyKey)
})

test('the owner role can be renamed and described (TPL-7)', async () => {
  const { operator, owner, acme, roleId } = await world({ isolated: true })
  const id = await roleId('Owner')
  await operator.mutate('updateRole', { roleId: id, name: 'Principal', description: 'Rules.' })
  expect(await roleSeen(operator, id)).toMatchObject({ name: 'Principal', description: 'Rules.', isOwner: true })
  const data = await owner.query('query($id: ID!) { organization(by: { id: $id }) { viewerIsOwner } }', { id: acme.id })
  expect(data.organization.viewerIsOwner).toBe(true)
})

test('the owner role gains and loses product permissions (TPL-7)', async () => {
  const { operator, owner, acme, roleId } = await world({ isolated: true })
  const id = await roleId('Owner')
  const invoice = await createPermission(operator, 'invoice:read')
  const all = gatewayPermissionKeys.map(key => nodeId(gatewayPermissionId(key)))
  await operator.mutate('updateRole', { roleId: id, permissionIds: [...all, invoice] })
  expect(await keysOf(operator, id)).toContain('invoice:read')
  const input = { organizationId: acme.id, name: 'Accountant', permissionIds: [invoice] }
  expect((await owner.mutate('createCustomRole', input)).__typename).toBe('CreateCustomRolePayload')
  await operator.mutate('updateRole', { roleId: id, permissionIds: all })
  expect(await keysOf(operator, id)).toEqual(everyKey)
})

test('the owner role cannot be deleted, with or without a replacement (TPL-7)', async () => {
  const { operator, roleId } = await world({ isolated: true })
  const owner = await roleId('Owner')
  for (const replacementRoleId of [undefined, await roleId('Admin')]) {
    const result = await operator.mutate('deleteRole', { roleId: owner, replacementRoleId }, invalid)
    expect(result.__typename).toBe('InvalidInputError')
    expect(pathsOf(result)).toEqual(['input.roleId'])
  }
  expect(await keysOf(operator, owner)).toEqual(everyKey)
})

test('no gateway permission of the owner role can be deleted away (TPL-2, TPL-7)', async () => {
  const { operator, roleId } = await world({ isolated: true })
  for (const key of gatewayPermissionKeys)
    await operator.mutate('deletePermission', { permissionId: nodeId(gatewayPermissionId(key)) })
  expect(await keysOf(operator, await roleId('Owner'))).toEqual(everyKey)
})

test('after an upgrade the owner role holds a new gateway permission, and no other role does (TPL-7)', async () => {
  const { operator, owner, acme, roleId, databaseUrl } = await world({ isolated: true })
  const [ownerRole, admin] = [await roleId('Owner'), await roleId('Admin')]
  const custom = await acme.customRole(['audit:read', 'member:read'])
  const invited = await memberWith(acme, ['audit:read'])
  // Before the upgrade the permission did not exist: neither it nor any grant of it is there.
  const deletion = 'delete from permission where id = $1'
  await withClient(databaseUrl, client => client.query(deletion, [gatewayPermissionId('audit:read')]))
  expect(await keysOf(operator, ownerRole)).not.toContain('audit:read')
  await migrate(databaseUrl)
  expect(await keysOf(operator, ownerRole)).toEqual(everyKey)
  expect(await keysOf(operator, admin)).not.toContain('audit:read')
  expect(await keysOf(owner, custom)).toEqual(['member:read'])
  const log = 'query($id: ID!) { organization(by: { id: $id }) { auditEvents { totalCount } } }'
  expect((await owner.query(log, { id: acme.id })).organization.auditEvents).not.toBeNull()
  expect((await invited.query(log, { id: acme.id })).organization.auditEvents).toBeNull()
})

test('an upgrade brings back what the owner role lost, and leaves names and other roles as they are (TPL-7)', async () => {
  const { operator, roleId, permissionId, databaseUrl } = await world({ isolated: true })
  const [ownerRole, admin] = [await roleId('Owner'), await roleId('Admin')]
  await operator.mutate('updateRole', { roleId: ownerRole, name: 'Principal' })
  await operator.mutate('updateRole', { roleId: admin, permissionIds: [await permissionId('member:read')] })
  await operator.mutate('deleteRole', { roleId: await roleId('Service') })
  const product = await createPermission(operator, 'invoice:read')
  const loss = `delete from template_role_permission where role_id = (select id from template_role where is_owner)`
  await withClient(databaseUrl, client => client.query(loss))
  await migrate(databaseUrl)
  expect(await roleSeen(operator, ownerRole)).toMatchObject({ name: 'Principal', isOwner: true })
  expect(await keysOf(operator, ownerRole)).toEqual(everyKey)
  expect(await keysOf(operator, admin)).toEqual(['member:read'])
  const data = await operator.query('{ organizationTemplate { roles { name } permissions { id } } }')
  expect(data.organizationTemplate.roles).toEqual([{ name: 'Principal' }, { name: 'Admin' }, { name: 'Member' }])
  expect(data.organizationTemplate.permissions).toContainEqual({ id: product })
})

test('an upgrade whose new permission has the key of a product permission refuses to start, and changes nothing (TPL-2)', async () => {
  const { operator, databaseUrl } = await world({ isolated: true })
  const deletion = 'delete from permission where id = $1'
  await withClient(databaseUrl, client => client.query(deletion, [gatewayPermissionId('audit:read')]))
  const product = await createPermission(operator, 'audit:read')
  const failure = await migrate(databaseUrl).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(StartError)
  expect(String(failure)).toContain('audit:read')
  expect(await operator.query('{ organizationTemplate { permissions { id } } }')).toMatchObject({
    organizationTemplate: { permissions: expect.arrayContaining([{ id: product }]) },
  })
  await operator.mutate('deletePermission', { permissionId: product })
  await migrate(databaseUrl)
  expect(await createPermission(operator, 'audit:export')).toBeTypeOf('string')
})

test('replicas that start together leave one catalogue (TPL-7)', async () => {
  const { operator, roleId, databaseUrl } = await world({ isolated: true })
  const deletion = 'delete from permission where is_built_in'
  await withClient(databaseUrl, client => client.query(deletion))
  await Promise.all([migrate(databaseUrl), migrate(databaseUrl), migrate(databaseUrl)])
  expect(await keysOf(operator, await roleId('Owner'))).toEqual(everyKey)
})

function nodeId(uuid: string): string {
  return Buffer.from(`Permission:${uuid}`).toString('base64url')
}
