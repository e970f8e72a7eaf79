import { expect, test } from 'vitest'
import { plainScalars, seenByInsiders, staleTexts, textOf } from './decisions.ts'
import { slots } from './slots.ts'

const all = slots()
const keys = (found: typeof all) => found.map(slot => slot.key)

test('every ID that a client can send says what it names', () => {
  // Mend one by writing idOf('Organization') or the like where it is declared (src/graphql/ids.ts).
  expect(keys(all.filter(slot => slot.scalar === 'ID' && slot.nodes.length === 0))).toEqual([])
})

test('of every text that a client can send it is decided whether something is found by it', () => {
  // Mend one by an entry in decisions.ts.
  expect(keys(all.filter(slot => slot.scalar === 'String' && textOf(slot) === undefined))).toEqual([])
})

test('every other scalar is known to name nothing of an organization', () => {
  const known = ['ID', 'String', ...plainScalars]
  expect(keys(all.filter(slot => !known.includes(slot.scalar)))).toEqual([])
})

test('there is no decision about what is gone', () => {
  const declared = all.map(slot => slot.declared)
  expect(staleTexts(all)).toEqual([])
  expect(seenByInsiders.filter(one => !declared.includes(one))).toEqual([])
})
