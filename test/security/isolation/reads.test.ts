import { getNamedType, isLeafType } from 'graphql'
import { beforeAll, describe, expect, test } from 'vitest'
import { encodeNodeId, type NodeType } from '../../../src/graphql/ids.ts'
import type { Client } from '../../kit/client.ts'
import { fieldNamed, fieldOf, objectTypes, selectionOf } from '../../kit/selection.ts'
import { world } from '../../kit/world.ts'
import { literalsFor, reach } from './ask.ts'
import { insider, invited, kinds, openParties, type Parties } from './callers.ts'
import { uuidOf } from './rows.ts'
import type { Side } from './side.ts'

let parties: Parties
beforeAll(async () => {
  parties = await openParties(await world())
})

/** Ways to look at a side: everything of each of its objects by id, and everything that needs no id. */
async function lookAround(caller: Client, side: Side, more: readonly string[] = []): Promise<string[]> {
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

describe('what another organization has', () => {
  for (const kind of kinds.filter(one => one !== insider && !invited.includes(one)))
    test(`is nowhere to be seen by ${kind}`, async () => {
      const { own, foreign, callers } = parties
      // A fellow member is a member there, too, and has done things there: the way that is easiest to forget.
      const shared = await sharedUser()
      const texts = [...(await lookAround(callers[kind], foreign)), ...(await lookAround(callers[kind], own, [shared]))]
      expect(texts.filter(text => isOf(foreign, text))).toEqual([])
    })

  for (const kind of invited)
    test(`is seen by ${kind} as far as an invitation says it, and no further (INV-13)`, async () => {
      const { own, foreign, callers, invitations } = parties
      const texts = [
        ...(await lookAround(callers[kind], foreign, invitations)),
        ...(await lookAround(callers[kind], own, [...invitations, await sharedUser()])),
      ]
      const mine = invitations[invited.indexOf(kind)]
      const seen = new Set(texts.filter(text => isOf(foreign, text) && text !== mine))
      expect([...seen].sort()).toEqual(
        [
          foreign.written.name,
          foreign.written.logoUrl,
          foreign.written.role,
          foreign.ids.OrganizationRole,
          foreign.written.ownerName,
          foreign.ownerId,
        ].sort(),
      )
    })

  test('is seen by its owner on these same ways, all of it', async () => {
    const { foreign } = parties
    const texts = await lookAround(foreign.owner, foreign)
    for (const text of Object.values(foreign.written)) expect(texts).toContain(text)
  })
})

async function sharedUser(): Promise<string> {
  const { viewer } = await parties.callers[insider].query('{ viewer { principal { id } } }')
  return viewer.principal.id
}

/** Whether a text bears the tag of a side, or is the id of something of it. */
function isOf(side: Side, text: string): boolean {
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
