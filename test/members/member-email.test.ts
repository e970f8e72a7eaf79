import { expect, test } from 'vitest'
import { memberWith, operatorWith } from '../kit/holders.ts'
import { type Member, type Person, world } from '../kit/world.ts'

const ofUser = 'query($id: ID!) { node(id: $id) { ... on User { displayName email isEmailVerified } } }'
const ofMembers = `query($id: ID!) { organization(by: { id: $id }) { members { nodes { principal { id ... on User { displayName email isEmailVerified } } } } } }`

/** The email of a user as the viewer finds it: by id, and in the list of members. */
async function seen(viewer: Person, organization: { id: string }, of: Member) {
  const id = await of.id()
  const { node } = await viewer.query(ofUser, { id })
  const data = await viewer.query(ofMembers, organization)
  const listed = data.organization?.members?.nodes.find((one: { principal: { id: string } }) => one.principal.id === id)
  return [node?.email ?? null, listed?.principal.email ?? null]
}

test('fellow members with member:read see the address, verified or not (MEM-12)', async () => {
  const { acme } = await world()
  const [viewer, other] = [await acme.member(), await acme.member()]
  expect(await seen(viewer, acme, other)).toEqual([other.email, other.email])
  const { node } = await viewer.query(ofUser, { id: await other.id() })
  expect(node.isEmailVerified).toBe(true)
})

test('one’s own address is seen, in any role or none (MEM-12)', async () => {
  const { acme } = await world()
  const viewer = await memberWith(acme, [])
  expect(await seen(viewer, acme, viewer)).toEqual([viewer.email, null])
  const { viewer: own } = await viewer.query('{ viewer { principal { ... on User { email isEmailVerified } } } }')
  expect(own.principal).toEqual({ email: viewer.email, isEmailVerified: true })
})

test('without member:read nobody’s address is seen, whatever else is held (MEM-12)', async () => {
  const { acme, owner } = await world()
  const viewer = await memberWith(acme, [
    'member:add',
    'member:remove',
    'member:assign-role',
    'invitation:read',
    'audit:read',
  ])
  expect(await seen(viewer, acme, owner)).toEqual([null, null])
})

test('member:read in another organization is none in this one (MEM-12)', async () => {
  const w = await world()
  const viewer = await memberWith(w.acme, [])
  await w.organization(viewer)
  expect(await seen(viewer, w.acme, w.owner)).toEqual([null, null])
})

test('who shares nothing sees nothing, and neither does a member who was removed (MEM-12, ROL-4)', async () => {
  const w = await world()
  const foreigner = await w.person()
  expect(await seen(foreigner, w.acme, w.owner)).toEqual([null, null])
  const member = await w.acme.member()
  await w.owner.mutate('removeMember', { membershipId: member.membershipId })
  expect(await seen(member, w.acme, w.owner)).toEqual([null, null])
})

test('nor is the address of one who was removed seen by those who stay (MEM-12)', async () => {
  const w = await world()
  const [viewer, gone] = [await w.acme.member(), await w.acme.member()]
  await w.owner.mutate('removeMember', { membershipId: gone.membershipId })
  expect(await seen(viewer, w.acme, gone)).toEqual([null, null])
})

test('a deleted organization shares nothing any more (MEM-12, ORG-6)', async () => {
  const w = await world()
  const [viewer, other] = [await w.acme.member(), await w.acme.member()]
  await w.owner.mutate('deleteOrganization', { organizationId: w.acme.id })
  expect((await viewer.query(ofUser, { id: await other.id() })).node).toBeNull()
})

test('operators see addresses with users:read, and those of members with organizations:read, on every way (MEM-12)', async () => {
  const w = await world()
  const other = await w.acme.member()
  const ofUsers = await operatorWith(w, ['USERS_READ'])
  const ofOrganizations = await operatorWith(w, ['ORGANIZATIONS_READ'])
  const ofTemplate = await operatorWith(w, ['TEMPLATE_WRITE', 'AUDIT_READ', 'MANAGEMENT_WRITE', 'APPLICATIONS_WRITE'])
  expect(await seen(ofUsers, w.acme, other)).toEqual([other.email, null])
  expect(await seen(ofOrganizations, w.acme, other)).toEqual([other.email, other.email])
  const stranger = await w.person()
  expect((await ofOrganizations.query(ofUser, { id: await stranger.id() })).node).toBeNull()
  expect(await seen(ofTemplate, w.acme, other)).toEqual([null, null])
})

test('where a name leads to somebody by another way, the address is still null (MEM-12)', async () => {
  const w = await world()
  const viewer = await memberWith(w.acme, ['audit:read', 'invitation:read'])
  const invited = await w.person()
  await w.owner.mutate('inviteMember', { organizationId: w.acme.id, email: invited.email })
  const user = '... on User { displayName email isEmailVerified }'
  const { organization } = await viewer.query(
    `query($id: ID!) { organization(by: { id: $id }) { viewerMembership { addedBy { ${user} } }
      auditEvents { nodes { actor { ${user} } } } invitations { nodes { inviter { ${user} } } } } }`,
    w.acme,
  )
  const text = JSON.stringify(organization)
  expect(organization.auditEvents.nodes.length).toBeGreaterThan(0)
  expect(organization.invitations.nodes).toHaveLength(1)
  expect(text).toContain('"displayName"')
  for (const { email } of [w.owner, w.operator]) expect(text).not.toContain(email)
  const { viewer: recipient } = await invited.query(`{ viewer { invitations { nodes { inviter { ${user} } } } } }`)
  expect(recipient.invitations.nodes).toEqual([
    { inviter: { displayName: expect.any(String), email: null, isEmailVerified: null } },
  ])
})

test('an address that nobody may see is no way to find its owner either (MEM-8, MEM-12)', async () => {
  const w = await world()
  const outsider = await w.person()
  await outsider.id()
  const query =
    'query($id: ID!, $search: String) { organization(by: { id: $id }) { members(filter: { search: $search }) { totalCount } } }'
  const search = outsider.email
  expect((await w.owner.query(query, { id: w.acme.id, search })).organization.members.totalCount).toBe(0)
})
