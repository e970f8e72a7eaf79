import { expect, test } from 'vitest'
import { seedMembers } from '../kit/rows.ts'
import { type Person, type World, world } from '../kit/world.ts'

const query = `query($parents: Int!, $first: Int, $after: String, $last: Int, $filter: MembershipFilter, $orderBy: MembershipOrder! = { field: DISPLAY_NAME, direction: ASC }) {
  viewer { memberships(first: $parents, orderBy: { field: JOINED_AT, direction: ASC }) { nodes { organization { name
    members(first: $first, after: $after, last: $last, filter: $filter, orderBy: $orderBy) {
      totalCount nodes { isOwner principal { displayName ... on User { email memberships(first: 5) { totalCount nodes { id } } } } roles { name permissions { key } } }
      pageInfo { hasNextPage hasPreviousPage endCursor } } } } } } }`

interface Parent {
  name: string
  members: null | {
    totalCount: number
    nodes: { principal: { displayName: string } }[]
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null }
  }
}
async function parents(viewer: Person, variables: object): Promise<Parent[]> {
  const data = await viewer.query(query, { parents: 4, ...variables })
  return data.viewer.memberships.nodes.map((node: { organization: Parent }) => node.organization)
}
const names = (parent: Parent | undefined) => parent?.members?.nodes.map(node => node.principal.displayName)

/** One person in three organizations with one, four and seven members more. */
async function three(): Promise<World & { viewer: Person }> {
  const w = await world()
  const viewer = await w.person()
  for (const [index, count] of [1, 4, 7].entries()) {
    const organization = await w.organization(viewer, { name: `Nested ${index}` })
    const seeded = Array.from({ length: count }, (_, member) => ({ name: `N${index}-${member}`, minute: member }))
    await seedMembers(w, organization, seeded)
  }
  return { ...w, viewer }
}

test('each of several parents has its own first page, its own count and its own next page', async () => {
  const { viewer } = await three()
  const [one, four, seven] = await parents(viewer, { first: 3 })
  expect(names(one)?.slice(0, 1)).toEqual(['N0-0'])
  expect(names(four)).toEqual(['N1-0', 'N1-1', 'N1-2'])
  expect(names(seven)).toEqual(['N2-0', 'N2-1', 'N2-2'])
  expect([one, four, seven].map(parent => parent?.members?.totalCount)).toEqual([2, 5, 8])
  expect([one, four, seven].map(parent => parent?.members?.pageInfo.hasNextPage)).toEqual([false, true, true])
})

test('each of several parents has its own last page', async () => {
  const { viewer } = await three()
  const ofLast = await parents(viewer, { last: 2, orderBy: { field: 'DISPLAY_NAME', direction: 'DESC' } })
  expect(ofLast.map(names).map(page => page?.at(-1))).toEqual(['N0-0', 'N1-0', 'N2-0'])
  expect(ofLast.map(parent => parent.members?.pageInfo.hasPreviousPage)).toEqual([false, true, true])
})

test('a filter holds under each parent, and one without matches is empty, not missing', async () => {
  const { viewer } = await three()
  const found = await parents(viewer, { filter: { search: 'N1-' } })
  expect(found.map(parent => parent.members?.totalCount)).toEqual([0, 4, 0])
  expect(found.map(parent => parent.members?.nodes.length)).toEqual([0, 4, 0])
})

test('a cursor is a place in the order, under whichever parent it is used', async () => {
  const { viewer } = await three()
  const [, four] = await parents(viewer, { first: 2 })
  const after = four?.members?.pageInfo.endCursor
  const rest = await parents(viewer, { first: 20, after })
  expect(names(rest[1])?.slice(0, 2)).toEqual(['N1-2', 'N1-3'])
  expect(names(rest[2])).toContain('N2-0')
})

test('where the viewer lacks member:read, that parent has null and the others have their pages', async () => {
  const { viewer, ...w } = await three()
  await w.operator.mutate('addMember', { organizationId: w.acme.id, userId: await viewer.id(), roleIds: [] })
  const found = await parents(viewer, { first: 1 })
  expect(found.map(parent => parent.members === null)).toEqual([false, false, false, true])
})

test('one statement serves all parents: as many as for one, whatever is selected below', async () => {
  const { viewer, statements } = await three()
  const count = async (variables: object) => {
    statements.splice(0)
    await viewer.query(query, variables)
    return statements.splice(0).length
  }
  for (const cut of [{ first: 1 }, { first: 20 }, { last: 3 }, { first: 2, filter: { origin: 'CREATION' } }])
    expect(await count({ parents: 4, ...cut })).toBe(await count({ parents: 1, ...cut }))
})

test('the number of statements does not grow with the members or their roles (ROL-5)', async () => {
  const w = await world()
  const small = await w.organization(w.owner)
  const large = await w.organization(w.owner)
  for (const [index, roles] of [['Member'], ['Admin', 'Member'], ['Owner']].entries()) {
    await large.member({ roles })
    if (index === 0) await small.member({ roles: ['Member'] })
  }
  await seedMembers(
    w,
    large,
    Array.from({ length: 60 }, (_, index) => ({ name: `Seeded ${index}` })),
  )
  const list = `query($id: ID!) { organization(by: { id: $id }) { members(first: 100) { totalCount
    nodes { isOwner viewerCanRemove viewerCanChangeRoles principal { displayName ... on User { email isEmailVerified } } addedBy { displayName } roles { name viewerCanUpdate permissions { key } } permissions { key } } } } }`
  const count = async ({ id }: { id: string }) => {
    w.statements.splice(0)
    await w.owner.query(list, { id })
    return w.statements.splice(0).length
  }
  expect(await count(large)).toBe(await count(small))
})

test('giving twenty roles takes as many statements as giving one (ROL-5)', async () => {
  const w = await world()
  const roles: string[] = []
  for (let index = 0; index < 20; index++) roles.push(await w.acme.customRole(['member:read']))
  const count = async (addRoleIds: string[]) => {
    const { membershipId } = await w.acme.member({ roles: [] })
    w.statements.splice(0)
    await w.owner.mutate('changeMemberRoles', { membershipId, addRoleIds })
    return w.statements.splice(0).length
  }
  expect(await count(roles)).toBe(await count(roles.slice(0, 1)))
})

test('the same list under two names, with two cuts, is two lists', async () => {
  const { viewer } = await three()
  const data =
    await viewer.query(`{ viewer { memberships(first: 3, orderBy: { field: JOINED_AT, direction: ASC }) { nodes { organization {
    few: members(first: 1, orderBy: { field: DISPLAY_NAME, direction: ASC }) { nodes { principal { displayName } } }
    many: members(first: 100) { totalCount nodes { id } }
    none: members(first: 0) { totalCount } } } } } }`)
  const found = data.viewer.memberships.nodes.map(
    ({
      organization,
    }: {
      organization: { few: { nodes: object[] }; many: { nodes: object[] }; none: { totalCount: number } }
    }) => [organization.few.nodes.length, organization.many.nodes.length, organization.none.totalCount],
  )
  expect(found).toEqual([
    [1, 2, 2],
    [1, 5, 5],
    [1, 8, 8],
  ])
})
