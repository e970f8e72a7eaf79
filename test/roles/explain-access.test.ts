import { expect, test } from 'vitest'
import type { Client, Loose } from '../kit/client.ts'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { type Member, type World, world } from '../kit/world.ts'
import { createApiResource, createPermission, createRole } from './template.ts'

const fields = `outcome permission { key } heldThrough { name organization { id } }
  remedies { role { name } viewerCanGive } managementPermissions`
const query = `query($membershipId: ID!, $permission: PermissionRef!) {
  explainAccess(membershipId: $membershipId, permission: $permission) { membership { id } ${fields} } }`

async function explain(by: Client, membershipId: string, permission: object | string): Promise<Loose | null> {
  const sought = typeof permission === 'string' ? { key: permission } : permission
  return (await by.query(query, { membershipId, permission: sought })).explainAccess
}

const names = (roles: Loose[]) => roles.map(role => role.name)
const remediesOf = (explanation: Loose | null) =>
  Object.fromEntries(explanation?.remedies.map((row: Loose) => [row.role.name, row.viewerCanGive]) ?? [])

test('what a member holds is explained by every role that permits it, of the template and of the organization (ROL-1)', async () => {
  const { acme, owner } = await world()
  await acme.customRole(['audit:read', 'member:read'], { name: 'Auditor' })
  await acme.customRole(['invitation:read'], { name: 'Host' })
  const { membershipId } = await acme.member({ roles: ['Auditor', 'Host', 'Member'] })
  const found = await explain(owner, membershipId, 'member:read')
  expect(found).toMatchObject({ membership: { id: membershipId }, permission: { key: 'member:read' }, outcome: 'HELD' })
  expect(found?.heldThrough).toEqual([
    { name: 'Member', organization: null },
    { name: 'Auditor', organization: { id: acme.id } },
  ])
  expect(found?.remedies).toEqual([])
})

test('what a member lacks is explained by the roles of their kind that would permit it, no others', async () => {
  const { acme, owner } = await world({ isolated: true })
  await acme.customRole(['audit:read'], { name: 'Auditor' })
  await acme.customRole(['audit:read'], { name: 'Audit machine', kind: 'MACHINE' })
  await acme.customRole(['invitation:read'], { name: 'Host' })
  const { membershipId } = await acme.member()
  const found = await explain(owner, membershipId, 'audit:read')
  expect(found).toMatchObject({ outcome: 'NOT_HELD', heldThrough: [] })
  expect(remediesOf(found)).toEqual({ Owner: true, Admin: true, Auditor: true })
})

test('a machine is explained by roles for machines (MEM-10)', async () => {
  const { acme, owner, operator, machine } = await world({ isolated: true })
  await acme.customRole(['audit:read'], { name: 'Audit machine', kind: 'MACHINE' })
  const input = { organizationId: acme.id, applicationId: await (await machine()).id(), roleIds: [] }
  const selection = '... on AddMachineMemberPayload { membership { id } }'
  const { membership } = await operator.mutate('addMachineMember', input, selection)
  expect(remediesOf(await explain(owner, membership.id, 'audit:read'))).toEqual({ 'Audit machine': true })
  expect(remediesOf(await explain(owner, membership.id, 'member:read'))).toEqual({ Service: true })
})

test('a remedy says whether the viewer may give it: within what they hold, to whom they may touch (ROL-3, MEM-7)', async () => {
  const { acme, owner } = await world({ isolated: true })
  await acme.customRole(['audit:read'], { name: 'Auditor' })
  const member = await acme.member()
  const strong = await memberWith(acme, ['organization:delete'])
  const assigner = await memberWith(acme, ['member:read', 'member:assign-role', 'audit:read'])
  const reader = await memberWith(acme, ['member:read', 'audit:read', 'invitation:create'])
  const of = async (by: Client, { membershipId }: Member) =>
    remediesOf(await explain(by, membershipId, 'audit:read')).Auditor
  expect(await of(assigner, member)).toBe(true)
  expect(remediesOf(await explain(assigner, member.membershipId, 'audit:read'))).toMatchObject({ Owner: false })
  expect(await of(assigner, strong)).toBe(false)
  expect(await of(reader, member)).toBe(false)
  expect(await of(member, member)).toBe(false)
  expect(await of(owner, strong)).toBe(true)
})

test('what a remedy promises holds: giving the role makes the permission held', async () => {
  const { acme, owner } = await world()
  const roleId = await acme.customRole(['audit:read'], { name: 'Auditor' })
  const { membershipId } = await acme.member()
  expect(remediesOf(await explain(owner, membershipId, 'audit:read'))).toMatchObject({ Auditor: true })
  await owner.mutate('changeMemberRoles', { membershipId, addRoleIds: [roleId] })
  const found = await explain(owner, membershipId, 'audit:read')
  expect([found?.outcome, names(found?.heldThrough)]).toEqual(['HELD', ['Auditor']])
})

test('permissions of the product and of its APIs are found by id, by key, and by audience with key (TPL-2)', async () => {
  const { acme, owner, operator } = await world({ isolated: true })
  const apiId = await createApiResource(operator, 'https://billing.test')
  const [own, ofApi] = [
    await createPermission(operator, 'invoice:read'),
    await createPermission(operator, 'invoice:read', apiId),
  ]
  await createRole(operator, 'Reader', { permissionIds: [own] })
  await createRole(operator, 'Biller', { permissionIds: [ofApi] })
  const { membershipId } = await acme.member({ roles: ['Biller'] })
  const inApi = { ofApi: { audience: 'https://billing.test', key: 'invoice:read' } }
  for (const sought of [{ id: ofApi }, inApi])
    expect(names((await explain(owner, membershipId, sought))?.heldThrough)).toEqual(['Biller'])
  // The owner role holds no product permission, so its holder may not give one.
  for (const sought of [{ id: own }, 'invoice:read'])
    expect(remediesOf(await explain(owner, membershipId, sought))).toEqual({ Reader: false })
})

test('a permission that is not there is told as unknown, whichever way it was named', async () => {
  const { acme, owner } = await world()
  const { membershipId } = await acme.member()
  const wrong = [
    { id: missingId('Permission') },
    'no:such',
    '',
    { ofApi: { audience: 'https://nowhere.test', key: 'member:read' } },
  ]
  for (const sought of wrong)
    expect(await explain(owner, membershipId, sought)).toMatchObject({
      ...{ outcome: 'PERMISSION_UNKNOWN', permission: null, heldThrough: [], remedies: [] },
    })
})

test('in a deleted organization nobody may do anything; the roles are still told to operators (ORG-6)', async () => {
  const { acme, owner, operator } = await world()
  const { membershipId } = await acme.member()
  await owner.mutate('deleteOrganization', { organizationId: acme.id })
  const found = await explain(operator, membershipId, 'member:read')
  expect(found).toMatchObject({ outcome: 'ORGANIZATION_DELETED' })
  expect(names(found?.heldThrough)).toEqual(['Member'])
  expect(remediesOf(await explain(operator, membershipId, 'audit:read'))).toMatchObject({ Owner: false })
  expect(await explain(owner, membershipId, 'member:read')).toBeNull()
})

test('what an operator may do anyway is told to who may see management permissions, and to themselves (MGT-2)', async () => {
  const deployment = await world({ isolated: true })
  const { acme, owner, operator } = deployment
  const person = await operatorWith(deployment, ['ORGANIZATIONS_READ', 'AUDIT_READ', 'USERS_READ'])
  const input = { organizationId: acme.id, userId: await person.id(), roleIds: [] }
  const { membership } = await operator.mutate('addMember', input, '... on AddMemberPayload { membership { id } }')
  const of = async (by: Client, key: string) => (await explain(by, membership.id, key))?.managementPermissions
  expect(await of(operator, 'member:read')).toEqual(['ORGANIZATIONS_READ'])
  expect(await of(person, 'audit:read')).toEqual(['AUDIT_READ'])
  expect(await of(operator, 'member:remove')).toEqual([])
  expect(await of(operator, 'no:such')).toEqual([])
  expect(await of(owner, 'member:read')).toBeNull()
  expect(await of(await operatorWith(deployment, ['ORGANIZATIONS_READ']), 'member:read')).toBeNull()
})

test('a member is explained to themselves, to who holds member:read there, and to operators; to nobody else', async () => {
  const deployment = await world()
  const { acme, operator, person, organization } = deployment
  const member = await acme.member({ roles: [] })
  const elsewhere = await organization(await person())
  const seen = [member, await memberWith(acme, ['member:read']), operator]
  for (const by of [...seen, await operatorWith(deployment, ['ORGANIZATIONS_READ'])])
    expect(await explain(by, member.membershipId, 'member:read')).toMatchObject({ outcome: 'NOT_HELD' })
  const blind = [await acme.member({ roles: [] }), await elsewhere.member({ roles: ['Admin'] }), await person()]
  for (const by of [...blind, await operatorWith(deployment, ['TEMPLATE_WRITE'])]) {
    expect(await explain(by, member.membershipId, 'member:read')).toBeNull()
    expect(await explain(by, missingId('Membership'), 'member:read')).toBeNull()
  }
})

test('a role of another organization is no remedy, whoever asks (TPL-9)', async () => {
  const { acme, owner, operator, organization } = await world({ isolated: true })
  const other = await organization(owner)
  await other.customRole(['audit:read'], { name: 'Foreign auditor' })
  const { membershipId } = await acme.member()
  for (const by of [owner, operator])
    expect(Object.keys(remediesOf(await explain(by, membershipId, 'audit:read')))).toEqual(['Owner', 'Admin'])
})

test('bad input is BAD_USER_INPUT', async () => {
  const { acme, owner } = await world()
  const { membershipId } = owner
  const wrong = [
    { membershipId: acme.id, permission: { key: 'member:read' } },
    { membershipId, permission: { id: acme.id } },
    { membershipId, permission: {} },
    { membershipId, permission: { key: 'member:read', id: membershipId } },
  ]
  for (const variables of wrong)
    expect((await owner.send(query, variables)).errors[0]?.extensions.code).toBe('BAD_USER_INPUT')
})

test('an explanation costs the same statements, however many roles there are', async () => {
  const here: World = await world({ isolated: true })
  const { acme, owner, statements } = here
  const { membershipId } = await acme.member()
  const count = async () => {
    statements.splice(0)
    await explain(owner, membershipId, 'audit:read')
    return statements.length
  }
  await acme.customRole(['audit:read'])
  const few = await count()
  for (let more = 0; more < 10; more++) await acme.customRole(['audit:read'])
  expect([few, await count()]).toEqual([8, 8])
})
