import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  isRequiredArgument,
  isRequiredInputField,
  isScalarType,
} from 'graphql'
import { markOf, type NodeType, nodeTypes } from '../../../src/graphql/ids.ts'
import { objectTypes } from '../../kit/selection.ts'

/** A place where a client says something: an argument, or a field of an input, in which the walk ends at a scalar. */
export interface Slot {
  readonly type: GraphQLObjectType
  readonly field: GraphQLField<unknown, unknown>
  /** From the argument down: `['input', 'roleIds']`. */
  readonly path: readonly string[]
  /** The whole way: `Mutation.addMember.input.roleIds`. */
  readonly key: string
  /** Where it is declared: `AddMemberInput.roleIds`, or `Query.node.id`. Lists of decisions name slots so. */
  readonly declared: string
  readonly scalar: string
  /** Of an ID, what it may name. */
  readonly nodes: readonly NodeType[]
}

/** Ids that lead to anything are the relay plugin's own: they have no mark, and are tried with every type. */
const anyNode = new Set(['Query.node.id', 'Query.nodes.ids'])

/** Every slot of the built schema. */
export function slots(): Slot[] {
  return objectTypes().flatMap(type =>
    Object.values(type.getFields()).flatMap(field =>
      field.args.flatMap(argument => {
        const declared = `${type.name}.${field.name}.${argument.name}`
        return walk({ type, field, path: [argument.name] }, argument, declared, [])
      }),
    ),
  )
}

function walk(
  at: Pick<Slot, 'type' | 'field' | 'path'>,
  input: GraphQLArgument | GraphQLInputField,
  declared: string,
  seen: readonly string[],
): Slot[] {
  const named = getNamedType(input.type)
  if (isScalarType(named)) {
    const key = `${at.type.name}.${at.field.name}.${at.path.join('.')}`
    const nodes = anyNode.has(declared) ? nodeTypes : (markOf(input.extensions) ?? [])
    return [{ ...at, key, declared, scalar: named.name, nodes }]
  }
  // An enum is a closed set; an input within itself says nothing new.
  if (!isInputObjectType(named) || seen.includes(named.name)) return []
  return Object.values(named.getFields()).flatMap(field =>
    walk({ ...at, path: [...at.path, field.name] }, field, `${named.name}.${field.name}`, [...seen, named.name]),
  )
}

/** Whether the slot is the cursor of a connection. */
export function isCursor(slot: Slot): boolean {
  const [name, ...rest] = slot.path
  const isOfPage = getNamedType(slot.field.type).name.endsWith('Connection')
  return isOfPage && rest.length === 0 && (name === 'after' || name === 'before')
}

/** Of an input object, for which `scalar` is empty: the whole of it, or undefined where what it requires is enough. */
export type Values = (declared: string, nodes: readonly NodeType[], scalar: string) => Promise<unknown>

/** What a field needs at least: valid values of the caller's own in all that is required. */
export async function requiredArguments(
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
  values: Values,
): Promise<Record<string, unknown>> {
  const given: Record<string, unknown> = {}
  for (const argument of field.args.filter(isRequiredArgument))
    given[argument.name] = await own(argument, `${type.name}.${field.name}.${argument.name}`, values)
  return given
}

/** The arguments of the slot's field with this value in the slot, and valid ones of the caller's own in what else is required. */
export async function argumentsWith(slot: Slot, value: unknown, values: Values): Promise<Record<string, unknown>> {
  const given: Record<string, unknown> = {}
  for (const argument of slot.field.args) {
    const declared = `${slot.type.name}.${slot.field.name}.${argument.name}`
    const [name, ...rest] = slot.path
    if (argument.name === name) given[argument.name] = await place(argument.type, rest, value, values)
    else if (isRequiredArgument(argument)) given[argument.name] = await own(argument, declared, values)
  }
  return given
}

async function place(
  type: GraphQLInputType,
  path: readonly string[],
  value: unknown,
  values: Values,
): Promise<unknown> {
  const nullable = getNullableType(type)
  if (isListType(nullable)) return [await place(nullable.ofType, path, value, values)]
  if (!isInputObjectType(nullable)) return value
  const [name, ...rest] = path
  const given: Record<string, unknown> = {}
  for (const field of Object.values(nullable.getFields())) {
    if (field.name === name) given[field.name] = await place(field.type, rest, value, values)
    else if (isRequiredInputField(field)) given[field.name] = await own(field, `${nullable.name}.${field.name}`, values)
  }
  return given
}

async function own(input: GraphQLArgument | GraphQLInputField, declared: string, values: Values): Promise<unknown> {
  const nullable = getNullableType(input.type)
  const named = getNamedType(input.type)
  if (!isInputObjectType(named)) {
    const value = await values(declared, markOf(input.extensions) ?? [], named.name)
    return isListType(nullable) && !Array.isArray(value) ? [value] : value
  }
  const whole = await values(declared, [], '')
  if (whole !== undefined) return whole
  const fields = Object.values(named.getFields())
  const [first] = fields
  const needed = named.isOneOf && first !== undefined ? [first] : fields.filter(isRequiredInputField)
  const entries = needed.map(async field => [field.name, await own(field, `${named.name}.${field.name}`, values)])
  const made = Object.fromEntries(await Promise.all(entries))
  return isListType(nullable) ? [made] : made
}
