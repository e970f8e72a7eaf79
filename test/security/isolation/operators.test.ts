import { expect, test } from 'vitest'
import { world } from '../../kit/world.ts'
import { ask, unknownId } from './ask.ts'
import { openParties } from './callers.ts'
import { notForOperators, textOf } from './decisions.ts'
import { freshValuesOf } from './own-values.ts'
import { slots } from './slots.ts'

test('an operator, who may see every organization, gets an answer wherever an id or a text leads', async () => {
  const parties = await openParties(await world({ isolated: true }))
  const { own, foreign, world: here } = parties
  for (const slot of slots()) {
    const text = textOf(slot)
    const found = typeof text === 'object' && 'finds' in text ? [text.finds(foreign), 'zqnobody'] : []
    const ids = slot.nodes.flatMap(node => [foreign.ids[node], unknownId(node)])
    for (const value of [...found, ...ids]) {
      const { answer } = await ask(here.operator, slot, { value, side: own, values: freshValuesOf(parties) })
      const codes = answer.errors.map(error => error.extensions.code)
      const expected = ['', 'NOT_FOUND', ...(notForOperators.includes(slot.declared) ? ['FORBIDDEN'] : [])]
      expect(expected, `${slot.key} ${value}: ${JSON.stringify(answer)}`).toContain(codes.join())
    }
  }
})
