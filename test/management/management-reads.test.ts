import { expect, test } from 'vitest'
import { managementPermissionKeys, managementPermissions } from '../../src/auth/permissions.ts'
import type { Client } from '../kit/client.ts'
import { memberWith, operatorWith } from '../kit/holders.ts'
import { outcomeOf } from '../kit/outcome.ts'
import { type Person, type World, world } from '../kit/world.ts'

const every = managementPermissionKeys.map(key => key.toUpperCase().replace(':', '_')).sort()

async function shown(client: Client, id: string): Promise<string[] | null> {
  const text =
    'query($id: ID!) { node(id: $id) { ... on User { managementPermissions } ... on MachineApplication { managementPermissions } } }'
  return (await client.query(text, { id })).node?.managementPermissions ?? null
}

test('one’s own management permissions are shown, as a viewer and as a principal (MGT-2)', async () => {
  const deployment = await world()
  const reader = await operatorWith(deployment, ['AUDIT_READ'])
  const text = '{ viewer { managementPermissions principal { managementPermissions } } }'
  expect((await reader.query(text)).viewer).toEqual({
    managementPermissions: ['AUDIT_READ'],
    principal: { managementPermissions: ['AUDIT_READ'] },
  })
  expect((await deployment.owner.query(text)).viewer).toEqual({
    managementPermissions: [],
    principal: { managementPermissions: [] },
  })
  const first = (await deployment.operator.query(text)).viewer
  expect([...first.managementPermissions].sort()).toEqual(every)
  expect([...first.principal.managementPermissions].sort()).toEqual(every)
})

test('the management permissions of others are for holders of management:write; null for everybody else (MGT-2)', async () => {
  const deployment = await world()
  const { operator, acme, owner } = deployment
  const reader = await operatorWith(deployment, ['AUDIT_READ'])
  const id = await reader.id()
  const input = { organizationId: acme.id, userId: id, roleIds: [] }
  await operator.mutate('addMember', input)
  const fellow = await memberWith(acme, ['member:read'])
  const users = await operatorWith(deployment, [
    'USERS_READ',
    'ORGANIZATIONS_READ',
    'ORGANIZATIONS_WRITE',
    'AUDIT_READ',
  ])
  for (const client of [owner, fellow, users]) expect(await shown(client, id)).toBeNull()
  const holder = await operatorWith(deployment, ['MANAGEMENT_WRITE', 'USERS_READ'])
  expect(await shown(holder, id)).toEqual(['AUDIT_READ'])
  expect([...((await shown(holder, await operator.id())) ?? [])].sort()).toEqual(every)
  expect(await shown(holder, await owner.id())).toEqual([])
})

/** For each management permission something that its holder alone can do, and one without any cannot. */
const doors: Record<string, (client: Person, deployment: World) => Promise<boolean>> = {
  'organizations:read': async client => reads(client, '{ organizations { totalCount } }'),
  'organizations:write': async client => {
    const owned = { name: 'For another', ownerId: await client.id() }
    return (await outcomeOf(client, 'createOrganization', owned)) === 'CreateOrganizationPayload'
  },
  'template:write': async client => {
    const input = { name: `Role ${Math.random()}`, permissionIds: [] }
    return (await outcomeOf(client, 'createTemplateRole', input)) === 'CreateTemplateRolePayload'
  },
  'users:read': async client => reads(client, '{ users { totalCount } machineApplications { totalCount } }'),
  'users:write': async (client, { acme, operator }) => {
    // Whoever deletes a user has to know of them: as a fellow member, here.
    await operator.mutate('addMember', { organizationId: acme.id, userId: await client.id() })
    const userId = await (await acme.member()).id()
    return (await outcomeOf(client, 'deleteUser', { userId })) === 'DeleteUserPayload'
  },
  'applications:write': async client =>
    (await outcomeOf(client, 'createMachineApplication', { name: 'X' })) === 'CreateMachineApplicationPayload',
  'audit:read': async client => reads(client, '{ auditEvents { totalCount } }'),
  'management:write': async client => {
    const input = { principalId: await client.id(), permissions: ['MANAGEMENT_WRITE'] }
    return (await outcomeOf(client, 'setManagementPermissions', input)) === 'SetManagementPermissionsPayload'
  },
}

async function reads(client: Client, text: string): Promise<boolean> {
  return (await client.send(text)).errors.length === 0
}

test('every management permission of the catalogue has its door (MGT-2)', () => {
  expect(Object.keys(doors).sort()).toEqual([...managementPermissionKeys].sort())
})

test.each(managementPermissionKeys)('%s opens something that none of the others does (MGT-2)', async key => {
  const deployment = await world({ isolated: true, env: { ORGANIZATION_CREATION: 'OPERATORS' } })
  const name = (one: string) => one.toUpperCase().replace(':', '_')
  const open = (client: Person) => doors[key]?.(client, deployment) ?? Promise.resolve(false)
  const holder = await operatorWith(deployment, [name(key)])
  const others = await operatorWith(deployment, managementPermissionKeys.filter(other => other !== key).map(name))
  expect(await open(holder)).toBe(true)
  expect(await open(others)).toBe(false)
})

test('the catalogue of management permissions is described, within the bounds of permissions (TPL-2)', async () => {
  for (const [key, description] of Object.entries(managementPermissions)) {
    expect(key).toMatch(/^[a-z0-9-]+(:[a-z0-9-]+){1,2}$/)
    expect(description.length).toBeGreaterThan(0)
    expect(description.length).toBeLessThanOrEqual(256)
  }
  const { person } = await world()
  const text = '{ __type(name: "ManagementPermission") { enumValues { name description } } }'
  const { enumValues } = (await (await person()).query(text)).__type
  const values = Object.entries(managementPermissions).map(([key, description]) => ({
    name: key.toUpperCase().replace(':', '_'),
    description,
  }))
  expect(enumValues).toEqual(expect.arrayContaining(values))
  expect(enumValues).toHaveLength(values.length)
})
