import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { createClient } from '../kit/client.ts'
import { written } from '../kit/journal.ts'
import { bound } from '../kit/organization-token.ts'
import { type World, world } from '../kit/world.ts'

let w: World
beforeAll(async () => {
  w = await world()
})

/** A machine application with these management permissions, and a token for the gateway as the built-in issuer makes it. */
async function operating(permissions: string[]) {
  const machine = await w.machine()
  const input = { principalId: await machine.id(), permissions }
  await w.operator.mutate('setManagementPermissions', input)
  const { clientId } = machine
  const token = await w.signer.sign({ sub: clientId, client_id: clientId, aud: w.signer.audience, scope: '' })
  return { ...machine, ...createClient(w.app, token) }
}

const organization = 'query($id: ID!) { organization(by: { id: $id }) { name members { totalCount } } }'

describe('an application with management permissions (MGT-2)', () => {
  test('reads every organization with organizations:read, and writes none', async () => {
    const application = await operating(['ORGANIZATIONS_READ'])
    const { organization: seen } = await application.query(organization, { id: w.acme.id })
    expect(seen).toEqual({ name: expect.any(String), members: { totalCount: 1 } })
    expect((await application.query('{ organizations(first: 1) { nodes { id } } }')).organizations.nodes).toHaveLength(
      1,
    )
    const input = { organizationId: w.acme.id, description: 'Changed' }
    expect(await application.refusal('updateOrganization', input)).toBe('FORBIDDEN')
    expect((await application.send('{ users { totalCount } }')).errors[0]?.extensions.code).toBe('FORBIDDEN')
  })

  test('does what its permissions say and no more, each by itself', async () => {
    const template = await operating(['TEMPLATE_WRITE'])
    const input = { key: `thing${randomUUID().slice(0, 8)}:read`, description: 'Reads things.' }
    const { result, ...journal } = await written(w, () => template.mutate('createPermission', input))
    expect(result.__typename).toBe('CreatePermissionPayload')
    expect(journal.audit).toMatchObject([{ action: 'PERMISSION_CREATED', actor: 'Sync' }])
    expect((await template.query(organization, { id: w.acme.id })).organization).toBeNull()
    const log = await operating(['AUDIT_READ'])
    expect((await log.query('{ auditEvents(first: 1) { totalCount } }')).auditEvents.totalCount).toBeGreaterThan(0)
    expect(await log.refusal('createPermission', input)).toBe('FORBIDDEN')
  })

  test('with organizations:write makes an organization for a user, and none for itself', async () => {
    const application = await operating(['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE'])
    const owner = await w.person()
    const made = await application.mutate('createOrganization', { name: 'Made', ownerId: await owner.id() })
    expect(made.__typename).toBe('CreateOrganizationPayload')
    expect(await (await operating([])).refusal('createOrganization', { name: 'Mine' })).toBe('FORBIDDEN')
  })

  test('gives others what it holds and nothing else', async () => {
    const application = await operating(['MANAGEMENT_WRITE', 'USERS_READ'])
    const principalId = await (await w.person()).id()
    const give = (permissions: string[]) => ({ principalId, permissions })
    expect((await application.mutate('setManagementPermissions', give(['USERS_READ']))).__typename).toMatch(/Payload$/)
    expect(await application.refusal('setManagementPermissions', give(['TEMPLATE_WRITE']))).toBe('FORBIDDEN')
  })

  test('loses them at the very next request', async () => {
    const application = await operating(['ORGANIZATIONS_READ'])
    await application.query('{ organizations { totalCount } }')
    await w.operator.mutate('setManagementPermissions', { principalId: await application.id(), permissions: [] })
    expect((await application.send('{ organizations { totalCount } }')).errors[0]?.extensions.code).toBe('FORBIDDEN')
  })

  test('has none of them with an organization token (TOK-7)', async () => {
    const application = await operating(['ORGANIZATIONS_READ', 'AUDIT_READ'])
    const input = { organizationId: w.acme.id, applicationId: await application.id(), roleIds: [] }
    await w.operator.mutate('addMachineMember', input)
    const there = await bound(w, application, w.acme, ['member:read', 'organizations:read'])
    expect((await there.query(organization, { id: w.acme.id })).organization.members).toBeNull()
    expect((await there.send('{ organizations { totalCount } }')).errors[0]?.extensions.code).toBe('FORBIDDEN')
  })

  test('is among the operators, for who may see them', async () => {
    const application = await operating(['USERS_READ'])
    const { operators } = await w.operator.query('{ operators { id managementPermissions } }')
    expect(operators).toContainEqual({ id: await application.id(), managementPermissions: ['USERS_READ'] })
  })
})
