import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NodeType } from '../../../src/graphql/ids.ts'
import { schema } from '../../../src/graphql/schema.ts'
import { world } from '../../kit/world.ts'
import { ask, unknownId } from './ask.ts'
import { insider, kinds, openParties, type Parties } from './callers.ts'
import { ofTheDeployment, seenByInsiders } from './decisions.ts'
import { valuesOf } from './own-values.ts'
import { openRows } from './rows.ts'
import { type Slot, slots } from './slots.ts'

interface Case {
  key: string
  node: NodeType
  slot: Slot
}
const cases: Case[] = slots()
  .filter(slot => slot.scalar === 'ID')
  .flatMap(slot => slot.nodes.map(node => ({ key: slot.key, node, slot })))
  .filter(({ node }) => !ofTheDeployment.includes(node))

let parties: Parties
let rows: Awaited<ReturnType<typeof openRows>>
beforeAll(async () => {
  parties = await openParties(await world())
  rows = await openRows(parties.world.databaseUrl)
})
afterAll(() => rows.close())

for (const { key, node, slot } of cases)
  test(`${key}: the ${node} of another organization is one that does not exist`, async () => {
    const { own, foreign, callers } = parties
    const values = valuesOf(parties)
    for (const kind of kinds) {
      if (kind === insider && seenByInsiders.includes(slot.declared)) continue
      const { result: there, changed } = await rows.changed(foreign, () =>
        ask(callers[kind], slot, { value: foreign.ids[node], side: own, values }),
      )
      const nowhere = await ask(callers[kind], slot, { value: unknownId(node), side: own, values })
      expect(there.comparable, kind).toBe(nowhere.comparable)
      expect(changed, `rows of the other organization that ${kind} changed`).toEqual([])
      expect(there.comparable, kind).not.toContain('INTERNAL')
      expect(JSON.stringify(there.answer).toLowerCase(), kind).not.toContain(foreign.tag)
    }
  })

for (const { key, node, slot } of cases.filter(({ slot }) => slot.type === schema.getMutationType()))
  test(`${key}: who may see the ${node} of another organization still changes nothing there`, async () => {
    const { own, foreign, callers } = parties
    const { result, changed } = await rows.changed(foreign, () =>
      ask(callers[insider], slot, { value: foreign.ids[node], side: own, values: valuesOf(parties) }),
    )
    expect(changed.filter(table => table !== 'audit_event')).toEqual([])
    expect(result.comparable).not.toContain('INTERNAL')
  })
