import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { world } from '../../kit/world.ts'
import { ask } from './ask.ts'
import { insider, kinds, openParties, type Parties } from './callers.ts'
import { seenByInsiders, textOf } from './decisions.ts'
import { valuesOf } from './own-values.ts'
import { openRows } from './rows.ts'
import { slots } from './slots.ts'

const cases = slots().flatMap(slot => {
  const text = textOf(slot)
  return typeof text === 'object' && 'finds' in text ? [{ key: slot.key, slot, finds: text.finds }] : []
})

let parties: Parties
let rows: Awaited<ReturnType<typeof openRows>>
beforeAll(async () => {
  parties = await openParties(await world())
  rows = await openRows(parties.world.databaseUrl)
})
afterAll(() => rows.close())

for (const { key, slot, finds } of cases)
  test(`${key}: a text of another organization finds what a text of nobody finds`, async () => {
    const { own, foreign, callers } = parties
    const values = valuesOf(parties)
    const theirs = finds(foreign)
    expect(theirs).toContain(foreign.tag)
    const nobodys = theirs.replace(foreign.tag, `zq${randomBytes(4).toString('hex')}`)
    for (const kind of kinds) {
      if (kind === insider && seenByInsiders.includes(slot.declared)) continue
      const { result: there, changed } = await rows.changed(foreign, () =>
        ask(callers[kind], slot, { value: theirs, side: own, values }),
      )
      const nowhere = await ask(callers[kind], slot, { value: nobodys, side: own, values })
      expect(there.comparable, kind).toBe(nowhere.comparable)
      expect(changed, `rows of the other organization that ${kind} changed`).toEqual([])
      expect(there.comparable, kind).not.toContain('INTERNAL')
      expect(there.comparable.toLowerCase(), kind).not.toContain(foreign.tag)
    }
  })
