import { expect, test } from 'vitest'
import { missingId } from '../kit/holders.ts'
import { uuidOf } from '../kit/journal.ts'
import { seedMembers, sql } from '../kit/rows.ts'
import { type TestOrganization, type World, world } from '../kit/world.ts'

const query = `query($id: ID!, $first: Int, $after: String, $last: Int, $before: String, $filter: MembershipFilter, $orderBy: MembershipOrder! = { field: JOINED_AT, direction: ASC }) {
  organization(by: { id: $id }) { members(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
    totalCount edges { cursor node { id } } nodes { id principal { displayName } joinedAt }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`
interface Page {
  totalCount: number
  edges: { cursor: string; node: { id: string } }[]
  nodes: { id: string; joinedAt: string; principal: { displayName: string } }[]
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null }
}

async function page(w: World, { id }: TestOrganization, cut: object): Promise<Page> {
  return (await w.owner.query(query, { id, ...cut })).organization.members
}
/** The ids on every page, from the first to the last, or from the last to the first. */
async function pages(w: World, organization: TestOrganization, size: number, options: object, isBackward: boolean) {
  const all: string[][] = []
  let cut: object = isBackward ? { last: size } : { first: size }
  for (;;) {
    const { nodes, edges, pageInfo, totalCount } = await page(w, organization, { ...options, ...cut })
    const ids = nodes.map(node => node.id)
    expect(totalCount).toBe(23)
    expect(edges.map(edge => edge.node.id)).toEqual(ids)
    expect([edges.at(0)?.cursor, edges.at(-1)?.cursor]).toEqual([pageInfo.startCursor, pageInfo.endCursor])
    if (isBackward) all.unshift(ids)
    else all.push(ids)
    const isOver = isBackward ? !pageInfo.hasPreviousPage : !pageInfo.hasNextPage
    if (isOver) return all
    cut = isBackward ? { last: size, before: pageInfo.startCursor } : { first: size, after: pageInfo.endCursor }
  }
}

/** Twenty-three members; names and times that several share, so that only the id tells them apart. */
async function crowd(): Promise<World> {
  const w = await world()
  const names = ['zoe', 'Zoe', 'Bea', 'bea', 'Ann', 'Émile', 'emil']
  const seeded = Array.from({ length: 22 }, (_, index) => ({ name: names[index % 7] ?? '', minute: index % 5 }))
  await seedMembers(w, w.acme, seeded)
  return w
}

const orders = ['JOINED_AT', 'DISPLAY_NAME'].flatMap(field => ['ASC', 'DESC'].map(direction => ({ field, direction })))

test.each(orders)(
  'forward and backward, in pages of any size, everybody comes once and in one order: $field $direction (MEM-8)',
  async orderBy => {
    const w = await crowd()
    const whole = (await pages(w, w.acme, 100, { orderBy }, false)).flat()
    expect(new Set(whole).size).toBe(23)
    for (const size of [1, 5, 22, 23]) {
      expect((await pages(w, w.acme, size, { orderBy }, false)).flat()).toEqual(whole)
      expect((await pages(w, w.acme, size, { orderBy }, true)).flat()).toEqual(whole)
    }
  },
)

test('the two directions of an order are each other’s mirror, ties included (MEM-8)', async () => {
  const w = await crowd()
  for (const field of ['JOINED_AT', 'DISPLAY_NAME']) {
    const ascending = await pages(w, w.acme, 100, { orderBy: { field, direction: 'ASC' } }, false)
    const descending = await pages(w, w.acme, 100, { orderBy: { field, direction: 'DESC' } }, false)
    expect(descending.flat()).toEqual(ascending.flat().toReversed())
  }
})

test('members are ordered by name without regard to case, and by when they joined (MEM-8)', async () => {
  const w = await crowd()
  const byName = await page(w, w.acme, { first: 100, orderBy: { field: 'DISPLAY_NAME', direction: 'ASC' } })
  const names = byName.nodes.map(node => node.principal.displayName.toLowerCase())
  expect(names).toEqual(names.toSorted())
  const byTime = await page(w, w.acme, { first: 100, orderBy: { field: 'JOINED_AT', direction: 'DESC' } })
  const times = byTime.nodes.map(node => node.joinedAt)
  expect(times).toEqual(times.toSorted().toReversed())
})

test('20 come when nothing is said, 100 at most (MGT-4)', async () => {
  const w = await crowd()
  await seedMembers(
    w,
    w.acme,
    Array.from({ length: 90 }, (_, index) => ({ name: `More ${index}` })),
  )
  expect((await page(w, w.acme, {})).nodes).toHaveLength(20)
  expect((await page(w, w.acme, { first: null, last: null })).nodes).toHaveLength(20)
  const most = await page(w, w.acme, { first: 100 })
  expect(most).toMatchObject({ totalCount: 113, pageInfo: { hasNextPage: true } })
  expect(most.nodes).toHaveLength(100)
  expect((await page(w, w.acme, { last: 100 })).nodes).toHaveLength(100)
})

test('a page of none tells how many there are, and that there is more', async () => {
  const w = await crowd()
  const info = { startCursor: null, endCursor: null }
  const none = await page(w, w.acme, { first: 0 })
  expect(none).toMatchObject({ totalCount: 23, nodes: [], edges: [], pageInfo: { ...info, hasNextPage: true } })
  expect(await page(w, w.acme, { last: 0 })).toMatchObject({ nodes: [], pageInfo: { ...info, hasPreviousPage: true } })
  const nobody = await page(w, w.acme, { filter: { search: 'nobody' } })
  const pageInfo = { ...info, hasNextPage: false, hasPreviousPage: false }
  expect(nobody).toEqual({ totalCount: 0, nodes: [], edges: [], pageInfo })
})

test('between two cursors comes what stands between them', async () => {
  const w = await crowd()
  const { edges } = await page(w, w.acme, { first: 10 })
  const between = await page(w, w.acme, { after: edges[2]?.cursor, before: edges[6]?.cursor, first: 100 })
  expect(between.nodes.map(node => node.id)).toEqual(edges.slice(3, 6).map(edge => edge.node.id))
})

test.each(orders)(
  'a cursor survives its row, and what joins or leaves on other pages: $field $direction',
  async orderBy => {
    const w = await crowd()
    const all = (await pages(w, w.acme, 100, { orderBy }, false)).flat()
    const first = await page(w, w.acme, { orderBy, first: 8 })
    const removed = [all[2], all[7], all[8]].map(id => uuidOf(id ?? ''))
    await sql(w, 'delete from membership where organization_id = $1 and id = any($2)', [uuidOf(w.acme.id), removed])
    const rest = await page(w, w.acme, { orderBy, first: 100, after: first.pageInfo.endCursor })
    expect(rest.nodes.map(node => node.id)).toEqual(all.slice(9))
    const back = await page(w, w.acme, { orderBy, last: 100, before: rest.pageInfo.startCursor })
    expect(back.nodes.map(node => node.id)).toEqual([...all.slice(0, 2), ...all.slice(3, 7)])
  },
)

test('a cursor holds nothing but its order, its value and its id: no secret, and no other tenant’s', async () => {
  const w = await crowd()
  const { edges } = await page(w, w.acme, { first: 1 })
  const [cursor, id] = [edges[0]?.cursor ?? '', uuidOf(edges[0]?.node.id ?? '')]
  expect(JSON.parse(Buffer.from(cursor, 'base64url').toString())).toEqual(['joinedAt', expect.any(String), id])
})

test('a cursor of another organization is a place in the order, and shows nothing of it', async () => {
  const w = await crowd()
  const other = await w.organization(w.owner)
  await seedMembers(w, other, [{ name: 'Elsewhere', minute: 2 }])
  const { edges } = await page(w, other, { first: 1 })
  const ours = (await pages(w, w.acme, 100, {}, false)).flat()
  const after = await page(w, w.acme, { first: 100, after: edges[0]?.cursor })
  expect(ours).toEqual(expect.arrayContaining(after.nodes.map(node => node.id)))
})

test('the members of a deployment’s worth of organizations do not mix', async () => {
  const w = await crowd()
  const other = await w.organization(w.owner)
  expect((await page(w, other, { first: 100 })).nodes).toHaveLength(1)
  expect(await w.owner.query(query, { id: missingId('Organization') })).toEqual({ organization: null })
})
