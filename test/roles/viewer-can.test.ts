import { expect, test } from 'vitest'
import type { Client } from '../kit/client.ts'
import { memberWith, operatorWith } from '../kit/holders.ts'
import { type Member, type TestOrganization, type World, world } from '../kit/world.ts'
import { createRole } from './template.ts'

/** Whoever may ask, by what they hold. */
async function askers(deployment: World): Promise<Record<string, Client>> {
  const { acme, owner, operator, person } = deployment
  return {
    'the owner': owner,
    'an admin': await acme.member({ roles: ['Admin'] }),
    'a member': await acme.member(),
    'a role manager': await memberWith(acme, ['role:manage', 'member:read']),
    'a role giver': await memberWith(acme, ['member:assign-role', 'member:read']),
    'an inviter': await memberWith(acme, ['invitation:create', 'member:read']),
    'a stranger': await person(),
    'the first operator': operator,
    'an operator of the template': await operatorWith(deployment, ['TEMPLATE_WRITE']),
    'an operator who reads': await operatorWith(deployment, ['ORGANIZATIONS_READ', 'USERS_READ']),
    'an operator who rules': await operatorWith(deployment, ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE']),
  }
}

/** What a role says of itself; false all over for one that is not to be seen. */
async function claims(client: Client, id: string, organizationId: string) {
  const text = `query($id: ID!, $at: ID!) { node(id: $id) { ... on OrganizationRole {
    canUpdate: viewerCanUpdate canDelete: viewerCanDelete canAssign: viewerCanAssign(organizationId: $at) } } }`
  const { node } = await client.query(text, { id, at: organizationId })
  return node ?? { canUpdate: false, canDelete: false, canAssign: false }
}

/** Whether a mutation goes through: anything but its payload is a refusal. */
async function does(client: Client, name: string, input: object): Promise<boolean> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
  const { data } = await client.send(`mutation($input: ${type}Input!) { ${name}(input: $input) { __typename } }`, {
    input,
  })
  return data?.[name]?.__typename === `${type}Payload`
}

/** The roles to ask about; each call makes new ones. */
async function subjects({ operator, acme }: World): Promise<Record<string, string>> {
  const unique = Math.random().toString(36)
  return {
    'a weak custom role': await acme.customRole(['member:read']),
    'a strong custom role': await acme.customRole(['member:remove', 'member:read']),
    'an empty custom role': await acme.customRole([]),
    'a template role': await createRole(operator, `Template ${unique}`),
  }
}

test('viewerCanUpdate says what updateRole then does, for everyone (ROL-3)', async () => {
  const deployment = await world({ isolated: true })
  const roles = await subjects(deployment)
  for (const [who, client] of Object.entries(await askers(deployment)))
    for (const [what, roleId] of Object.entries(roles)) {
      const { canUpdate } = await claims(client, roleId, deployment.acme.id)
      const description = `by ${who}`
      expect([who, what, canUpdate]).toEqual([who, what, await does(client, 'updateRole', { roleId, description })])
    }
})

test('viewerCanDelete says what deleteRole then does, for everyone (ROL-3)', async () => {
  const deployment = await world({ isolated: true })
  for (const [who, client] of Object.entries(await askers(deployment)))
    for (const [what, roleId] of Object.entries(await subjects(deployment))) {
      const { canDelete } = await claims(client, roleId, deployment.acme.id)
      expect([who, what, canDelete]).toEqual([who, what, await does(client, 'deleteRole', { roleId })])
    }
})

test('owner and default role can be updated but not deleted (TPL-7, TPL-8)', async () => {
  const { operator, acme, roleId } = await world({ isolated: true })
  for (const name of ['Owner', 'Member']) {
    const role = await claims(operator, await roleId(name), acme.id)
    expect(role).toMatchObject({ canUpdate: true, canDelete: false })
    expect(await does(operator, 'deleteRole', { roleId: await roleId(name) })).toBe(false)
  }
})

test('viewerCanAssign says what inviting with the role, or giving it, then does (ROL-3)', async () => {
  const deployment = await world({ isolated: true })
  const { acme, roleId } = deployment
  const roles = { ...(await subjects(deployment)), Owner: await roleId('Owner'), Member: await roleId('Member') }
  for (const [who, client] of Object.entries(await askers(deployment)))
    for (const [what, role] of Object.entries(roles)) {
      const { canAssign } = await claims(client, role, acme.id)
      expect([who, what, canAssign]).toEqual([who, what, await assigns(client, acme, role)])
    }
})

test('viewerCanAssign is false for a role of another organization, and in one that is not the viewer’s', async () => {
  const { acme, owner, person, organization, roleId } = await world()
  const other = await organization(owner)
  const foreign = await organization(await person())
  expect(await claims(owner, await acme.customRole([]), other.id)).toMatchObject({ canAssign: false })
  expect(await claims(owner, await roleId('Member'), other.id)).toMatchObject({ canAssign: true })
  expect(await claims(owner, await roleId('Member'), foreign.id)).toMatchObject({ canAssign: false })
})

test('in a deleted organization nothing can be done with a role (ORG-6)', async () => {
  const { acme, owner, operator, roleId } = await world()
  const custom = await acme.customRole([])
  await owner.mutate('deleteOrganization', { organizationId: acme.id })
  const nothing = { canUpdate: false, canDelete: false, canAssign: false }
  expect(await claims(operator, custom, acme.id)).toEqual(nothing)
  expect(await claims(operator, await roleId('Admin'), acme.id)).toMatchObject({ canAssign: false })
})

let invited = 0

/** Gives the role to a member who holds nothing, or invites somebody with it. */
async function assigns(client: Client, organization: TestOrganization, roleId: string): Promise<boolean> {
  const member: Member = await organization.member({ roles: [] })
  const given = await does(client, 'changeMemberRoles', { membershipId: member.membershipId, addRoleIds: [roleId] })
  if (given) return true
  const email = `assigned-${++invited}@people.test`
  return does(client, 'inviteMember', { organizationId: organization.id, email, roleIds: [roleId] })
}
