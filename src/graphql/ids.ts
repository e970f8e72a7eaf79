import { type GraphQLInputType, getNamedType, isInputObjectType, isListType, isNonNullType } from 'graphql'
import { RequestError } from '../errors.ts'
import { isUuid } from '../ids.ts'

/** The types that can be fetched by id. */
export const nodeTypes = [
  'User',
  'MachineApplication',
  'Organization',
  'Membership',
  'OrganizationRole',
  'Permission',
  'ApiResource',
  'Invitation',
  'OwnershipTransfer',
  'InviteLink',
  'JoinRequest',
  'EmailDomain',
  'OidcConnector',
  'SamlConnector',
  'SsoSetupLink',
  'ApplicationSecret',
  'AuditEvent',
] as const
export type NodeType = (typeof nodeTypes)[number]

/** An opaque id of a node: base64url of `Type:uuid`. */
export function encodeNodeId(type: string, id: string): string {
  return Buffer.from(`${type}:${id}`).toString('base64url')
}

/** @throws RequestError BAD_USER_INPUT when the text is no id of a node. */
export function decodeNodeId(id: string): { typename: NodeType; id: string } {
  const found = parse(id)
  if (found === undefined) throw new RequestError('BAD_USER_INPUT', `${shown(id)} is not the id of anything.`)
  return found
}

/**
 * The UUID in an id that must be of one of these types.
 * @throws RequestError BAD_USER_INPUT naming the input's path.
 */
export function readId(id: string, types: readonly NodeType[], path: readonly string[]): string {
  const found = parse(id)
  if (found === undefined || !types.includes(found.typename))
    throw new RequestError(
      'BAD_USER_INPUT',
      `${path.join('.')}: ${shown(id)} is not the id of ${/^[AEIO]/.test(types[0] ?? '') ? 'an' : 'a'} ${types.join(' or ')}.`,
      { path },
    )
  return found.id
}

/** Only the one spelling in which ids are given out: base64 has readers that take many for the same. */
function parse(id: string): { typename: NodeType; id: string } | undefined {
  const [name = '', uuid = ''] = Buffer.from(id, 'base64url').toString('utf8').split(':')
  const typename = nodeTypes.find(type => type === name)
  return typename !== undefined && isUuid(uuid) && encodeNodeId(typename, uuid) === id
    ? { typename, id: uuid }
    : undefined
}

const shown = (id: string) => `"${id.length > 80 ? `${id.slice(0, 80)}…` : id}"`

/** Marks an argument or input field of type ID with what it names; `readIds` and the isolation test read the mark. */
export const idOf = (...node: NodeType[]) => ({ type: 'ID' as const, extensions: { node } })
/** As idOf, for a list. */
export const idsOf = (...node: NodeType[]) => ({ type: ['ID'] as ['ID'], extensions: { node } })
/** As idOf, where it counts of which of several types it is: the id is checked, and stays as it was given. */
export const typedIdOf = (...node: NodeType[]) => ({ type: 'ID' as const, extensions: { node, isTyped: true } })
/** As typedIdOf, for a list. */
export const typedIdsOf = (...node: NodeType[]) => ({
  type: ['ID'] as ['ID'],
  extensions: { node, isTyped: true },
})
/** As idsOf, for a list of at most so many. */
export const idsUpTo = (most: number, ...node: NodeType[]) => ({
  type: ['ID'] as ['ID'],
  extensions: { node, most },
})

/**
 * The input with every marked id replaced by its UUID, through lists and nested inputs. Lists are held to 100 items, or to what `atMost` says.
 * @throws RequestError BAD_USER_INPUT naming the path of the first that is wrong.
 */
export function readIds(type: GraphQLInputType, value: unknown, path: readonly string[], marks: Marks = {}): unknown {
  if (isNonNullType(type)) return readIds(type.ofType, value, path, marks)
  if (value === null || value === undefined) return value
  if (isListType(type) && Array.isArray(value)) {
    const most = typeof marks.most === 'number' ? marks.most : 100
    if (value.length > most)
      throw new RequestError('BAD_USER_INPUT', `${path.join('.')}: at most ${most} items.`, { path })
    return value.map((item, index) => readIds(type.ofType, item, [...path, String(index)], marks))
  }
  const named = getNamedType(type)
  if (isInputObjectType(named) && typeof value === 'object') {
    const fields = named.getFields()
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => {
        const field = fields[name]
        return [name, field === undefined ? item : readIds(field.type, item, [...path, name], field.extensions)]
      }),
    )
  }
  const node = markOf(marks)
  if (node === undefined || typeof value !== 'string') return value
  const id = readId(value, node, path)
  return marks.isTyped === true ? value : id
}

type Marks = Readonly<Record<string, unknown>>

/** Marks a list that may be longer than the 100 items to which `readIds` holds lists. */
export const atMost = (most: number) => ({ extensions: { most } })

/** The mark that idOf left on an argument or input field. */
export function markOf(extensions: Readonly<Record<string, unknown>>): NodeType[] | undefined {
  return Array.isArray(extensions.node) ? extensions.node : undefined
}

/** As readId, for an optional list of at most so many. */
export function readIdList(
  ids: readonly string[] | null | undefined,
  types: readonly NodeType[],
  path: readonly string[],
  most = 100,
): string[] | undefined {
  if (ids == null) return undefined
  if (ids.length > most) throw new RequestError('BAD_USER_INPUT', `${path.join('.')}: at most ${most} items.`, { path })
  return ids.map((id, index) => readId(id, types, [...path, String(index)]))
}
