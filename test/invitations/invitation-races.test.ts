import { describe, expect, test } from 'vitest'
import { rounds } from '../kit/rounds.ts'
import { world } from '../kit/world.ts'
import { invite } from './offers.ts'
import { accept, decline, left, revoke, together, traces } from './races.ts'

describe('of two who race for one invitation, one wins, and it ends once (INV-8)', () => {
  test('two accepts at once', async () => {
    const w = await world()
    for (const _ of rounds) {
      const invitee = await w.person()
      const id = await invite(w.owner, w.acme, invitee.email)
      const outcomes = await Promise.all([accept(invitee, id), accept(invitee, id), accept(invitee, id)])
      expect(outcomes.sort()).toEqual([
        'AcceptInvitationPayload',
        'InvitationClosedError ACCEPTED',
        'InvitationClosedError ACCEPTED',
      ])
      expect(await traces(w, id)).toEqual(left('ACCEPTED'))
    }
  })

  test('two accepts by one who is a member already', async () => {
    const w = await world()
    for (const _ of rounds) {
      const invitee = await w.person()
      const id = await invite(w.owner, w.acme, invitee.email, { roleIds: [await w.roleId('Admin')] })
      await w.operator.mutate('addMember', { organizationId: w.acme.id, userId: await invitee.id() })
      const outcomes = await Promise.all([accept(invitee, id), accept(invitee, id)])
      expect(outcomes.sort()).toEqual(['AcceptInvitationPayload', 'InvitationClosedError ACCEPTED'])
      expect(await traces(w, id)).toEqual(left('ACCEPTED'))
    }
  })

  test('an accept and a decline', async () => {
    const w = await world()
    for (const round of rounds) {
      const invitee = await w.person()
      const id = await invite(w.owner, w.acme, invitee.email)
      const outcomes = await together(
        round,
        () => accept(invitee, id),
        () => decline(invitee, id),
      )
      const status = outcomes[0] === 'AcceptInvitationPayload' ? 'ACCEPTED' : 'DECLINED'
      expect(outcomes).toEqual(
        status === 'ACCEPTED'
          ? ['AcceptInvitationPayload', 'InvitationClosedError ACCEPTED']
          : ['InvitationClosedError DECLINED', 'DeclineInvitationPayload'],
      )
      expect(await traces(w, id)).toEqual(left(status))
    }
  })

  test('an accept and a revocation', async () => {
    const w = await world()
    for (const round of rounds) {
      const invitee = await w.person()
      const id = await invite(w.owner, w.acme, invitee.email)
      const outcomes = await together(
        round,
        () => accept(invitee, id),
        () => revoke(w.owner, id),
      )
      const status = outcomes[0] === 'AcceptInvitationPayload' ? 'ACCEPTED' : 'REVOKED'
      expect(outcomes).toEqual(
        status === 'ACCEPTED'
          ? ['AcceptInvitationPayload', 'InvitationClosedError ACCEPTED']
          : ['InvitationClosedError REVOKED', 'RevokeInvitationPayload'],
      )
      expect(await traces(w, id)).toEqual(left(status))
    }
  })
})
