import { expect, test } from 'vitest'
import type { Client } from '../kit/client.ts'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { uuidOf } from '../kit/journal.ts'
import { withClient } from '../kit/server.ts'
import { type World, world } from '../kit/world.ts'
import { createRole } from '../roles/template.ts'

const node = 'query($id: ID!) { node(id: $id) { __typename ... on AuditEvent { action targetLabel } } }'

const seen = async (client: Client, id: string) => (await client.query(node, { id })).node

async function newestOf({ acme, owner }: World): Promise<string> {
  const text = 'query($id: ID!) { organization(by: { id: $id }) { auditEvents(first: 1) { nodes { id } } } }'
  return (await owner.query(text, { id: acme.id })).organization.auditEvents.nodes[0].id
}

test('an event of an organization is a node to whoever reads its log, and to nobody else (MGT-2)', async () => {
  const deployment = await world({ isolated: true })
  const { acme, owner, person, organization } = deployment
  await acme.customRole([], { name: 'Desk' })
  const id = await newestOf(deployment)
  const event = { __typename: 'AuditEvent', action: 'ROLE_CREATED', targetLabel: 'Desk' }
  const readers = [
    owner,
    await memberWith(acme, ['audit:read']),
    await operatorWith(deployment, ['AUDIT_READ', 'ORGANIZATIONS_READ']),
  ]
  for (const client of readers) expect(await seen(client, id)).toEqual(event)
  const stranger = await person()
  await organization(stranger)
  const blind = [stranger, await acme.member(), await operatorWith(deployment, ['ORGANIZATIONS_READ'])]
  for (const client of blind) expect(await seen(client, id)).toBeNull()
  expect(await seen(owner, missingId('AuditEvent'))).toBeNull()
})

test('an event of the deployment is a node to operators with audit:read only (MGT-2)', async () => {
  const deployment = await world({ isolated: true })
  const { operator, owner, acme } = deployment
  await createRole(operator, 'Auditor')
  const { id } = (await operator.query('{ auditEvents(first: 1) { nodes { id } } }')).auditEvents.nodes[0]
  expect(await seen(await operatorWith(deployment, ['AUDIT_READ']), id)).toMatchObject({ targetLabel: 'Auditor' })
  const others = await operatorWith(deployment, ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE', 'TEMPLATE_WRITE'])
  for (const client of [owner, await memberWith(acme, ['audit:read']), others])
    expect(await seen(client, id)).toBeNull()
})

test('targetId leads to what it was done to, while it is there', async () => {
  const deployment = await world({ isolated: true })
  const { acme, owner } = deployment
  const roleId = await acme.customRole([], { name: 'Desk' })
  const event = await newestOf(deployment)
  const target = async () => {
    const text = 'query($id: ID!) { node(id: $id) { ... on AuditEvent { targetId targetLabel } } }'
    return (await owner.query(text, { id: event })).node
  }
  expect(await target()).toEqual({ targetId: roleId, targetLabel: 'Desk' })
  await owner.mutate('deleteRole', { roleId })
  expect(await target()).toEqual({ targetId: roleId, targetLabel: 'Desk' })
  expect((await owner.query('query($id: ID!) { node(id: $id) { id } }', { id: roleId })).node).toBeNull()
})

test('the name of an actor whose account is gone stays; the actor is null (MEM-9)', async () => {
  const deployment = await world({ isolated: true })
  const { acme, owner, databaseUrl } = deployment
  const admin = await acme.member({ roles: ['Admin'] })
  await admin.mutate('createCustomRole', { organizationId: acme.id, name: 'Desk', permissionIds: [] })
  const event = await newestOf(deployment)
  const { displayName, id } = (await admin.query('{ viewer { principal { displayName id } } }')).viewer.principal
  await owner.mutate('removeMember', { membershipId: admin.membershipId })
  const deletion = 'delete from principal where id = $1'
  await withClient(databaseUrl, client => client.query(deletion, [uuidOf(id)]))
  const text = 'query($id: ID!) { node(id: $id) { ... on AuditEvent { actorLabel actor { id } } } }'
  expect((await owner.query(text, { id: event })).node).toEqual({ actorLabel: displayName, actor: null })
})

test('an admin learns of an operator who acted there the name, and nothing more (MEM-12)', async () => {
  const { acme, operator, owner } = await world({ isolated: true })
  await operator.mutate('createCustomRole', { organizationId: acme.id, name: 'Helped', permissionIds: [] })
  const actor = `actor { displayName managementPermissions ... on User { email isEmailVerified }
    memberships { totalCount nodes { id } } }`
  const text = `query($id: ID!) { organization(by: { id: $id }) { auditEvents(first: 1) { nodes { ${actor} } } } }`
  expect((await owner.query(text, { id: acme.id })).organization.auditEvents.nodes[0].actor).toEqual({
    displayName: 'Operator',
    managementPermissions: null,
    email: null,
    isEmailVerified: null,
    memberships: { totalCount: 0, nodes: [] },
  })
})
