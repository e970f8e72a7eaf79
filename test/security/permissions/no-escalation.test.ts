import { beforeAll, expect, test } from 'vitest'
import { gatewayPermissionKeys } from '../../../src/auth/permissions.ts'
import { world } from '../../kit/world.ts'
import { applicationIn, joined } from '../isolation/side.ts'
import { type Office, openOffice } from './office.ts'

// The clerk holds everything but the right to delete the organization: every door is open, and none of them for that.

const lacking = 'organization:delete'

interface Stage extends Office {
  readonly strongRoleId: string
  readonly strongMachineRoleId: string
  readonly strongPermissionId: string
  /** A member, a machine and an invitation who hold what the clerk lacks. */
  readonly strongMembershipId: string
  readonly strongMachineMembershipId: string
}

let stage: Stage
beforeAll(async () => {
  const here = await world()
  const office = await openOffice(
    here,
    gatewayPermissionKeys.filter(key => key !== lacking),
  )
  const { organization } = office
  const strongRoleId = await organization.customRole([lacking], { name: 'Strong' })
  const strongMachineRoleId = await organization.customRole([lacking], { name: 'Strong machine', kind: 'MACHINE' })
  const strong = await joined(here, organization, await here.person(), [strongRoleId])
  await applicationIn(here, organization, 'Strong', [strongMachineRoleId])
  const query =
    'query($id: ID!) { organization(by: { id: $id }) { members(filter: { kind: MACHINE }) { nodes { id } } } }'
  const machines = await here.operator.query(query, { id: organization.id })
  stage = {
    ...office,
    ...{ strongRoleId, strongMachineRoleId, strongPermissionId: await here.permissionId(lacking) },
    ...{
      strongMembershipId: strong.membershipId,
      strongMachineMembershipId: machines.organization.members.nodes[0].id,
    },
  }
})

const machineRole = { kind: 'MACHINE', name: 'By the back' }
type Door = readonly [name: string, mutation: string, input: (stage: Stage) => object]

/** Ways to give what one lacks: to somebody, or to a role that one holds or can give. */
const giving: readonly Door[] = [
  [
    'a new member',
    'addMember',
    s => ({ organizationId: s.organization.id, userId: s.userId, roleIds: [s.strongRoleId] }),
  ],
  [
    'a machine',
    'addMachineMember',
    s => ({ organizationId: s.organization.id, applicationId: s.applicationId, roleIds: [s.strongMachineRoleId] }),
  ],
  ['a member', 'changeMemberRoles', s => ({ membershipId: s.colleague.membershipId, addRoleIds: [s.strongRoleId] })],
  [
    'a member, by replacing',
    'replaceMemberRoles',
    s => ({ membershipId: s.colleague.membershipId, roleIds: [s.strongRoleId] }),
  ],
  [
    'an invitee',
    'inviteMember',
    s => ({ organizationId: s.organization.id, email: 'accomplice@people.test', roleIds: [s.strongRoleId] }),
  ],
  [
    'an invitee, by changing what is offered',
    'updateInvitation',
    s => ({ invitationId: s.invitationId, roleIds: [s.strongRoleId] }),
  ],
  [
    'whoever asked to join',
    'approveJoinRequest',
    s => ({ joinRequestId: s.joinRequestIds[0], roleIds: [s.strongRoleId] }),
  ],
  [
    'whoever has a link',
    'createInviteLink',
    s => ({ organizationId: s.organization.id, label: 'Back door', roleIds: [s.strongRoleId] }),
  ],
  [
    'a new role',
    'createCustomRole',
    s => ({ organizationId: s.organization.id, name: 'Back door', permissionIds: [s.strongPermissionId] }),
  ],
  [
    'a new role for machines',
    'createCustomRole',
    s => ({ ...machineRole, organizationId: s.organization.id, permissionIds: [s.strongPermissionId] }),
  ],
  ['a role that is there', 'updateRole', s => ({ roleId: s.roleId, permissionIds: [s.strongPermissionId] })],
  ['a role, by weakening a stronger one', 'updateRole', s => ({ roleId: s.strongRoleId, permissionIds: [] })],
  ['a role, by renaming a stronger one', 'updateRole', s => ({ roleId: s.strongRoleId, name: 'Mine' })],
  ['nobody, by deleting a stronger role', 'deleteRole', s => ({ roleId: s.strongRoleId, replacementRoleId: s.roleId })],
  [
    'the holders of a role, by its replacement',
    'deleteRole',
    s => ({ roleId: s.roleId, replacementRoleId: s.strongRoleId }),
  ],
]

test.each(giving)('nobody gives what they do not hold to %s (ROL-3)', async (_, mutation, input) => {
  const { clerk, owner, organization } = stage
  const before = await owner.query(whole, { id: organization.id })
  const selection = '... on PermissionEscalationError { missing { key } }'
  expect(await clerk.mutate(mutation, input(stage), selection)).toMatchObject({
    __typename: 'PermissionEscalationError',
    missing: [{ key: lacking }],
  })
  expect(await owner.query(whole, { id: organization.id })).toEqual(before)
})

const whole = `query($id: ID!) { organization(by: { id: $id }) { roles { name permissions { key } }
  members { nodes { principal { id } roles { name } } } invitations { nodes { email status } } } }`

const touching: readonly Door[] = [
  ['removed', 'removeMember', s => ({ membershipId: s.strongMembershipId })],
  ['given roles', 'changeMemberRoles', s => ({ membershipId: s.strongMembershipId, addRoleIds: [s.roleId] })],
  [
    'stripped of roles',
    'changeMemberRoles',
    s => ({ membershipId: s.strongMembershipId, removeRoleIds: [s.strongRoleId] }),
  ],
  ['given other roles', 'replaceMemberRoles', s => ({ membershipId: s.strongMembershipId, roleIds: [] })],
  ['removed as a machine', 'removeMember', s => ({ membershipId: s.strongMachineMembershipId })],
]

test.each(touching)('nobody who holds more is %s (MEM-7)', async (_, mutation, input) => {
  const { clerk, owner, organization } = stage
  const before = await owner.query(whole, { id: organization.id })
  expect(await clerk.refusal(mutation, input(stage))).toBe('FORBIDDEN')
  expect(await owner.query(whole, { id: organization.id })).toEqual(before)
})

test('what cannot be done is not promised either', async () => {
  const query = `query($member: ID!, $role: ID!, $here: ID!) {
    member: node(id: $member) { ... on Membership { viewerCanRemove viewerCanChangeRoles } }
    role: node(id: $role) { ... on OrganizationRole { viewerCanAssign(organizationId: $here) } } }`
  const { strongMembershipId: member, strongRoleId: role, organization, clerk } = stage
  expect(await clerk.query(query, { member, role, here: organization.id })).toEqual({
    member: { viewerCanRemove: false, viewerCanChangeRoles: false },
    role: { viewerCanAssign: false },
  })
})
