import { expect, test } from 'vitest'
import type { Client, Loose } from '../kit/client.ts'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { world } from '../kit/world.ts'
import { createApiResource, createPermission, createRole, roleSeen } from './template.ts'

async function rolesOf(client: Client, id: string, filter?: object): Promise<string[]> {
  const text = `query($id: ID!, $filter: RoleFilter) {
    organization(by: { id: $id }) { roles(filter: $filter) { name } } }`
  const data = await client.query(text, { id, filter })
  return data.organization.roles.map((role: Loose) => role.name)
}

test('an organization lists the roles of the template, oldest first, then its own by name (TPL-9)', async () => {
  const { operator, owner, acme, person, organization } = await world({ isolated: true })
  const other = await organization(await person())
  for (const name of ['zebra keeper', 'Aardvark keeper']) await acme.customRole([], { name })
  await other.customRole([], { name: 'Elsewhere' })
  await createRole(operator, 'Auditor')
  const template = ['Owner', 'Admin', 'Member', 'Service', 'Auditor']
  expect(await rolesOf(owner, acme.id)).toEqual([...template, 'Aardvark keeper', 'zebra keeper'])
  expect(await rolesOf(operator, other.id)).toEqual([...template, 'Elsewhere'])
})

test('roles are filtered by kind and by where they come from', async () => {
  const { owner, acme } = await world({ isolated: true })
  await acme.customRole([], { name: 'Desk' })
  await acme.customRole([], { name: 'Robot', kind: 'MACHINE' })
  expect(await rolesOf(owner, acme.id, { isCustom: true })).toEqual(['Desk', 'Robot'])
  expect(await rolesOf(owner, acme.id, { isCustom: false })).toEqual(['Owner', 'Admin', 'Member', 'Service'])
  expect(await rolesOf(owner, acme.id, { kind: 'MACHINE' })).toEqual(['Service', 'Robot'])
  expect(await rolesOf(owner, acme.id, { kind: 'USER', isCustom: true })).toEqual(['Desk'])
  expect(await rolesOf(owner, acme.id, { kind: null, isCustom: null })).toHaveLength(6)
})

test('a member without any permission sees the roles of their organization', async () => {
  const { acme } = await world({ isolated: true })
  await acme.customRole([], { name: 'Desk' })
  const member = await acme.member({ roles: [] })
  expect(await rolesOf(member, acme.id)).toEqual(['Owner', 'Admin', 'Member', 'Service', 'Desk'])
})

test('a custom role is a node to members and operators only; a template role to everyone signed in (TPL-9)', async () => {
  const deployment = await world({ isolated: true })
  const { acme, person, roleId, anonymous } = deployment
  const custom = await acme.customRole(['member:read'], { name: 'Desk' })
  const [stranger, member] = [await person(), await acme.member({ roles: [] })]
  expect(await roleSeen(stranger, custom)).toBeNull()
  expect(await roleSeen(stranger, missingId('OrganizationRole'))).toBeNull()
  expect(await roleSeen(await operatorWith(deployment, ['TEMPLATE_WRITE', 'USERS_READ']), custom)).toBeNull()
  expect(await roleSeen(stranger, await roleId('Owner'))).toMatchObject({ name: 'Owner', organization: null })
  for (const client of [member, await operatorWith(deployment, ['ORGANIZATIONS_READ'])])
    expect(await roleSeen(client, custom)).toMatchObject({ name: 'Desk', organization: { id: acme.id } })
  const answer = await anonymous().send(`{ node(id: "${await roleId('Owner')}") { id } }`)
  expect(answer.errors[0]?.extensions.code).toBe('UNAUTHENTICATED')
})

test('who was a member no longer sees the custom roles', async () => {
  const { acme } = await world()
  const custom = await acme.customRole([])
  const member = await acme.member()
  expect(await roleSeen(member, custom)).not.toBeNull()
  await member.mutate('removeMember', { membershipId: member.membershipId })
  expect(await roleSeen(member, custom)).toBeNull()
})

test('an invitee sees the custom roles on offer, and through them nothing of the organization (INV-13)', async () => {
  const { acme, owner, person } = await world()
  const roleIds = [await acme.customRole(['member:read'], { name: 'Desk' })]
  const invited = await person()
  await owner.mutate('inviteMember', { organizationId: acme.id, email: invited.email, roleIds })
  const fields = `name organization { name } memberCount(organizationId: "${acme.id}") viewerCanUpdate viewerCanDelete
    viewerCanAssign(organizationId: "${acme.id}")`
  const data = await invited.query(`{ viewer { invitations { nodes { roles { ${fields} } } } } }`)
  const [role] = data.viewer.invitations.nodes[0].roles
  expect(role).toEqual({
    name: 'Desk',
    organization: null,
    memberCount: null,
    viewerCanUpdate: false,
    viewerCanDelete: false,
    viewerCanAssign: false,
  })
})

const countText = `query($id: ID!, $at: ID!) {
  node(id: $id) { ... on OrganizationRole { memberCount(organizationId: $at) } } }`

test('memberCount counts the holders in the named organization only', async () => {
  const { acme, owner, person, organization, roleId } = await world()
  const other = await organization(await person())
  const id = await roleId('Admin')
  for (const place of [acme, acme, other]) await place.member({ roles: ['Admin', 'Member'] })
  const custom = await acme.customRole([], { name: 'Desk' })
  expect((await owner.query(countText, { id, at: acme.id })).node.memberCount).toBe(2)
  expect((await owner.query(countText, { id: custom, at: acme.id })).node.memberCount).toBe(0)
  await acme.member({ roles: ['Desk'] })
  expect((await owner.query(countText, { id: custom, at: acme.id })).node.memberCount).toBe(1)
})

test('memberCount is null without member:read there, and for an organization of others as for none', async () => {
  const { acme, owner, person, organization, roleId } = await world()
  const other = await organization(await person())
  const id = await roleId('Owner')
  const blind = await memberWith(acme, ['role:manage', 'member:assign-role'])
  expect((await blind.query(countText, { id, at: acme.id })).node.memberCount).toBeNull()
  expect((await owner.query(countText, { id, at: other.id })).node.memberCount).toBeNull()
  expect((await owner.query(countText, { id, at: missingId('Organization') })).node.memberCount).toBeNull()
  const answer = await owner.send(countText, { id, at: id })
  expect(answer.errors[0]?.extensions.code).toBe('BAD_USER_INPUT')
})

test('permissions and API resources are nodes to everyone signed in', async () => {
  const { person, operator, clock } = await world({ isolated: true })
  const apiResourceId = await createApiResource(operator, 'https://billing.test')
  const permissionId = await createPermission(operator, 'invoice:void', apiResourceId)
  await createPermission(operator, 'invoice:read', apiResourceId)
  const text = `query($ids: [ID!]!) { nodes(ids: $ids) {
    ... on Permission { key description isBuiltIn isOpenToCustomRoles apiResource { audience } }
    ... on ApiResource { audience name createdAt permissions { key } } } }`
  const missing = [missingId('Permission'), missingId('ApiResource')]
  const data = await (await person()).query(text, { ids: [permissionId, apiResourceId, ...missing] })
  expect(data.nodes).toEqual([
    {
      key: 'invoice:void',
      description: 'Allows invoice:void.',
      isBuiltIn: false,
      isOpenToCustomRoles: true,
      apiResource: { audience: 'https://billing.test' },
    },
    {
      audience: 'https://billing.test',
      name: 'Billing',
      createdAt: clock().toISOString(),
      permissions: [{ key: 'invoice:read' }, { key: 'invoice:void' }],
    },
    null,
    null,
  ])
})

test('the roles of an organization cost as many statements for twenty as for five', async () => {
  const { acme, owner, statements } = await world({ isolated: true })
  const fields = `name permissions { key apiResource { name } } organization { name } memberCount(organizationId: $id)
    viewerCanUpdate viewerCanDelete viewerCanAssign(organizationId: $id)`
  const count = async () => {
    statements.splice(0)
    await owner.query(`query($id: ID!) { organization(by: { id: $id }) { roles { ${fields} } } }`, { id: acme.id })
    return statements.length
  }
  await acme.customRole(['member:read'], { name: 'Role' })
  await count()
  const few = await count()
  for (let number = 0; number < 15; number++) await acme.customRole(['member:read'], { name: `Role ${number}` })
  expect(await count()).toBe(few)
})
