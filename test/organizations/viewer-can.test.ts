import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { memberWith } from '../kit/holders.ts'
import { permits, viewers } from '../kit/viewers.ts'
import { type Person, type World, world } from '../kit/world.ts'

const fields =
  'viewerCanUpdate viewerCanDelete viewerCanInvite viewerCanAddMembers viewerCanManageRoles viewerCanLeave viewerCanSetSeatLimit'
const query = `query($id: ID!) { organization(by: { id: $id }) { ${fields} viewerMembership { id } } }`
type Can = Record<string, boolean> & { viewerMembership: { id: string } | null }

/** What the viewer is told: without the organization, that nothing is theirs to do. */
async function told(viewer: Person, id: string): Promise<Can> {
  const { organization } = await viewer.query(query, { id })
  return (
    organization ?? { ...Object.fromEntries(fields.split(' ').map(field => [field, false])), viewerMembership: null }
  )
}

/** Somebody the viewer knows from an organization of their own, and so could add. */
async function acquaintance(w: World, viewer: Person): Promise<string> {
  const friend = await w.person()
  const elsewhere = await w.organization(viewer)
  const input = { organizationId: elsewhere.id, userId: await friend.id(), roleIds: [] }
  await w.operator.mutate('addMember', input)
  return input.userId
}

test.each(viewers)('%s may do in an organization what viewerCan says, and nothing else', async (_name, make) => {
  const w = await world()
  const viewer = await make(w, w.acme)
  const organizationId = w.acme.id
  const can = await told(viewer, organizationId)
  const name = `Role ${randomUUID()}`
  const email = `${randomUUID()}@people.test`
  const userId = await acquaintance(w, viewer)
  const membershipId = can.viewerMembership?.id ?? w.owner.membershipId
  const done = {
    viewerCanUpdate: await permits(viewer, 'updateOrganization', { organizationId, description: 'Changed' }),
    viewerCanInvite: await permits(viewer, 'inviteMember', { organizationId, email, roleIds: [] }),
    viewerCanAddMembers: await permits(viewer, 'addMember', { organizationId, userId, roleIds: [] }),
    viewerCanManageRoles: await permits(viewer, 'createCustomRole', { organizationId, name, permissionIds: [] }),
    viewerCanSetSeatLimit: await permits(viewer, 'setSeatLimit', { organizationId, seatLimit: 100 }),
    // Another's membership is no way out for somebody who is not in.
    viewerCanLeave: can.viewerMembership !== null && (await permits(viewer, 'removeMember', { membershipId })),
  }
  const { viewerMembership: _, viewerCanDelete, ...rest } = can
  expect(done).toEqual(rest)
  // The viewer may have left; deleting is tried where they are in again.
  const other = await w.organization(w.owner)
  const again = await make(w, other)
  const isDeletable = (await told(again, other.id)).viewerCanDelete
  expect(isDeletable).toBe(viewerCanDelete)
  expect(await permits(again, 'deleteOrganization', { organizationId: other.id })).toBe(isDeletable)
})

test('the last owner is told that members may leave, and by the mutation that the last owner cannot (MEM-6)', async () => {
  const { acme, owner } = await world()
  expect((await told(owner, acme.id)).viewerCanLeave).toBe(true)
  expect((await owner.mutate('removeMember', { membershipId: owner.membershipId })).__typename).toBe('LastOwnerError')
})

test('viewerIsOwner is for who holds the owner role, not for who holds all it permits (TPL-7)', async () => {
  const w = await world()
  const keys = (
    await w.owner.query('query($id: ID!) { organization(by: { id: $id }) { viewerPermissions { key } } }', w.acme)
  ).organization.viewerPermissions
  const alike = await memberWith(
    w.acme,
    keys.map((permission: { key: string }) => permission.key),
  )
  const isOwner = 'query($id: ID!) { organization(by: { id: $id }) { viewerIsOwner viewerMembership { isOwner } } }'
  expect(await alike.query(isOwner, w.acme)).toEqual({
    organization: { viewerIsOwner: false, viewerMembership: { isOwner: false } },
  })
  expect(await w.owner.query(isOwner, w.acme)).toEqual({
    organization: { viewerIsOwner: true, viewerMembership: { isOwner: true } },
  })
})

test('what one mutation of a request takes away, the next one of it lacks (ROL-4)', async () => {
  const w = await world()
  const admin = await w.acme.member({ roles: ['Admin'] })
  const answer = await admin.send(
    `mutation($leave: RemoveMemberInput!, $update: UpdateOrganizationInput!) {
      before: updateOrganization(input: $update) { __typename }
      removeMember(input: $leave) { ... on RemoveMemberPayload { organization { id } } }
      after: updateOrganization(input: $update) { __typename } }`,
    { leave: { membershipId: admin.membershipId }, update: { organizationId: w.acme.id, name: 'Mine' } },
  )
  expect(answer.errors.map(error => [error.path, error.extensions.code])).toEqual([[['after'], 'NOT_FOUND']])
})

test('what one mutation of a request gives, the next one of it has (ROL-4)', async () => {
  const w = await world()
  const other = await w.acme.member({ roles: [] })
  const owners = [await w.roleId('Owner')]
  const answer = await w.owner.query(
    `mutation($give: ChangeMemberRolesInput!, $leave: RemoveMemberInput!) {
      early: removeMember(input: $leave) { __typename }
      changeMemberRoles(input: $give) { ... on ChangeMemberRolesPayload { membership { isOwner } } }
      late: removeMember(input: $leave) { __typename } }`,
    {
      give: { membershipId: other.membershipId, addRoleIds: owners },
      leave: { membershipId: w.owner.membershipId },
    },
  )
  expect(answer).toEqual({
    early: { __typename: 'LastOwnerError' },
    changeMemberRoles: { membership: { isOwner: true } },
    late: { __typename: 'RemoveMemberPayload' },
  })
})
