import { beforeAll, describe, expect, test } from 'vitest'
import { world } from '../../kit/world.ts'
import { insider, invited, kinds, openParties, type Parties } from './callers.ts'
import { isOf, lookAround } from './look-around.ts'

let parties: Parties
beforeAll(async () => {
  parties = await openParties(await world())
})

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
