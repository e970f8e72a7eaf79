import { getNamedType, isLeafType } from 'graphql'
import { expect } from 'vitest'
import { encodeNodeId, type NodeType } from '../../../src/graphql/ids.ts'
import type { Client } from '../../kit/client.ts'
import { fieldNamed, fieldOf, objectTypes, selectionOf } from '../../kit/selection.ts'
import { literalsFor, reach } from './ask.ts'
import { uuidOf } from './rows.ts'
import type { Side } from './side.ts'

/** Every text in the answers when somebody asks for everything of each object of a side, and for what needs no id. */
export async function lookAround(caller: Client, side: Side, more: readonly string[] = []): Promise<string[]> {
  const { id, slug } = side.organization
  const organization = fieldNamed(typeNamed('Query'), 'organization')
  const selecting = { depth: 1, page: 'first: 5', literals: literalsFor(JSON.stringify(id)) }
  const bySlug = fieldOf(typeNamed('Query'), organization, selecting, `(by: { slug: ${JSON.stringify(slug)} })`)
  const byId = fieldOf(typeNamed('Query'), organization, selecting, `(by: { id: ${JSON.stringify(id)} })`)
  const ways = Object.entries(side.ids).map(([type, id]) => [type, id] as const)
  const nodes = [...ways, ...more.map(id => [typeOf(id), id] as const)].flatMap(([type, nodeId]) =>
    everythingOf(type, { ...side, ids: { ...side.ids, [type]: nodeId } }),
  )
  const roots = ['Viewer', 'OrganizationTemplate'].flatMap(type => everythingOf(type, side))
  const queries = [`{ ${bySlug} }`, `{ ${byId} }`, ...roots, ...nodes]
  const texts: string[] = []
  for (const query of queries) {
    const answer = await caller.send(query)
    expect(JSON.stringify(answer.errors), query).not.toMatch(/INTERNAL|BAD_USER_INPUT|QUERY_TOO_COMPLEX/)
    collect(answer, texts)
  }
  return [...new Set(texts)]
}

/** A query for each field of a type that leads on, two objects deep. */
function everythingOf(name: string, side: Side): string[] {
  const type = typeNamed(name)
  const here = JSON.stringify(side.organization.id)
  const selecting = { depth: 2, page: 'first: 5', literals: literalsFor(here) }
  const leaves = selectionOf(type, { ...selecting, depth: 0 }).slice(1, -1)
  const fields = Object.values(type.getFields()).filter(field => !isLeafType(getNamedType(field.type)))
  return [leaves, ...fields.map(field => fieldOf(type, field, selecting))].map(text => reach(type, side, text))
}

/** Whether a text bears the tag of a side, or is the id of something of it. */
export function isOf(side: Side, text: string): boolean {
  const ids = Object.entries(side.ids).filter(([type]) => !['Permission', 'ApiResource'].includes(type))
  const uuids = [side.ownerId, ...ids.map(([, id]) => id)].map(uuidOf)
  return lower(text).includes(side.tag) || uuids.some(uuid => text.includes(uuid) || uuidOf(text) === uuid)
}

const lower = (text: string) => text.toLowerCase()

function collect(value: unknown, into: string[]): void {
  if (typeof value === 'string') into.push(value)
  else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) collect(item, into)
}

function typeNamed(name: string) {
  const type = objectTypes().find(one => one.name === name)
  if (type === undefined) throw new Error(`There is no type ${name}`)
  return type
}

function typeOf(id: string): NodeType {
  const [type = ''] = Buffer.from(id, 'base64url').toString('utf8').split(':')
  if (encodeNodeId(type, uuidOf(id)) !== id) throw new Error(`${id} is no id`)
  return type as NodeType
}
