import { getNamedType, isObjectType } from 'graphql'
import { beforeAll, expect, test } from 'vitest'
import { encodeCursor } from '../../../src/db/cursor.ts'
import type { NodeType } from '../../../src/graphql/ids.ts'
import { fieldNamed } from '../../kit/selection.ts'
import { world } from '../../kit/world.ts'
import { ask } from './ask.ts'
import { kinds, openParties, type Parties } from './callers.ts'
import { firstCursor } from './first-cursor.ts'
import { valuesOf } from './own-values.ts'
import { uuidOf } from './rows.ts'
import { isCursor, type Slot, slots } from './slots.ts'

let parties: Parties
beforeAll(async () => {
  parties = await openParties(await world())
})

for (const slot of slots().filter(isCursor))
  test(`${slot.key}: a cursor of another organization is a position, and gives nothing away`, async () => {
    const { own, foreign, callers } = parties
    const [order, value, id] = (await firstCursor(parties, slot)).parts
    const theirs = uuidOf(foreign.ids[nodeOf(slot)])
    // The position right beside theirs, where nobody is.
    const beside = `${theirs.slice(0, -1)}${(Number.parseInt(theirs.slice(-1), 16) ^ 1).toString(16)}`
    const cursorAt = (uuid: string) => encodeCursor(order, value === id ? uuid : value, uuid)
    const saying = { side: own, values: valuesOf(parties), depth: 0 }
    for (const kind of kinds) {
      const there = await ask(callers[kind], slot, { ...saying, value: cursorAt(theirs) })
      const nowhere = await ask(callers[kind], slot, { ...saying, value: cursorAt(beside) })
      expect(there.comparable, kind).toBe(nowhere.comparable)
      expect(there.comparable, kind).not.toContain('INTERNAL')
    }
  })

function nodeOf(slot: Slot): NodeType {
  const connection = getNamedType(slot.field.type)
  if (!isObjectType(connection)) throw new Error(`${slot.key} is no connection`)
  const node = getNamedType(fieldNamed(connection, 'nodes').type).name.replace(/^(Affected|Deleted)/, '')
  if (!(node in parties.foreign.ids)) throw new Error(`side.ts has nothing of the type ${node}`)
  return node as NodeType
}
