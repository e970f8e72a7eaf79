import { expect, test } from 'vitest'
import type { Client } from '../kit/client.ts'
import { world } from '../kit/world.ts'
import { ask } from './isolation/ask.ts'
import { openParties } from './isolation/callers.ts'
import { freshValuesOf } from './isolation/own-values.ts'
import { slots } from './isolation/slots.ts'

// A search that is put into LIKE or a pattern unescaped finds by `%` what it should not, or runs for minutes.

const wildcards = [
  '%',
  '_',
  '%%',
  '__',
  '\\',
  '\\%',
  '%\\',
  '*',
  '.*',
  '.',
  '?',
  '^',
  '[a-z]',
  '(',
  "'",
  '"',
  '$1',
  '|',
]

test('a wildcard in a search means itself, in every list that can be searched', async () => {
  const parties = await openParties(await world({ isolated: true }))
  const { own, world: here } = parties
  const searches = slots().filter(slot => slot.path.at(-1) === 'search')
  expect(searches.length).toBeGreaterThan(4)
  for (const slot of searches) {
    const caller: Client = slot.type.name === 'Query' ? here.operator : own.owner
    const count = async (value: string) => {
      const { answer } = await ask(caller, slot, { value, side: own, values: freshValuesOf(parties), depth: 0 })
      return /"totalCount":(\d+)/.exec(JSON.stringify(answer.data))?.[1]
    }
    expect(Number(await count(own.tag)), slot.key).toBeGreaterThan(0)
    // Addresses have dots and client ids have underlines; nothing here has any other of these in it.
    const natural = slot.key.startsWith('Query.machine') ? ['.', '_', '__'] : ['.']
    for (const wildcard of wildcards.filter(one => !natural.includes(one)))
      expect(await count(wildcard), `${slot.key} ${wildcard}`).toBe('0')
  }
})
