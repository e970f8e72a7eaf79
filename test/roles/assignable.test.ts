import { expect, test } from 'vitest'
import { missingId } from '../kit/holders.ts'
import { type World, world } from '../kit/world.ts'
import { createRole, rolesHeld } from './template.ts'

/** Roles that cannot be given to a user of acme, whoever gives them. */
async function unfit({ acme, person, organization, roleId }: World): Promise<string[]> {
  const other = await organization(await person())
  return [
    missingId('OrganizationRole'),
    await other.customRole([], { name: 'Elsewhere' }),
    await roleId('Service'),
    await acme.customRole([], { kind: 'MACHINE' }),
  ]
}

const selection = '... on RoleNotAssignableError { roleIds }'

test('roles that do not fit are named, each of them and no other, and nothing is given (ROL-2)', async () => {
  const deployment = await world()
  const { acme, owner, operator, roleId } = deployment
  const fit = [await roleId('Member'), await acme.customRole([])]
  const wrong = await unfit(deployment)
  const { membershipId } = await acme.member({ roles: [] })
  // The operator sees the roles of every organization: that makes them no more assignable here.
  for (const client of [owner, operator])
    for (const bad of [...wrong.map(id => [id]), wrong]) {
      const [first = '', ...rest] = fit
      const roleIds = [first, ...bad, ...bad, ...rest]
      for (const [name, input] of [
        ['changeMemberRoles', { membershipId, addRoleIds: roleIds }],
        ['replaceMemberRoles', { membershipId, roleIds }],
      ] as const) {
        const result = await client.mutate(name, input, selection)
        expect(result).toMatchObject({ __typename: 'RoleNotAssignableError', roleIds: bad })
        expect(await rolesHeld(owner, membershipId)).toEqual([])
      }
    }
})

test('whoever would be added or invited with a role that does not fit, is not (ROL-2)', async () => {
  const deployment = await world()
  const { acme, owner, operator, person, roleId } = deployment
  const [userId, fit] = [await (await person()).id(), await roleId('Member')]
  const count = async () => {
    const text =
      'query($id: ID!) { organization(by: { id: $id }) { members { totalCount } invitations { totalCount } } }'
    return (await owner.query(text, { id: acme.id })).organization
  }
  for (const wrong of await unfit(deployment)) {
    const roleIds = [fit, wrong]
    const add = { organizationId: acme.id, userId, roleIds }
    const invite = { organizationId: acme.id, email: 'new@people.test', roleIds }
    const refused = { __typename: 'RoleNotAssignableError', roleIds: [wrong] }
    expect(await operator.mutate('addMember', add, selection)).toMatchObject(refused)
    expect(await owner.mutate('inviteMember', invite, selection)).toMatchObject(refused)
  }
  expect(await count()).toEqual({ members: { totalCount: 1 }, invitations: { totalCount: 0 } })
})

test('a machine holds roles for machines only (ROL-2, MEM-10)', async () => {
  const { acme, operator, machine, roleId } = await world()
  const applicationId = await (await machine()).id()
  const user = await acme.customRole([])
  const add = { organizationId: acme.id, applicationId, roleIds: [await roleId('Service'), user] }
  const result = await operator.mutate('addMachineMember', add, selection)
  expect(result).toMatchObject({ __typename: 'RoleNotAssignableError', roleIds: [user] })
  const fit = { ...add, roleIds: [await roleId('Service')] }
  expect((await operator.mutate('addMachineMember', fit)).__typename).toBe('AddMachineMemberPayload')
})

test('a role that fits but holds too much is an escalation only where all roles fit (ROL-2, ROL-3)', async () => {
  const { acme, roleId } = await world()
  const admin = await acme.member({ roles: ['Admin'] })
  const { membershipId } = await acme.member({ roles: [] })
  const [owner, missing] = [await roleId('Owner'), missingId('OrganizationRole')]
  const both = await admin.mutate('changeMemberRoles', { membershipId, addRoleIds: [owner, missing] }, selection)
  expect(both).toMatchObject({ __typename: 'RoleNotAssignableError', roleIds: [missing] })
  const one = await admin.mutate('changeMemberRoles', { membershipId, addRoleIds: [owner] })
  expect(one.__typename).toBe('PermissionEscalationError')
})

test('a role deleted before the call is not assignable (ROL-2)', async () => {
  const { acme, operator, owner } = await world({ isolated: true })
  const role = await createRole(operator, 'Auditor')
  await operator.mutate('deleteRole', { roleId: role })
  const { membershipId } = await acme.member({ roles: [] })
  const result = await owner.mutate('changeMemberRoles', { membershipId, addRoleIds: [role] }, selection)
  expect(result).toMatchObject({ __typename: 'RoleNotAssignableError', roleIds: [role] })
})
