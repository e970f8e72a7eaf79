import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql'
import { schema } from '../../src/graphql/schema.ts'

export interface Selecting {
  /** How many objects deep; connections, edges and page infos are no depth of their own. */
  readonly depth: number
  /** The literal of each required argument below the start, by `Type.field.argument`; one that is missing is an error. */
  readonly literals?: Record<string, string>
  /** The page arguments of connections, such as `first: 5`. */
  readonly page?: string
}

/** Everything that can be selected of a type, so many objects deep: what a test looks through, whatever is added later. */
export function selectionOf(type: GraphQLNamedType, selecting: Selecting): string {
  return select(type, selecting, selecting.depth)
}

/** One field with all its selection; `given` is its own arguments. */
export function fieldOf(
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
  selecting: Selecting,
  given?: string,
): string {
  return `${field.name}${given ?? argumentsOf(type, field, selecting)} ${selectionOf(getNamedType(field.type), selecting)}`
}

/** The object types that clients can meet, without those of introspection. */
export function objectTypes(): GraphQLObjectType[] {
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(type => !type.name.startsWith('__'))
}

/** The field of this name, which is there. */
export function fieldNamed(type: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> {
  const field = type.getFields()[name]
  if (field === undefined) throw new Error(`${type.name} has no field ${name}`)
  return field
}

function select(type: GraphQLNamedType, selecting: Selecting, depth: number): string {
  if (isLeafType(type)) return ''
  if (isObjectType(type)) return `{ __typename ${fieldsOf(type, selecting, depth, [])} }`
  if (!isAbstractType(type)) throw new Error(`${type.name} is no output`)
  const members = schema.getPossibleTypes(type)
  const fragments = members.map(member => `... on ${member.name} { ${fieldsOf(member, selecting, depth, members)} }`)
  return `{ __typename ${fragments.join(' ')} }`
}

/** @param beside the types whose fragments stand in the same selection */
function fieldsOf(
  type: GraphQLObjectType,
  selecting: Selecting,
  depth: number,
  beside: readonly GraphQLObjectType[],
): string {
  const selected = Object.values(type.getFields()).flatMap(field => {
    const named = getNamedType(field.type)
    const below = depthBelow(type, named, depth)
    if (!isLeafType(named) && below < 0) return []
    // Equal names of different types clash in one selection; where none do, no alias is spent (their number is limited).
    const clashes = beside.some(
      other => String(other.getFields()[field.name]?.type ?? field.type) !== String(field.type),
    )
    const alias = clashes ? `${type.name}_${field.name}: ` : ''
    return [`${alias}${field.name}${argumentsOf(type, field, selecting)} ${select(named, selecting, below)}`]
  })
  return selected.length === 0 ? '__typename' : selected.join(' ')
}

function depthBelow(parent: GraphQLNamedType, child: GraphQLNamedType, depth: number): number {
  if (parent.name.endsWith('Edge')) return 0
  if (parent.name.endsWith('Connection')) return depth
  if (child.name === 'PageInfo') return depth
  return depth - 1
}

function argumentsOf(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>, selecting: Selecting): string {
  const literals = field.args.filter(isRequiredArgument).map(argument => {
    const key = `${type.name}.${field.name}.${argument.name}`
    const literal = selecting.literals?.[key]
    if (literal === undefined) throw new Error(`The selection needs a literal for ${key}`)
    return `${argument.name}: ${literal}`
  })
  const isPage = selecting.page !== undefined && field.args.some(argument => argument.name === 'first')
  const all = isPage ? [...literals, selecting.page] : literals
  return all.length === 0 ? '' : `(${all.join(', ')})`
}
