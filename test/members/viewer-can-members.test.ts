import { expect, test } from 'vitest'
import { memberWith } from '../kit/holders.ts'
import { permits, viewers } from '../kit/viewers.ts'
import { type Person, type TestOrganization, type World, world } from '../kit/world.ts'
import { requestIn } from '../security/isolation/side.ts'

const query = 'query($id: ID!) { node(id: $id) { ... on Membership { viewerCanChangeRoles viewerCanRemove } } }'

/** What the viewer is told of a membership: nothing, where they do not see it. */
async function told(viewer: Person, id: string) {
  return (await viewer.query(query, { id })).node ?? { viewerCanChangeRoles: false, viewerCanRemove: false }
}

/** The owner last: whoever removes them, takes them from those who prepare the others. */
const targets: [name: string, membership: (w: World, organization: TestOrganization) => Promise<string>][] = [
  ['an admin', async (_w, organization) => (await organization.member({ roles: ['Admin'] })).membershipId],
  ['a plain member', async (_w, organization) => (await organization.member()).membershipId],
  ['a member without roles', async (_w, organization) => (await organization.member({ roles: [] })).membershipId],
  ['a member who assigns roles', async (_w, o) => (await memberWith(o, ['member:assign-role'])).membershipId],
  ['an owner', async w => w.owner.membershipId],
]

test.each(viewers)('%s may do with members what viewerCan says, and nothing else (MEM-7)', async (_name, make) => {
  const w = await world()
  const viewer = await make(w, w.acme)
  for (const [target, membershipOf] of targets) {
    const membershipId = await membershipOf(w, w.acme)
    const can = await told(viewer, membershipId)
    const done = {
      viewerCanChangeRoles: await permits(viewer, 'changeMemberRoles', { membershipId, addRoleIds: [] }),
      viewerCanRemove: await permits(viewer, 'removeMember', { membershipId }),
    }
    expect({ target, ...done }).toEqual({ target, ...can })
  }
})

test.each(viewers)('%s may give the roles that viewerCanAssign says, and no others (ROL-3)', async (_name, make) => {
  const w = await world()
  const viewer = await make(w, w.acme)
  await w.acme.customRole(['audit:read'], { name: 'Auditor' })
  await w.acme.customRole([], { name: 'Nothing' })
  const other = await w.acme.member({ roles: [] })
  const { organization } = await w.operator.query(
    'query($id: ID!) { organization(by: { id: $id }) { roles(filter: { kind: USER }) { id name } } }',
    w.acme,
  )
  const own = await viewer.query(
    'query($id: ID!) { organization(by: { id: $id }) { viewerMembership { id } } }',
    w.acme,
  )
  for (const { id, name } of organization.roles) {
    const { node } = await viewer.query(
      'query($id: ID!, $organizationId: ID!) { node(id: $id) { ... on OrganizationRole { viewerCanAssign(organizationId: $organizationId) } } }',
      { id, organizationId: w.acme.id },
    )
    const email = `${crypto.randomUUID()}@people.test`
    const ways = [await permits(viewer, 'inviteMember', { organizationId: w.acme.id, email, roleIds: [id] })]
    // Without member:read one sees, and so changes, no membership but one's own.
    for (const membershipId of [other.membershipId, own.organization?.viewerMembership?.id ?? other.membershipId])
      ways.push(await permits(viewer, 'changeMemberRoles', { membershipId, addRoleIds: [id] }))
    // No link offers the owner role, whoever makes it (LNK-1).
    if (name !== 'Owner')
      ways.push(
        await permits(viewer, 'createInviteLink', { organizationId: w.acme.id, label: 'A link', roleIds: [id] }),
      )
    const joinRequestId = await requestIn(w, w.acme, w.owner)
    ways.push(await permits(viewer, 'approveJoinRequest', { joinRequestId, roleIds: [id] }))
    expect({ name, can: ways.includes(true) }).toEqual({ name, can: node?.viewerCanAssign ?? false })
  }
})

test('the last owner is told that owners may be removed, and by the mutation that the last cannot be (MEM-6)', async () => {
  const w = await world()
  expect(await told(w.owner, w.owner.membershipId)).toEqual({ viewerCanChangeRoles: true, viewerCanRemove: true })
  expect((await w.owner.mutate('removeMember', { membershipId: w.owner.membershipId })).__typename).toBe(
    'LastOwnerError',
  )
})
