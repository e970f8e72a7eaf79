import { describe, expect, test } from 'vitest'
import { testClock } from '../kit/clock.ts'
import { written } from '../kit/journal.ts'
import { actionsOf, nothing } from '../kit/rows.ts'
import { type Person, type World, world } from '../kit/world.ts'
import { accept, decline, invite, revoke, seen, update } from './offers.ts'

type Answer = (w: World, invitee: Person, id: string) => ReturnType<typeof accept>

const acts: Record<string, Answer> = {
  accepting: (_, invitee, id) => accept(invitee, id),
  declining: (_, invitee, id) => decline(invitee, id),
  revoking: ({ owner }, _, id) => revoke(owner, id),
  updating: ({ owner }, _, id) => update(owner, id, { roleIds: [] }),
}
const ends: [string, Answer][] = [
  ['ACCEPTED', (_, invitee, id) => accept(invitee, id)],
  ['DECLINED', (_, invitee, id) => decline(invitee, id)],
  ['REVOKED', ({ owner }, _, id) => revoke(owner, id)],
]

describe.each(ends)('an invitation that is %s is final (INV-1)', (status, end) => {
  test.each(Object.entries(acts))(
    '%s it is InvitationClosedError with its status, and changes nothing (INV-9)',
    async (_, act) => {
      const w = await world()
      const invitee = await w.person()
      const id = await invite(w.owner, w.acme, invitee.email)
      await end(w, invitee, id)
      const before = await seen(w.owner, id)
      const { result, ...journal } = await written(w, () => act(w, invitee, id))
      expect(result).toMatchObject({ __typename: 'InvitationClosedError', status })
      expect(actionsOf(journal)).toEqual(nothing)
      expect(await seen(w.owner, id)).toEqual(before)
    },
  )
})

/** A world whose clock moves, and an invitation of an hour in it. Tokens live twelve hours. */
async function hourly() {
  const clock = testClock()
  const w = await world({ clock, isolated: true })
  const invitee = await w.person()
  const expiresAt = new Date(clock().getTime() + 3_600_000).toISOString()
  return { w, clock, invitee, id: await invite(w.owner, w.acme, invitee.email, { expiresAt }) }
}

describe('an overdue invitation', () => {
  test('is EXPIRED from the very millisecond of its expiry, without anybody writing so (INV-1)', async () => {
    const { w, clock, invitee, id } = await hourly()
    const all = 'status viewerCanAccept viewerCanRevoke viewerCanUpdate'
    clock.advance({ minutes: 60 - 1 / 60_000 })
    const may = (viewerCanAccept: boolean, rules: boolean) => ({
      ...{ viewerCanAccept, viewerCanRevoke: rules, viewerCanUpdate: rules },
    })
    expect(await seen(w.owner, id, all)).toEqual({ status: 'PENDING', ...may(false, true) })
    expect(await seen(invitee, id, all)).toEqual({ status: 'PENDING', ...may(true, false) })
    clock.advance({ minutes: 1 / 60_000 })
    const journal = await written(w, async () => {
      const expired = { status: 'EXPIRED', ...may(false, false) }
      expect(await seen(w.owner, id, all)).toEqual(expired)
      expect(await seen(invitee, id, all)).toEqual(expired)
    })
    expect(actionsOf(journal)).toEqual(nothing)
  })

  test.each(Object.entries(acts))('%s it is InvitationClosedError EXPIRED (INV-9)', async (_, act) => {
    const { w, clock, invitee, id } = await hourly()
    clock.advance({ hours: 1 })
    const { result, ...journal } = await written(w, () => act(w, invitee, id))
    expect(result).toMatchObject({ __typename: 'InvitationClosedError', status: 'EXPIRED' })
    expect(actionsOf(journal)).toEqual(nothing)
  })

  test('is accepted up to the last millisecond', async () => {
    const { clock, invitee, id } = await hourly()
    clock.advance({ minutes: 60 - 1 / 60_000 })
    expect((await accept(invitee, id)).__typename).toBe('AcceptInvitationPayload')
  })

  test.each(Object.entries(acts))(
    '%s one that was superseded by a new one is the same (INV-1, INV-4)',
    async (_, act) => {
      const { w, clock, invitee, id } = await hourly()
      clock.advance({ hours: 1 })
      const next = await invite(w.owner, w.acme, invitee.email)
      expect(await act(w, invitee, id)).toMatchObject({ __typename: 'InvitationClosedError', status: 'EXPIRED' })
      expect(await seen(invitee, next)).toMatchObject({ status: 'PENDING' })
    },
  )

  test('is not revoked with its inviter: it has ended already (MEM-4)', async () => {
    const clock = testClock()
    const w = await world({ clock, isolated: true })
    const inviter = await w.acme.member({ roles: ['Admin'] })
    const expiresAt = new Date(clock().getTime() + 3_600_000).toISOString()
    const id = await invite(inviter, w.acme, 'a@people.test', { expiresAt })
    clock.advance({ hours: 1 })
    const journal = await written(w, () => inviter.mutate('removeMember', { membershipId: inviter.membershipId }))
    expect(actionsOf(journal)).toEqual({ audit: ['MEMBER_LEFT'], outbox: ['MEMBER_LEFT'] })
    expect(await seen(w.owner, id)).toMatchObject({ status: 'EXPIRED' })
  })
})
