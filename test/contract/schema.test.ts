import { readFile } from 'node:fs/promises'
import {
  type GraphQLField,
  type GraphQLNamedType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql'
import { expect, test } from 'vitest'
import { nodeTypes } from '../../src/graphql/ids.ts'
import { schema } from '../../src/graphql/schema.ts'

const types = Object.values(schema.getTypeMap()).filter(
  type => !type.name.startsWith('__') && !['ID', 'String', 'Int', 'Float', 'Boolean'].includes(type.name),
)
const hasOutputs = (type: GraphQLNamedType) => isObjectType(type) || isInterfaceType(type)
const outputs = types.flatMap(type =>
  hasOutputs(type)
    ? Object.values(type.getFields()).map(field => ({ at: `${type.name}.${field.name}`, type, field }))
    : [],
)
const inputs = types.flatMap(type =>
  isInputObjectType(type)
    ? Object.values(type.getFields()).map(field => ({ at: `${type.name}.${field.name}`, field }))
    : [],
)
const args = outputs.flatMap(({ at, field }) =>
  field.args.map(argument => ({ at: `${at}.${argument.name}`, field: argument })),
)
const mutations = Object.values(schema.getMutationType()?.getFields() ?? {})
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

test('schema.graphql is what the code says', async () => {
  const file = await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8')
  expect(`${printSchema(lexicographicSortSchema(schema))}\n`).toBe(file)
})

test('every type, field, argument and value is described by a sentence that says more than its name', () => {
  const described = [
    ...types.map(type => ({ at: type.name, text: type.description })),
    ...[...outputs, ...inputs, ...args].map(({ at, field }) => ({ at, text: field.description })),
    ...types.flatMap(type =>
      isEnumType(type)
        ? type.getValues().map(value => ({ at: `${type.name}.${value.name}`, text: value.description }))
        : [],
    ),
  ]
  expect(described.length).toBeGreaterThan(500)
  const poor = described.filter(
    ({ at, text }) => !isSentence(text ?? '') || letters(text ?? '') === letters(at.split('.').at(-1) ?? ''),
  )
  expect(poor).toEqual([])
})

const isSentence = (text: string) => /^[A-Z`0-9]/.test(text) && text.endsWith('.') && text.trim() === text
const letters = (text: string) => text.toLowerCase().replaceAll(/[^a-z]/g, '')

test('what has an id of its own is known where ids are read, and nothing else', () => {
  const nodes = types.filter(isObjectType).filter(type => type.getInterfaces().some(({ name }) => name === 'Node'))
  expect(nodes.map(type => type.name).sort()).toEqual([...nodeTypes].sort())
})

test('a nullable field says what null means', () => {
  const silent = outputs.filter(
    ({ field }) => !isNonNullType(field.type) && !/\bnull\b|\bset once\b|\bempty\b/i.test(field.description ?? ''),
  )
  expect(silent.map(({ at }) => at)).toEqual([])
})

test('a mutation takes one input of its own, and answers with its payload or a typed error', () => {
  for (const { name, args: own, type } of mutations) {
    const input = `${capital(name)}Input!`
    expect(
      own.map(argument => `${argument.name}: ${argument.type}`),
      name,
    ).toEqual([`input: ${input}`])
    expect(String(type), name).toBe(`${capital(name)}Result!`)
    const union = getNamedType(type)
    if (!isUnionType(union)) throw new Error(`${union.name} is no union`)
    const [payload, ...others] = union.getTypes().filter(member => !isUserError(member))
    expect(payload?.name, name).toBe(`${capital(name)}Payload`)
    expect(others, name).toEqual([])
  }
})

const isUserError = (type: GraphQLNamedType) =>
  isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'UserError')

/** What became of one item of a batch. */
const itemsOfBatches = ['InviteMembersItem']

test('every union is the result of a mutation or of an item in one, and every error is in one', () => {
  const unions = types.filter(isUnionType)
  const results = mutations.map(({ name }) => `${capital(name)}Result`)
  expect(unions.map(union => union.name).sort()).toEqual([...results, ...itemsOfBatches].sort())
  const reached = new Set(unions.flatMap(union => union.getTypes()).map(member => member.name))
  const ending = types.filter(type => /(Error|Payload)$/.test(type.name) && isObjectType(type))
  expect(ending.filter(type => !reached.has(type.name)).map(type => type.name)).toEqual([])
})

test('what ends as an error is one', () => {
  expect(types.filter(type => isObjectType(type) && type.name.endsWith('Error') !== isUserError(type))).toEqual([])
})

test('a connection has its four fields, and the field it stands in its four arguments', () => {
  for (const type of types.filter(isObjectType).filter(one => one.name.endsWith('Connection'))) {
    const fields = Object.values(type.getFields()).map(field => `${field.name}: ${field.type}`)
    const node = type.name.replace(/Connection$/, '')
    expect(fields.sort()).toEqual([
      `edges: [${node}Edge!]!`,
      `nodes: [${node}!]!`,
      'pageInfo: PageInfo!',
      'totalCount: Int!',
    ])
  }
  for (const { at, field } of outputs.filter(({ field }) => isConnection(field)))
    expect(
      field.args
        .filter(one => pageArguments.includes(one.name))
        .map(one => one.name)
        .sort(),
      at,
    ).toEqual(pageArguments)
})

const pageArguments = ['after', 'before', 'first', 'last']
const isConnection = (field: GraphQLField<unknown, unknown>) => getNamedType(field.type).name.endsWith('Connection')

test('no list has a null inside but that of nodes, which keeps the place of what is not there', () => {
  const loose = [...outputs, ...inputs, ...args].filter(({ field }) => {
    const list = getNullableType(field.type)
    return isListType(list) && !isNonNullType(list.ofType)
  })
  expect(loose.map(({ at }) => at)).toEqual(['Query.nodes'])
})

test('every limit of a page, a list of ids and a text is said where it holds', () => {
  const limited = [...inputs, ...args].filter(({ field }) => {
    const name = getNamedType(field.type).name
    const isList = isListType(getNullableType(field.type))
    const isPage = field.name === 'first' || field.name === 'last'
    const isText = name === 'String' && field.name !== 'after' && field.name !== 'before'
    return isPage || isText || (isList && name === 'ID')
  })
  const said = /\d+ (to|of) |at most \d+|At most \d+|as `#1a2b3c`/
  expect(limited.filter(({ field }) => !said.test(field.description ?? '')).map(({ at }) => at)).toEqual([])
})
