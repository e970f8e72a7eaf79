import type { Client } from '../../kit/client.ts'
import { reach } from './ask.ts'
import type { Parties } from './callers.ts'
import type { Slot } from './slots.ts'

/** Somebody of the own organization, or the operator, who finds something in the list, and the parts of its first cursor. */
export async function firstCursor(
  { callers, own, world }: Parties,
  slot: Slot,
): Promise<{ caller: Client; parts: [order: string, value: string, id: string] }> {
  const query = reach(slot.type, own, `${slot.field.name} { edges { cursor } }`)
  const outsider = callers['an outsider whom the other organization invited']
  for (const caller of [callers['an owner'], outsider, world.operator]) {
    const found = /"cursor":"([^"]+)"/.exec(JSON.stringify((await caller.send(query)).data))?.[1]
    if (found !== undefined) return { caller, parts: JSON.parse(Buffer.from(found, 'base64url').toString('utf8')) }
  }
  throw new Error(`Nobody finds anything in ${slot.key}: give side.ts something for it`)
}
