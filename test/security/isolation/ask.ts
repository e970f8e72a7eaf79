import { randomUUID } from 'node:crypto'
import { type GraphQLNamedType, type GraphQLObjectType, getNamedType, isObjectType, isRequiredArgument } from 'graphql'
import { gatewayPermissionId } from '../../../src/auth/permissions.ts'
import { encodeNodeId, type NodeType } from '../../../src/graphql/ids.ts'
import { schema } from '../../../src/graphql/schema.ts'
import { isUuid } from '../../../src/ids.ts'
import type { Answer, Client } from '../../kit/client.ts'
import { fieldNamed, fieldOf } from '../../kit/selection.ts'
import type { Side } from './side.ts'
import { argumentsWith, type Slot, type Values } from './slots.ts'

export interface Asked {
  readonly answer: Answer<Record<string, unknown>>
  /** The answer as text in which the value itself stands as `‹it›`: two values are told apart by the rest, if at all. */
  readonly comparable: string
}

export interface Saying {
  readonly value: string
  /** Whose object the field is asked of. */
  readonly side: Side
  /** What is valid in all else that is required. */
  readonly values: Values
  /** How deep to look into the answer; 1 when absent. */
  readonly depth?: number
}

/** An operation with this value in the slot, sent by the caller. */
export async function ask(caller: Client, slot: Slot, saying: Saying): Promise<Asked> {
  const { value } = saying
  const { query, variables } = operation(slot, await argumentsWith(slot, value, saying.values), saying)
  const answer = await caller.send<Record<string, unknown>>(query, variables)
  return { answer, comparable: comparable(answer, value) }
}

/** The id of nothing. */
export const unknownId = (node: NodeType) => encodeNodeId(node, randomUUID())

function operation(slot: Slot, given: Record<string, unknown>, { side, depth = 1 }: Saying) {
  const declared = slot.field.args.filter(argument => argument.name in given)
  const variables = declared.map(argument => `$${argument.name}: ${argument.type}`)
  const said = `(${declared.map(argument => `${argument.name}: $${argument.name}`).join(', ')})`
  const selecting = { depth, page: 'first: 5', literals: literalsFor(JSON.stringify(side.organization.id)) }
  const field = fieldOf(slot.type, slot.field, selecting, said)
  const isMutation = slot.type === schema.getMutationType()
  const query = `${isMutation ? 'mutation' : 'query'}(${variables.join(', ')}) ${reach(slot.type, side, field)}`
  return { query, variables: given }
}

/** What the required arguments of selected fields are: the caller's own organization. */
export const literalsFor = (organizationId: string) => ({
  'OrganizationRole.memberCount.organizationId': organizationId,
  'OrganizationRole.viewerCanAssign.organizationId': organizationId,
})

/** The selection of a field of this type, from the root down to an object of `side`. */
export function reach(type: GraphQLObjectType, side: Side, selection: string): string {
  if (type === schema.getQueryType() || type === schema.getMutationType()) return `{ ${selection} }`
  const id = Object.entries(side.ids).find(([node]) => node === type.name)?.[1]
  if (id !== undefined) return `{ node(id: ${JSON.stringify(id)}) { __typename ... on ${type.name} { ${selection} } } }`
  if (type.name === 'AccessPreview')
    return `{ previewRoleChange(roleId: ${JSON.stringify(side.ids.OrganizationRole)}, permissionIds: []) { ${selection} } }`
  if (type.name === 'PermissionLossPreview')
    return `{ previewPermissionDeletion(permissionId: ${JSON.stringify(encodeNodeId('Permission', gatewayPermissionId('member:read')))}) { ${selection} } }`
  const way = wayTo(type)
  if (way === undefined) throw new Error(`No way leads to ${type.name}: say in ask.ts how a caller reaches one`)
  return way.reduceRight((below, name) => `{ ${name} ${below} }`, `{ __typename ${selection} }`)
}

/** The shortest way from the root over fields that need no argument. */
function wayTo(type: GraphQLNamedType): string[] | undefined {
  const ways: { at: GraphQLObjectType; way: string[] }[] = []
  const query = schema.getQueryType()
  if (query != null) ways.push({ at: query, way: [] })
  const seen = new Set<string>()
  for (const { at, way } of ways) {
    if (at === type) return way
    if (seen.has(at.name)) continue
    seen.add(at.name)
    for (const name of Object.keys(at.getFields())) {
      const field = fieldNamed(at, name)
      const to = getNamedType(field.type)
      if (isObjectType(to) && !field.args.some(isRequiredArgument)) ways.push({ at: to, way: [...way, name] })
    }
  }
  return undefined
}

function comparable(answer: Answer<Record<string, unknown>>, value: string): string {
  const data = answer.data === null ? null : Object.fromEntries(Object.entries(answer.data).map(withoutPayload))
  const text = JSON.stringify({ ...answer, data }, null, 1).replaceAll(value, '‹it›')
  const uuid = Buffer.from(value, 'base64url').toString('utf8').split(':')[1] ?? ''
  return isUuid(uuid) ? text.replaceAll(uuid, '‹it›') : text
}

/** What a mutation made is new each time: that it was made is what can be compared, of each item of a batch as well. */
function withoutPayload([name, value]: [string, unknown]): [string, unknown] {
  const isResult = typeof value === 'object' && value !== null && '__typename' in value
  if (!isResult || !/(Payload|AlreadyInvitedError|^Invitation)$/.test(String(value.__typename))) return [name, value]
  const items = Object.entries(value).filter(([field]) => field === 'results')
  return [name, { __typename: value.__typename, ...Object.fromEntries(items.map(withoutPayloads)) }]
}

const withoutPayloads = ([name, list]: [string, unknown]) => [
  name,
  Array.isArray(list) ? list.map(item => withoutPayload(['', item])[1]) : list,
]
