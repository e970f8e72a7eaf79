import { expect, test } from 'vitest'
import { testClock } from '../kit/clock.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { world } from '../kit/world.ts'
import { joinBy, link, revokeLink, seenLink } from './links.ts'

test("removing a member closes the links that they made, and nobody else's (MEM-4)", async () => {
  const w = await world()
  const maker = await w.acme.member({ roles: ['Admin'] })
  const [first, second, others] = [
    await link(maker, w.acme, { label: 'a' }),
    await link(maker, w.acme, { label: 'b' }),
    await link(w.owner, w.acme, { label: 'c' }),
  ]
  const removal = () => w.owner.mutate('removeMember', { membershipId: maker.membershipId })
  const { audit, outbox } = await written(w, removal)
  const reason = { field: 'reason', before: null, after: 'its maker is no longer a member' }
  const closed = audit.filter(({ action }) => action === 'INVITE_LINK_REVOKED')
  expect(closed.map(({ target }) => target).toSorted()).toEqual(['InviteLink a', 'InviteLink b'])
  for (const { changes } of closed) expect(changes).toEqual([reason])
  const emitted = outbox.filter(({ type }) => type === 'INVITE_LINK_REVOKED')
  expect(emitted.map(({ payload }) => payload.inviteLinkId).sort()).toEqual([first.id, second.id].map(uuidOf).sort())
  const joiner = await w.person()
  expect(await joinBy(joiner, first)).toMatchObject({ __typename: 'InviteLinkClosedError', status: 'REVOKED' })
  expect(await seenLink(w.owner, second)).toMatchObject({ status: 'REVOKED' })
  expect((await joinBy(joiner, others)).__typename).toBe('JoinByInviteLinkPayload')
})

test('so does leaving; what was closed already stays what it was', async () => {
  const clock = testClock()
  const w = await world({ clock })
  const maker = await w.acme.member({ roles: ['Admin'] })
  const [open, usedUp, revoked, overdue] = [
    await link(maker, w.acme),
    await link(maker, w.acme, { maxUses: 1 }),
    await link(maker, w.acme),
    await link(maker, w.acme, { expiresAt: new Date(clock().getTime() + 1000).toISOString() }),
  ]
  await joinBy(await w.person(), usedUp)
  await revokeLink(w.owner, revoked)
  clock.advance({ minutes: 1 })
  const { audit } = await written(w, () => maker.mutate('removeMember', { membershipId: maker.membershipId }))
  expect(audit.map(({ action }) => action).sort()).toEqual(['INVITE_LINK_REVOKED', 'MEMBER_LEFT'])
  const statuses = await Promise.all([open, usedUp, revoked, overdue].map(one => seenLink(w.owner, one, 'status')))
  expect(statuses.map(one => one?.status)).toEqual(['REVOKED', 'USED_UP', 'REVOKED', 'EXPIRED'])
})

test('what was closed with its maker is not open again when they come back', async () => {
  const w = await world()
  const maker = await w.acme.member({ roles: ['Admin'] })
  const made = await link(maker, w.acme)
  await w.owner.mutate('removeMember', { membershipId: maker.membershipId })
  await w.operator.mutate('addMember', { organizationId: w.acme.id, userId: await maker.id() })
  expect(await joinBy(await w.person(), made)).toMatchObject({ status: 'REVOKED' })
})
