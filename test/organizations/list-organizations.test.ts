import { expect, test } from 'vitest'
import { testClock } from '../kit/clock.ts'
import { operatorWith } from '../kit/holders.ts'
import { type World, world } from '../kit/world.ts'

const list = `query($search: String, $deleted: Boolean! = false, $orderBy: OrganizationOrder! = { field: NAME, direction: ASC }, $first: Int, $after: String, $last: Int, $before: String) {
  organizations(filter: { search: $search, isDeleted: $deleted }, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    totalCount nodes { name } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`

/** Organizations whose names begin with a word of their own, so that the test finds them and nothing else. */
async function organizations(w: World, names: string[]): Promise<string> {
  const word = crypto.randomUUID().slice(0, 8)
  for (const name of names) await w.organization(w.owner, { name: `${word} ${name}` })
  return word
}
async function namesOf(w: World, word: string, variables: object = {}) {
  const { organizations: page } = await w.operator.query(list, { search: word, ...variables })
  return page.nodes.map((node: { name: string }) => node.name.slice(word.length + 1))
}

test('an operator lists every organization, those they are no member of, by name without regard to case', async () => {
  const w = await world()
  const word = await organizations(w, ['beta', 'Alpha', 'ALPHA2', 'gamma', 'Beta2'])
  const orderBy = { field: 'NAME', direction: 'ASC' }
  expect(await namesOf(w, word, { orderBy })).toEqual(['Alpha', 'ALPHA2', 'beta', 'Beta2', 'gamma'])
  const down = { orderBy: { field: 'NAME', direction: 'DESC' } }
  expect(await namesOf(w, word, down)).toEqual(['gamma', 'Beta2', 'beta', 'ALPHA2', 'Alpha'])
})

test('organizations are ordered by when they were created, both ways', async () => {
  const clock = testClock()
  const w = await world({ isolated: true, clock })
  await organizations(w, [])
  const word = crypto.randomUUID().slice(0, 8)
  for (const name of ['first', 'second', 'third']) {
    clock.advance({ minutes: 1 })
    await w.organization(w.owner, { name: `${word} ${name}` })
  }
  const order = (direction: string) => ({ orderBy: { field: 'CREATED_AT', direction } })
  expect(await namesOf(w, word, order('ASC'))).toEqual(['first', 'second', 'third'])
  expect(await namesOf(w, word, order('DESC'))).toEqual(['third', 'second', 'first'])
})

test('the search finds text in name and slug without regard to case; wildcards mean themselves', async () => {
  const w = await world()
  const word = await organizations(w, ['100% cotton', '100 cotton', 'snake_case', 'snakeXcase', 'back\\slash'])
  expect(await namesOf(w, `${word} 100%`)).toHaveLength(1)
  expect(await namesOf(w, `${word} snake_`)).toHaveLength(1)
  expect(await namesOf(w, `${word} back\\`)).toHaveLength(1)
  expect(await namesOf(w, `${word.toUpperCase()} SNAKE`)).toHaveLength(2)
  expect(await namesOf(w, `  ${word}  `)).toHaveLength(5)
  const slug = `slugs-${word}`
  await w.organization(w.owner, { name: 'Named otherwise', slug })
  const { organizations: found } = await w.operator.query(list, { search: slug.toUpperCase() })
  expect(found).toMatchObject({ totalCount: 1, nodes: [{ name: 'Named otherwise' }] })
})

test('deleted organizations are a list of their own (ORG-6)', async () => {
  const w = await world()
  const word = await organizations(w, ['alive'])
  const gone = await w.organization(w.owner, { name: `${word} gone` })
  await w.owner.mutate('deleteOrganization', { organizationId: gone.id })
  expect(await namesOf(w, word)).toEqual(['alive'])
  expect(await namesOf(w, word, { deleted: true })).toEqual(['gone'])
})

test('paging forward and backward meets the same organizations in the same order', async () => {
  const w = await world()
  const word = await organizations(w, ['a', 'b', 'c', 'd', 'e'])
  const page = async (cut: object) => (await w.operator.query(list, { search: word, ...cut })).organizations
  const nameOf = (node: { name: string }) => node.name.at(-1)
  const forward: (string | undefined)[] = []
  let at = await page({ first: 2 })
  for (;;) {
    forward.push(...at.nodes.map(nameOf))
    expect(at.totalCount).toBe(5)
    if (!at.pageInfo.hasNextPage) break
    at = await page({ first: 2, after: at.pageInfo.endCursor })
  }
  const backward: (string | undefined)[] = []
  at = await page({ last: 2 })
  for (;;) {
    backward.unshift(...at.nodes.map(nameOf))
    if (!at.pageInfo.hasPreviousPage) break
    at = await page({ last: 2, before: at.pageInfo.startCursor })
  }
  expect(forward).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(backward).toEqual(forward)
})

test('organizations:read is what it takes; every other management permission is refused (MGT-2)', async () => {
  const w = await world()
  const reader = await operatorWith(w, ['ORGANIZATIONS_READ'])
  const others = ['TEMPLATE_WRITE', 'USERS_READ', 'APPLICATIONS_WRITE', 'AUDIT_READ', 'MANAGEMENT_WRITE']
  const other = await operatorWith(w, [...others, 'ORGANIZATIONS_WRITE'])
  expect((await reader.query('{ organizations { totalCount } }')).organizations.totalCount).toBeGreaterThan(0)
  for (const viewer of [other, w.owner]) {
    const answer = await viewer.send('{ organizations { totalCount } }')
    expect(answer.data).toBeNull()
    expect(answer.errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'organizations:read' })
  }
  const answer = await w.anonymous().send('{ organizations { totalCount } }')
  expect(answer.errors[0]?.extensions.code).toBe('UNAUTHENTICATED')
})

test('members and roles of many organizations are read in as many statements as those of one', async () => {
  const w = await world()
  const word = await organizations(w, ['a', 'b', 'c', 'd', 'e'])
  const query = `query($search: String, $first: Int) { organizations(filter: { search: $search }, first: $first) {
    totalCount nodes { slug viewerCanUpdate members(first: 3) { totalCount nodes { principal { displayName } roles { name permissions { key } } } } } } }`
  const count = async (first: number) => {
    w.statements.splice(0)
    const page = await w.operator.query(query, { search: word, first })
    expect(page.organizations.nodes).toHaveLength(first)
    return w.statements.splice(0).length
  }
  expect(await count(5)).toBe(await count(1))
})
