import { expect, test } from 'vitest'
import { memberWith, operatorWith } from '../kit/holders.ts'
import { type Person, type World, world } from '../kit/world.ts'

const query =
  'query($id: ID!) { node(id: $id) { ... on Principal { memberships(first: 100) { totalCount nodes { organization { id } roles { name } principal { id } } } } } }'

async function organizationsOf(viewer: Person, id: string) {
  const { node } = await viewer.query(query, { id })
  if (node === null) return null
  const { totalCount, nodes } = node.memberships
  expect(totalCount).toBe(nodes.length)
  return nodes.map((one: { organization: { id: string } }) => one.organization.id)
}
async function add(w: World, organization: { id: string }, person: Person, roleIds?: string[]) {
  await w.operator.mutate('addMember', { organizationId: organization.id, userId: await person.id(), roleIds })
}

test('of oneself all memberships are seen, those without permissions too (MEM-2)', async () => {
  const w = await world()
  const member = await w.acme.member({ roles: [] })
  const [second, third] = [await w.organization(w.owner), await w.organization(member)]
  await add(w, second, member)
  const all = [w.acme.id, second.id, third.id].toSorted()
  expect((await organizationsOf(member, await member.id()))?.toSorted()).toEqual(all)
  const { viewer } = await member.query('{ viewer { memberships { totalCount nodes { organization { id } } } } }')
  expect(viewer.memberships.totalCount).toBe(3)
})

test('of another those are seen where the viewer holds member:read, and no others', async () => {
  const w = await world()
  const [shared, blind, elsewhere] = [
    await w.organization(w.owner),
    await w.organization(w.owner),
    await w.organization(await w.person()),
  ]
  const viewer = await shared.member()
  const other = await w.person()
  await add(w, blind, viewer, [])
  for (const organization of [shared, blind, elsewhere]) await add(w, organization, other)
  expect(await organizationsOf(viewer, await other.id())).toEqual([shared.id])
})

test('a user with whom one shares no list of members is not there at all', async () => {
  const w = await world()
  const blind = await memberWith(w.acme, ['member:add', 'member:remove', 'invitation:create'])
  expect(await organizationsOf(blind, await w.owner.id())).toBeNull()
  const foreigner = await w.person()
  expect(await organizationsOf(foreigner, await w.owner.id())).toBeNull()
})

test('memberships in deleted organizations are seen by nobody but operators (ORG-6)', async () => {
  const w = await world()
  const other = await w.organization(w.owner)
  const member = await w.acme.member()
  await add(w, other, member)
  await w.owner.mutate('deleteOrganization', { organizationId: other.id })
  expect(await organizationsOf(member, await member.id())).toEqual([w.acme.id])
  expect(await organizationsOf(w.owner, await member.id())).toEqual([w.acme.id])
  expect((await organizationsOf(w.operator, await member.id()))?.toSorted()).toEqual([w.acme.id, other.id].toSorted())
})

test('an operator sees all with organizations:read; with users:read alone the user, and nothing of where', async () => {
  const w = await world()
  const member = await w.acme.member()
  const id = await member.id()
  const reader = await operatorWith(w, ['USERS_READ', 'ORGANIZATIONS_READ'])
  const ofUsers = await operatorWith(w, ['USERS_READ'])
  expect(await organizationsOf(reader, id)).toEqual([w.acme.id])
  expect(await organizationsOf(ofUsers, id)).toEqual([])
})

test('memberships of a machine are seen by the same rule', async () => {
  const w = await world()
  const machine = await w.machine()
  const other = await w.organization(await w.person())
  for (const { id } of [w.acme, other])
    await w.operator.mutate('addMachineMember', {
      organizationId: id,
      applicationId: await machine.id(),
      roleIds: [await w.roleId('Service')],
    })
  expect(await organizationsOf(w.owner, await machine.id())).toEqual([w.acme.id])
  expect(await organizationsOf(machine, await machine.id())).toHaveLength(2)
  expect(await organizationsOf(await w.person(), await machine.id())).toBeNull()
})

test('what is reached by way of a fellow member is cut like what is asked for by id', async () => {
  const w = await world()
  const viewer = await w.acme.member()
  const secret = await w.organization(w.owner, { name: 'Top secret' })
  await secret.member()
  const data = await viewer.query(
    `query($id: ID!) { organization(by: { id: $id }) { members(first: 5) { nodes { addedBy { memberships(first: 5) { nodes { id } } }
      principal { memberships(first: 5) { totalCount nodes { organization { name members(first: 5) { nodes { principal { memberships(first: 5) {
        totalCount nodes { organization { name } } } } } } } } } } } } } }`,
    w.acme,
  )
  expect(JSON.stringify(data)).not.toContain('Top secret')
  for (const node of data.organization.members.nodes) expect(node.principal.memberships.totalCount).toBe(1)
})

test('the memberships of a page of users are read in as many statements as those of one', async () => {
  const w = await world()
  for (let index = 0; index < 4; index++) await w.acme.member()
  const list =
    'query($id: ID!, $first: Int) { organization(by: { id: $id }) { members(first: $first) { nodes { principal { memberships { totalCount nodes { organization { name } } } } } } } }'
  const count = async (first: number) => {
    w.statements.splice(0)
    await w.owner.query(list, { id: w.acme.id, first })
    return w.statements.splice(0).length
  }
  // One's own memberships are a list of their own, so the first two of the page are what is compared with.
  expect(await count(5)).toBe(await count(2))
})

test('one’s memberships are paged and ordered both ways (MEM-8)', async () => {
  const w = await world()
  const viewer = await w.person()
  for (let index = 0; index < 5; index++) await w.organization(viewer)
  const list = `query($first: Int, $after: String, $last: Int, $before: String, $orderBy: MembershipOrder!) {
    viewer { memberships(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy) { nodes { id } pageInfo { hasNextPage endCursor hasPreviousPage startCursor } } } }`
  const page = async (cut: object) => (await viewer.query(list, cut)).viewer.memberships
  for (const field of ['JOINED_AT', 'DISPLAY_NAME'])
    for (const direction of ['ASC', 'DESC']) {
      const orderBy = { field, direction }
      const whole = (await page({ orderBy })).nodes
      const one = await page({ orderBy, first: 2 })
      const two = await page({ orderBy, first: 2, after: one.pageInfo.endCursor })
      const three = await page({ orderBy, first: 2, after: two.pageInfo.endCursor })
      expect([...one.nodes, ...two.nodes, ...three.nodes]).toEqual(whole)
      expect([one, two, three].map(each => each.pageInfo.hasNextPage)).toEqual([true, true, false])
      const back = await page({ orderBy, last: 2, before: three.pageInfo.startCursor })
      expect(back.nodes).toEqual(two.nodes)
    }
})
