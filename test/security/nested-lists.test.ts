import {
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  isRequiredArgument,
} from 'graphql'
import { expect, test } from 'vitest'
import { fieldNamed, objectTypes } from '../kit/selection.ts'
import { world } from '../kit/world.ts'
import { reach } from './isolation/ask.ts'
import { openParties } from './isolation/callers.ts'

// Lists lead to one another: an organization to its roles, a role to its organization, and that to its roles. Whoever
// could nest them five times would get, of twenty roles, three million rows by one short query.

interface Ring {
  readonly type: GraphQLObjectType
  readonly list: string
  /** From what the list holds back to the type that has it. */
  readonly back: readonly string[]
}

/** Every list without pages that can be reached from what it lists. */
function rings(): Ring[] {
  return objectTypes().flatMap(type =>
    Object.values(type.getFields()).flatMap(field => {
      const item = getNamedType(field.type)
      const isPlain = isListType(getNullableType(field.type)) && isObjectType(item) && !/Connection$/.test(type.name)
      if (!isPlain || field.args.some(isRequiredArgument)) return []
      const back = wayBack(item, type)
      return back === undefined ? [] : [{ type, list: field.name, back }]
    }),
  )
}

function wayBack(from: GraphQLObjectType, to: GraphQLObjectType): string[] | undefined {
  const ways: { at: GraphQLObjectType; way: string[] }[] = [{ at: from, way: [] }]
  const seen = new Set<string>()
  for (const { at, way } of ways) {
    if (at === to) return way
    if (seen.has(at.name) || way.length > 4) continue
    seen.add(at.name)
    for (const name of Object.keys(at.getFields())) {
      const field = fieldNamed(at, name)
      const next = getNamedType(field.type)
      if (isObjectType(next) && !field.args.some(isRequiredArgument)) ways.push({ at: next, way: [...way, name] })
    }
  }
  return undefined
}

const nested = ({ list, back }: Ring, times: number): string =>
  times === 0
    ? '__typename'
    : [list, ...back].reduceRight((below, name) => `${name} { ${below} }`, nested({ list, back } as Ring, times - 1))

test('there are lists that lead back to themselves', () => {
  const names = rings().map(({ type, list }) => `${type.name}.${list}`)
  expect(names).toEqual(expect.arrayContaining(['Organization.roles', 'ApiResource.permissions', 'Membership.roles']))
})

test('no list can be nested in itself four times, whichever way leads back to it', async () => {
  const { world: here, own } = await openParties(await world())
  for (const ring of rings()) {
    const { errors } = await here.operator.send(`query ${reach(ring.type, own, nested(ring, 4))}`)
    expect(errors, `${ring.type.name}.${ring.list} ${ring.back.join('.')}`).toMatchObject([
      { extensions: { code: 'QUERY_TOO_COMPLEX' } },
    ])
  }
})

test('nodes costs as much as there are ids', async () => {
  const { operator } = await world()
  const id = await operator.id()
  const query =
    'query($ids: [ID!]!) { nodes(ids: $ids) { ... on User { memberships(first: 100) { nodes { roles { id } } } } } }'
  const ask = (count: number) => operator.send(query, { ids: Array.from({ length: count }, () => id) })
  expect((await ask(10)).errors).toEqual([])
  expect((await ask(100)).errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COMPLEX' } }])
})

test('what clients ask for is not too complex', async () => {
  const { owner, acme } = await world()
  const query = `query($id: ID!) {
    viewer { memberships(first: 50) { nodes { roles { name } organization { name members(first: 0) { totalCount } } } } }
    organization(by: { id: $id }) {
      members(first: 100) { totalCount nodes { roles { name permissions { key } } principal { displayName } permissions { key } } }
      roles { name permissions { key apiResource { audience } } organization { name } }
    }
    organizationTemplate { roles { name permissions { key } } apiResources { audience permissions { key } } }
  }`
  expect((await owner.send(query, { id: acme.id })).errors).toEqual([])
})
