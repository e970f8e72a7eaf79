import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { memberWith, operatorWith } from '../kit/holders.ts'
import { type Person, type World, world } from '../kit/world.ts'

const users = `query($search: String, $first: Int, $after: String, $last: Int, $before: String) {
  page: users(search: $search, first: $first, after: $after, last: $last, before: $before) {
    totalCount nodes { id displayName email } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`
const machines = users.replace('page: users', 'page: machineApplications').replace('email', 'clientId')
const lists: [name: string, query: string][] = [
  ['users', users],
  ['machineApplications', machines],
]

/** People whose names begin with a word of their own, so that the test finds them and nobody else. */
async function people(w: World, names: string[]): Promise<string> {
  const word = `w${randomUUID().slice(0, 8)}`
  for (const name of names) await (await w.person(`${word}.${name}@people.test`)).id()
  return word
}
async function machinesNamed(w: World, names: string[]): Promise<string> {
  const word = `W${randomUUID().slice(0, 8)}`
  for (const name of names) await w.operator.mutate('createMachineApplication', { name: `${word} ${name}` })
  return word
}
const namesOf = (page: { nodes: { displayName: string }[] }) =>
  page.nodes.map(node => node.displayName.split(' ').at(-1))

test('users are listed by name without regard to case, with their addresses, for operators (MGT-1)', async () => {
  const w = await world()
  const word = await people(w, ['bea', 'Ann', 'zoe', 'carl'])
  const { page } = await w.operator.query(users, { search: word })
  expect(namesOf(page)).toEqual(['Ann', 'Bea', 'Carl', 'Zoe'])
  expect(page).toMatchObject({ totalCount: 4, nodes: [{ email: `${word}.Ann@people.test` }, {}, {}, {}] })
})

test('machine applications are listed by name, and found by client id (MGT-1)', async () => {
  const w = await world()
  const word = await machinesNamed(w, ['beta', 'Alpha', 'gamma'])
  const { page } = await w.operator.query(machines, { search: word.toLowerCase() })
  expect(namesOf(page)).toEqual(['Alpha', 'beta', 'gamma'])
  const { clientId, id } = page.nodes[1]
  const byClient = await w.operator.query(machines, { search: clientId.slice(4, 14).toUpperCase() })
  expect(byClient.page.nodes.map((node: { id: string }) => node.id)).toContain(id)
})

test('neither list has anybody of the other kind', async () => {
  const w = await world()
  const person = await people(w, ['only'])
  const machine = await machinesNamed(w, ['only'])
  expect((await w.operator.query(machines, { search: person })).page.totalCount).toBe(0)
  expect((await w.operator.query(users, { search: machine })).page.totalCount).toBe(0)
})

test.each([
  ['an address', (word: string) => `${word}.under_score@people.test`, 1],
  ['an underscore, as itself', (word: string) => `${word}.under_`, 1],
  ['a percent sign, as itself', (word: string) => `${word}%`, 0],
  ['a backslash, as itself', (word: string) => `${word}\\`, 0],
  ['spaces around it', (word: string) => `  ${word} `, 2],
  ['another case', (word: string) => word.toUpperCase(), 2],
])('the search of users finds %s', async (_what, searchOf, count) => {
  const w = await world()
  const word = await people(w, ['under_score', 'underXscore'])
  const { page } = await w.operator.query(users, { search: searchOf(word) })
  expect([page.totalCount, page.nodes.length]).toEqual([count, count])
})

test.each(lists)('%s: a search with characters that no name has is never INTERNAL', async (_name, query) => {
  const w = await world()
  for (const search of ['a\u0000b', '\ud800']) {
    const answer = await w.operator.send(query, { search })
    const codes = answer.errors.map(error => error.extensions.code)
    if (codes.length > 0) expect(codes).toEqual(['BAD_USER_INPUT'])
  }
})

test.each(lists)('%s: paging forward and backward meets the same ones in the same order', async (name, query) => {
  const w = await world()
  const names = ['e', 'd', 'c', 'b', 'a']
  const word = name === 'users' ? await people(w, names) : await machinesNamed(w, names)
  const page = async (cut: object) => (await w.operator.query(query, { search: word, ...cut })).page
  const [forward, backward]: string[][] = [[], []]
  for (let at = await page({ first: 2 }); ; at = await page({ first: 2, after: at.pageInfo.endCursor })) {
    forward?.push(...at.nodes.map((node: { id: string }) => node.id))
    expect(at.totalCount).toBe(5)
    expect(at.edges.map((edge: { node: { id: string } }) => edge.node.id)).toEqual(
      at.nodes.map((node: { id: string }) => node.id),
    )
    if (!at.pageInfo.hasNextPage) break
  }
  for (let at = await page({ last: 2 }); ; at = await page({ last: 2, before: at.pageInfo.startCursor })) {
    backward?.unshift(...at.nodes.map((node: { id: string }) => node.id))
    if (!at.pageInfo.hasPreviousPage) break
  }
  expect(new Set(forward).size).toBe(5)
  expect(backward).toEqual(forward)
})

test.each(lists)('%s: pages out of bounds and bad cursors are BAD_USER_INPUT (MGT-4)', async (_name, query) => {
  const w = await world()
  for (const cut of [{ first: 101 }, { first: -1 }, { last: 101 }, { first: 1, last: 1 }, { first: 1, after: 'x' }]) {
    const answer = await w.operator.send(query, cut)
    expect(answer.errors.map(error => error.extensions.code)).toEqual(['BAD_USER_INPUT'])
  }
})

test.each(lists)('%s needs users:read; everybody else is refused, an owner too (MGT-2)', async (_name, query) => {
  const w = await world()
  const reader = await operatorWith(w, ['USERS_READ'])
  expect((await reader.query(query)).page.totalCount).toBeGreaterThan(0)
  const others = ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE', 'APPLICATIONS_WRITE', 'AUDIT_READ', 'TEMPLATE_WRITE']
  const refused: Person[] = [
    await operatorWith(w, others),
    w.owner,
    await memberWith(w.acme, ['member:read', 'member:add']),
    await w.machine(),
  ]
  for (const viewer of refused) {
    const answer = await viewer.send(query)
    expect(answer.data).toBeNull()
    expect(answer.errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'users:read' })
  }
  expect((await w.anonymous().send(query)).errors[0]?.extensions.code).toBe('UNAUTHENTICATED')
})
