import { expect, test } from 'vitest'
import type { Client } from '../kit/client.ts'
import { written } from '../kit/journal.ts'
import { actionsOf, nothing } from '../kit/rows.ts'
import { world } from '../kit/world.ts'

const issues = '... on InvalidInputError { issues { path message } }'
const read = 'query($id: ID!) { organization(by: { id: $id }) { customData version } }'

function change(client: Client, organization: { id: string }, customData: object, selection = issues) {
  return client.mutate('updateOrganization', { organizationId: organization.id, customData }, selection)
}
const dataOf = async (client: Client, { id }: { id: string }) => (await client.query(read, { id })).organization

/** An object of this depth: `{ a: { a: … } }`. */
const nested = (depth: number): object => (depth === 1 ? {} : { a: nested(depth - 1) })
const sized = (bytes: number) => ({ text: 'x'.repeat(bytes - '{"text":""}'.length) })

test('replacing custom data takes what was there away (ORG-2)', async () => {
  const { acme, owner } = await world()
  await change(owner, acme, { replace: { plan: 'gold', seats: 5 } })
  await change(owner, acme, { replace: { region: 'eu' } })
  expect((await dataOf(owner, acme)).customData).toEqual({ region: 'eu' })
})

test('merging is JSON Merge Patch: null removes, objects merge, all else replaces (ORG-2)', async () => {
  const { acme, owner } = await world()
  await change(owner, acme, { replace: { keep: 1, drop: 2, deep: { keep: 3, drop: 4 }, list: [1, 2], text: 'x' } })
  await change(owner, acme, { merge: { drop: null, deep: { drop: null, add: 5 }, list: [3], text: { now: 'object' } } })
  expect((await dataOf(owner, acme)).customData).toEqual({
    keep: 1,
    deep: { keep: 3, add: 5 },
    list: [3],
    text: { now: 'object' },
  })
})

test('a key named __proto__ is a key like any other (ORG-2)', async () => {
  const { acme, owner } = await world()
  const data = JSON.parse('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}')
  await change(owner, acme, { replace: data })
  await change(owner, acme, { merge: JSON.parse('{"__proto__":{"more":1}}') })
  const stored = (await dataOf(owner, acme)).customData
  expect(JSON.stringify(stored)).toContain('"__proto__":{"more":1,"isAdmin":true}')
  expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
})

test('16 KiB and 8 levels fit, in place of what was there and merged into it (ORG-2)', async () => {
  const { acme, owner } = await world()
  for (const data of [sized(16 * 1024), nested(8)]) {
    expect((await change(owner, acme, { replace: data })).__typename).toBe('UpdateOrganizationPayload')
    expect((await dataOf(owner, acme)).customData).toEqual(data)
  }
})

test.each([
  ['one byte more than 16 KiB', sized(16 * 1024 + 1)],
  ['16 KiB of two-byte characters', { text: 'é'.repeat(9 * 1024) }],
  ['9 levels', nested(9)],
  ['9 levels through lists', { a: [[[[[[[[]]]]]]]] }],
  ['the character U+0000 in a value', { text: 'a\u0000b' }],
  ['the character U+0000 in a key', { 'a\u0000b': 1 }],
  ['half of a surrogate pair in a value', { text: 'a\ud800' }],
  ['half of a surrogate pair in a key', { '\udc00': 1 }],
])('%s is refused, to create, to replace and to merge, and changes nothing (ORG-2)', async (_what, data) => {
  const w = await world()
  const { result, ...journal } = await written(w, async () => [
    await change(w.owner, w.acme, { replace: data }),
    await change(w.owner, w.acme, { merge: data }),
    await w.owner.mutate('createOrganization', { name: 'Heavy', customData: data }, issues),
  ])
  for (const one of result)
    expect(one).toMatchObject({ __typename: 'InvalidInputError', issues: [{ path: ['input', 'customData'] }] })
  expect(actionsOf(journal)).toEqual(nothing)
  expect(await dataOf(w.owner, w.acme)).toEqual({ customData: {}, version: 1 })
})

test('a hundred thousand levels are refused like nine (ORG-2)', async () => {
  const { acme, app, owner } = await world()
  const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`
  const query = `mutation($input: UpdateOrganizationInput!) { updateOrganization(input: $input) { __typename } }`
  for (const way of ['replace', 'merge']) {
    const input = `{"organizationId":"${acme.id}","customData":{"${way}":${deep}}}`
    const body = `{"query":${JSON.stringify(query)},"variables":{"input":${input}}}`
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${owner.token}` }
    const answer = await app.fetch(new Request('http://tenantry.test/graphql', { method: 'POST', headers, body }))
    expect(await answer.json()).toEqual({ data: { updateOrganization: { __typename: 'InvalidInputError' } } })
  }
})

test('a patch that takes everything away may be larger than what it leaves (ORG-2)', async () => {
  const { acme, owner } = await world()
  const keys = Array.from({ length: 1_500 }, (_, index) => `k${index}`)
  await change(owner, acme, { replace: Object.fromEntries(keys.map(key => [key, 1])) })
  await change(owner, acme, { merge: Object.fromEntries(keys.map(key => [key, null])) })
  expect((await dataOf(owner, acme)).customData).toEqual({})
})

test('what was merged together may not grow beyond the bounds either (ORG-2)', async () => {
  const { acme, owner } = await world()
  await change(owner, acme, { replace: { one: 'x'.repeat(9_000) } })
  expect((await change(owner, acme, { merge: { two: 'x'.repeat(9_000) } })).__typename).toBe('InvalidInputError')
  expect(Object.keys((await dataOf(owner, acme)).customData)).toEqual(['one'])
})

test('text that only looks like an escaped U+0000 is kept (ORG-2)', async () => {
  const { acme, owner } = await world()
  const data = { pattern: 'matches \\u0000 and \\ud800' }
  expect((await change(owner, acme, { replace: data })).__typename).toBe('UpdateOrganizationPayload')
  expect((await dataOf(owner, acme)).customData).toEqual(data)
})

test('a change far inside of large custom data is a change (ORG-2)', async () => {
  const { acme, owner } = await world()
  const filler = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`key${index}`, 'filler']))
  await change(owner, acme, { replace: { ...filler, longerKey: 'before' } })
  await change(owner, acme, { merge: { longerKey: 'after' } })
  expect(await dataOf(owner, acme)).toEqual({ customData: { ...filler, longerKey: 'after' }, version: 3 })
})

test('the same custom data again, in another order, changes nothing (TPL-5)', async () => {
  const w = await world()
  await change(w.owner, w.acme, { replace: { name: 'a', id: 1, nested: { long: 2, b: 3 } } })
  const same = { nested: { b: 3, long: 2 }, id: 1, name: 'a' }
  const { result, ...journal } = await written(w, () => change(w.owner, w.acme, { replace: same }))
  expect(result.__typename).toBe('UpdateOrganizationPayload')
  expect(actionsOf(journal)).toEqual(nothing)
})

test.each([
  ['both ways at once', { replace: {}, merge: {} }],
  ['neither way', {}],
  ['null for the new data', { replace: null }],
  ['a list', { replace: [] }],
])('%s is BAD_USER_INPUT (ORG-2)', async (_what, customData) => {
  const { acme, owner } = await world()
  expect(await owner.refusal('updateOrganization', { organizationId: acme.id, customData })).toBe('BAD_USER_INPUT')
})

test.each(['1e400', '12345678901234567890', '-9007199254740993', '{ deep: [1e400] }'])(
  'a number that would be kept as another one is refused: %s (ORG-2)',
  async literal => {
    const { acme, owner } = await world()
    const text = `mutation($id: ID!) { updateOrganization(input: { organizationId: $id, customData: { replace: { n: ${literal} } } }) { __typename } }`
    const { errors } = await owner.send(text, { id: acme.id })
    expect(errors.map(error => error.extensions.code)).toEqual(['BAD_USER_INPUT'])
    expect(errors[0]?.message).toContain('send it as a string')
    expect((await dataOf(owner, acme)).customData).toEqual({})
  },
)

test('a number that is beyond those kept exactly is refused in a variable too; the largest is kept (ORG-2)', async () => {
  const { acme, owner } = await world()
  const input = { organizationId: acme.id, customData: { replace: { n: 2 ** 53 } } }
  expect(await owner.refusal('updateOrganization', input)).toBe('BAD_USER_INPUT')
  await change(owner, acme, { replace: { n: Number.MAX_SAFE_INTEGER, half: 0.5, small: -1e-300 } })
  expect((await dataOf(owner, acme)).customData).toEqual({ n: Number.MAX_SAFE_INTEGER, half: 0.5, small: -1e-300 })
})
