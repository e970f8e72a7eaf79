import { beforeAll, expect, test } from 'vitest'
import { encodeNodeId } from '../../src/graphql/ids.ts'
import type { Client } from '../kit/client.ts'
import { world } from '../kit/world.ts'
import { ask } from './isolation/ask.ts'
import { openParties, type Parties } from './isolation/callers.ts'
import { valuesOf } from './isolation/own-values.ts'
import { uuidOf } from './isolation/rows.ts'
import { slots } from './isolation/slots.ts'

let parties: Parties
let owner: Client
beforeAll(async () => {
  parties = await openParties(await world())
  owner = parties.own.owner
})

const node = (id: string) => owner.send('query($id: ID!) { node(id: $id) { __typename id } }', { id })
const nodeTypes = () => Object.keys(parties.own.ids)

test('the UUID of one thing under the type of another is nothing, though the viewer may see it', async () => {
  const found: string[] = []
  for (const [type, id] of Object.entries(parties.own.ids))
    for (const other of nodeTypes()) {
      const { data, errors } = await node(encodeNodeId(other, uuidOf(id)))
      expect(errors).toEqual([])
      if (data?.node != null) found.push(`${type} as ${other}`)
    }
  expect(found).toEqual(nodeTypes().map(type => `${type} as ${type}`))
})

test('an id of a type that an input does not take is refused, wherever an id is taken', async () => {
  const values = valuesOf(parties)
  for (const slot of slots().filter(one => one.scalar === 'ID' && one.nodes.length < nodeTypes().length)) {
    const taken = new Set<string>(slot.nodes)
    for (const type of nodeTypes().filter(one => !taken.has(one))) {
      const value = encodeNodeId(type, uuidOf(parties.own.ids[slot.nodes[0] ?? 'User']))
      const { answer } = await ask(parties.world.operator, slot, { value, side: parties.own, values, depth: 0 })
      expect(answer.errors, `${slot.key} ${type}`).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    }
  }
})

test('types that have no ids of their own, and words that are no types, are the id of nothing', async () => {
  const uuid = uuidOf(parties.own.organization.id)
  const words = [
    ...['Query', 'Mutation', 'Viewer', 'Principal', 'Node', 'OrganizationTemplate', 'MembershipConnection'],
    ...['PageInfo', 'String', 'ID', 'JSONObject', 'PrincipalKind', 'AddMemberInput', 'AddMemberResult', '__Schema'],
    ...['organization', 'ORGANIZATION', ' Organization', 'Organization ', 'Nothing', '', '*'],
    ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype'],
  ]
  for (const word of words) {
    const { data, errors } = await node(encodeNodeId(word, uuid))
    expect(data?.node ?? null, word).toBeNull()
    for (const error of errors) {
      expect(error.extensions.code, word).toBe('BAD_USER_INPUT')
      expect(error.message, word).toMatch(/is not the id of anything\.$/)
    }
  }
})

test('an id has one spelling: none that a lenient reader takes for it is taken', async () => {
  const { id } = parties.own.organization
  const text = Buffer.from(id, 'base64url').toString('utf8')
  const uuid = uuidOf(id)
  const again = (changed: string) => Buffer.from(changed).toString('base64url')
  const spellings = [
    ...[text, uuid, `${id}=`, `${id}==`, `${id}\n`, ` ${id}`, `${id.slice(0, 4)} ${id.slice(4)}`, `${id}!`, `${id}A`],
    ...[again(text.toUpperCase()), again(`Organization:${uuid.toUpperCase()}`), again(`Organization:{${uuid}}`)],
    ...[
      again(`Organization:${uuid.replaceAll('-', '')}`),
      again(`Organization:${uuid} `),
      again(`Organization: ${uuid}`),
    ],
    ...[again(`${text}:`), again(`${text}:x`), again(`:${text}`), again(`Organization:urn:uuid:${uuid}`)],
    ...[again(`Organization\u0000:${uuid}`), again(`\ufeff${text}`), again('Organization:'), again(':'), '', '-', '_'],
    ...[Buffer.from(text, 'utf16le').toString('base64url'), Buffer.from([0xff, 0xfe, 0xfd]).toString('base64url')],
  ]
  for (const spelling of spellings) {
    const { data, errors } = await node(spelling)
    expect(data?.node ?? null, spelling).toBeNull()
    expect(errors, spelling).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    const by = await owner.send('query($id: ID!) { organization(by: { id: $id }) { id } }', { id: spelling })
    expect(by.errors, spelling).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  }
})

test('the ids that are special to databases find nothing', async () => {
  for (const type of nodeTypes())
    for (const uuid of ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'])
      expect(await node(encodeNodeId(type, uuid))).toMatchObject({ data: { node: null }, errors: [] })
})

test('a number is no id, and a list none for one', async () => {
  for (const id of [1, 0, -1, 1e21, true, [parties.own.organization.id, parties.own.organization.id], {}, null]) {
    const { errors } = await owner.send('query($id: ID!) { node(id: $id) { id } }', { id })
    expect(errors, JSON.stringify(id)).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  }
})

test('nodes takes a hundred ids at most, and says which places are empty', async () => {
  const { organization, ids } = parties.own
  const many = (count: number) => Array.from({ length: count }, () => organization.id)
  const ask = (list: string[]) => owner.send('query($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: list })
  expect((await ask(many(100))).data?.nodes).toHaveLength(100)
  expect((await ask(many(101))).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  const mixed = await ask([ids.User, parties.foreign.ids.Organization, ids.Organization, ids.User])
  expect(mixed.data?.nodes).toEqual([{ id: ids.User }, null, { id: ids.Organization }, { id: ids.User }])
})
