import { expect, test } from 'vitest'
import { missingId } from '../kit/holders.ts'
import { world } from '../kit/world.ts'

const node = 'query($id: ID!) { node(id: $id) { __typename id } }'
const nodes = 'query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }'

test.each([
  ['an empty text', ''],
  ['no base64', '%%%'],
  ['a raw UUID', '01890000-0000-7000-8000-000000000000'],
  ['a type alone', Buffer.from('User:').toString('base64url')],
  ['SQL for a UUID', Buffer.from("User:' or true --").toString('base64url')],
  ['a UUID in capitals', Buffer.from('User:01890000-0000-7000-8000-00000000000A').toString('base64url')],
  ['one colon too many', Buffer.from('User:01890000-0000-7000-8000-000000000000:').toString('base64url')],
])('%s is the id of nothing: BAD_USER_INPUT', async (_what, id) => {
  const { owner } = await world()
  for (const [query, variables] of [
    [node, { id }],
    [nodes, { ids: [id] }],
  ] as const) {
    const answer = await owner.send(query, variables)
    expect(answer.errors.map(error => error.extensions.code)).toEqual(['BAD_USER_INPUT'])
  }
})

test.each([
  'Viewer',
  'Query',
  'Node',
  'Principal',
  'OrganizationBranding',
  'UserConnection',
  'Nonsense',
  '__proto__',
  'String',
])('an id of the type %s, which has no ids, is nothing or BAD_USER_INPUT, never INTERNAL', async type => {
  const { owner, operator } = await world()
  for (const by of [owner, operator]) {
    const answer = await by.send(node, { id: missingId(type) })
    const codes = answer.errors.map(error => error.extensions.code)
    if (codes.length > 0) expect(codes).toEqual(['BAD_USER_INPUT'])
    expect(answer.data?.node ?? null).toBeNull()
  }
})

test('at most 100 nodes are asked for at once', async () => {
  const ids = Array.from({ length: 101 }, () => missingId('User'))
  const { owner } = await world()
  expect((await owner.query(nodes, { ids: ids.slice(1) })).nodes).toHaveLength(100)
  expect((await owner.send(nodes, { ids })).errors.map(error => error.extensions.code)).toEqual(['BAD_USER_INPUT'])
  expect((await owner.query(nodes, { ids: [] })).nodes).toEqual([])
})
