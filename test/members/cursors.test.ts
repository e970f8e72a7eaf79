import { expect, test } from 'vitest'
import { seedMembers } from '../kit/rows.ts'
import { world } from '../kit/world.ts'

const query = `query($id: ID!, $first: Int, $after: String, $last: Int, $before: String, $orderBy: MembershipOrder! = { field: JOINED_AT, direction: ASC }) {
  organization(by: { id: $id }) { members(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy) {
    nodes { id } pageInfo { endCursor } } } }`

const cursor = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')
const uuid = '01890000-0000-7000-8000-000000000000'
const at = '2026-01-01 00:00:00+00'

const wrong: [what: string, cursor: string][] = [
  ['an empty text', ''],
  ['no base64', '%%%'],
  ['base64 of something else', Buffer.from('cursor').toString('base64url')],
  ['an object', Buffer.from('{"joinedAt":1}').toString('base64url')],
  ['a list of nothing', cursor()],
  ['one that lost its id', cursor('joinedAt', at)],
  ['one with too much', cursor('joinedAt', at, uuid, 1)],
  ['one whose id is none', cursor('joinedAt', at, "' or true --")],
  ['one whose value is no instant', cursor('joinedAt', 'yesterday', uuid)],
  ['one whose value is SQL', cursor('joinedAt', "2026-01-01' or '1'='1", uuid)],
  ['one whose value is a number', cursor('joinedAt', 1, uuid)],
  ['one whose value is infinity', cursor('joinedAt', 'infinity', uuid)],
  ['one of a day that no calendar has', cursor('joinedAt', '2026-13-45 00:00:00+00', uuid)],
  ['one of the year nought', cursor('joinedAt', '0000-01-01 00:00:00+00', uuid)],
  ['one of the 30th of February', cursor('joinedAt', '2026-02-30 00:00:00+00', uuid)],
  ['one of an hour that no clock has', cursor('joinedAt', '2026-01-01 99:99:99+00', uuid)],
  ['one of a year that PostgreSQL does not know', cursor('joinedAt', '999999-01-01 00:00:00+00', uuid)],
  ['one of another order', cursor('displayName', 'ada', uuid)],
  ['one of an order that does not exist', cursor('m.joined_at; drop table membership', at, uuid)],
]

test.each(wrong)('%s for a cursor is BAD_USER_INPUT, forward and backward', async (_what, text) => {
  const w = await world()
  for (const cut of [
    { first: 1, after: text },
    { last: 1, before: text },
  ]) {
    const answer = await w.owner.send(query, { id: w.acme.id, ...cut })
    expect(answer.errors.map(error => error.extensions.code)).toEqual(['BAD_USER_INPUT'])
    expect(answer.errors[0]?.extensions.path).toEqual([Object.keys(cut)[1]])
  }
})

test('a name in a cursor can be any text that a name can be, and no other', async () => {
  const w = await world()
  const orderBy = { field: 'DISPLAY_NAME', direction: 'ASC' }
  for (const name of ['', "o'brien", '%', '\\', '\u{1f600}', '"']) {
    const after = cursor('displayName', name, uuid)
    const answer = await w.owner.send(query, { id: w.acme.id, orderBy, after })
    expect(answer.errors).toEqual([])
  }
  const answer = await w.owner.send(query, { id: w.acme.id, orderBy, after: cursor('displayName', 'a\u0000b', uuid) })
  expect(answer.errors.map(error => error.extensions.code)).toEqual(['BAD_USER_INPUT'])
})

test('the cursor of one order is refused by the other, which says so', async () => {
  const w = await world()
  const { organization } = await w.owner.query(query, { id: w.acme.id, first: 1 })
  const after = organization.members.pageInfo.endCursor
  const orderBy = { field: 'DISPLAY_NAME', direction: 'ASC' }
  const answer = await w.owner.send(query, { id: w.acme.id, orderBy, after })
  expect(answer.errors[0]).toMatchObject({
    message: expect.stringContaining('another order'),
    extensions: { code: 'BAD_USER_INPUT', path: ['after'] },
  })
})

test.each([
  ['101 from the start', { first: 101 }, 'first'],
  ['101 from the end', { last: 101 }, 'last'],
  ['less than none from the start', { first: -1 }, 'first'],
  ['less than none from the end', { last: -1 }, 'last'],
  ['both ends at once', { first: 1, last: 1 }, 'first'],
  ['both ends, of none', { first: 0, last: 0 }, 'first'],
  ['as many as fit into an Int', { first: 2_147_483_647 }, 'first'],
])('a page of %s is BAD_USER_INPUT, naming the argument (MGT-4)', async (_what, cut, argument) => {
  const w = await world()
  const answer = await w.owner.send(query, { id: w.acme.id, ...cut })
  expect(answer.errors.map(error => error.extensions.code)).toEqual(['BAD_USER_INPUT'])
  expect(answer.errors[0]?.extensions.path).toEqual([argument])
})

test.each([
  ['a fraction', { first: 1.5 }],
  ['text', { first: '1' }],
  ['more than fits into an Int', { first: 2_147_483_648 }],
  ['an order without its direction', { orderBy: { field: 'JOINED_AT' } }],
  ['an order that does not exist', { orderBy: { field: 'EMAIL', direction: 'ASC' } }],
  ['null for an order', { orderBy: null }],
])('%s is BAD_USER_INPUT', async (_what, variables) => {
  const w = await world()
  const answer = await w.owner.send(query, { id: w.acme.id, ...variables })
  expect(answer.errors.map(error => error.extensions.code)).toEqual(['BAD_USER_INPUT'])
})

test('a bad cursor of one list leaves the rest of the answer as it is', async () => {
  const w = await world()
  await seedMembers(w, w.acme, [{ name: 'Ada' }])
  const answer = await w.owner.send(
    'query($id: ID!) { organization(by: { id: $id }) { good: members { totalCount } bad: members(after: "x") { totalCount } } }',
    w.acme,
  )
  expect(answer.data).toEqual({ organization: { good: { totalCount: 2 }, bad: null } })
  expect(answer.errors.map(error => error.extensions.code)).toEqual(['BAD_USER_INPUT'])
})
