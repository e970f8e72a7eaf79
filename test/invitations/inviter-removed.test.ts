import { expect, test } from 'vitest'
import { uuidOf, written } from '../kit/journal.ts'
import { world } from '../kit/world.ts'
import { accept, decline, invite, revoke, rolesIn, seen } from './offers.ts'

test("removing a member revokes what they still offer, and nobody else's offers (MEM-4)", async () => {
  const w = await world()
  const inviter = await w.acme.member({ roles: ['Admin'] })
  const [first, second] = [
    await invite(inviter, w.acme, 'a@people.test'),
    await invite(inviter, w.acme, 'b@people.test'),
  ]
  const others = await invite(w.owner, w.acme, 'c@people.test')
  const removal = () => w.owner.mutate('removeMember', { membershipId: inviter.membershipId })
  const { audit, outbox } = await written(w, removal)
  const where = uuidOf(w.acme.id)
  const reason = { field: 'reason', before: null, after: 'the inviter is no longer a member' }
  expect(audit).toMatchObject([
    { action: 'MEMBER_REMOVED' },
    { where, action: 'INVITATION_REVOKED', target: 'Invitation a@people.test', changes: [reason] },
    { where, action: 'INVITATION_REVOKED', target: 'Invitation b@people.test', changes: [reason] },
  ])
  expect(outbox.map(({ type, payload }) => [type, payload.invitationId])).toEqual([
    ['MEMBER_REMOVED', undefined],
    ['INVITATION_REVOKED', uuidOf(first)],
    ['INVITATION_REVOKED', uuidOf(second)],
  ])
  expect(await seen(w.owner, first)).toMatchObject({ status: 'REVOKED' })
  expect(await seen(w.owner, others)).toMatchObject({ status: 'PENDING' })
})

test('so does leaving (MEM-4, MEM-6)', async () => {
  const { acme, owner, person } = await world()
  const inviter = await acme.member({ roles: ['Admin'] })
  const invitee = await person()
  const id = await invite(inviter, acme, invitee.email)
  await inviter.mutate('removeMember', { membershipId: inviter.membershipId })
  expect(await seen(owner, id)).toMatchObject({ status: 'REVOKED' })
  expect(await seen(invitee, id)).toBe(null)
  expect(await rolesIn(invitee, acme)).toBe(null)
})

test('what was answered before stays as it is, and so do offers elsewhere', async () => {
  const w = await world()
  const inviter = await w.acme.member({ roles: ['Admin'] })
  const [joined, declined] = [await w.person(), await w.person()]
  const accepted = await invite(inviter, w.acme, joined.email)
  await accept(joined, accepted)
  const refused = await invite(inviter, w.acme, declined.email)
  await decline(declined, refused)
  const revoked = await invite(inviter, w.acme, 'x@people.test')
  await revoke(inviter, revoked)
  const other = await w.organization(inviter)
  const elsewhere = await invite(inviter, other, 'x@people.test')
  await w.owner.mutate('removeMember', { membershipId: inviter.membershipId })
  const statuses = await Promise.all([accepted, refused, revoked].map(async id => (await seen(w.owner, id))?.status))
  expect(statuses).toEqual(['ACCEPTED', 'DECLINED', 'REVOKED'])
  expect(await rolesIn(joined, w.acme)).toEqual(['Member'])
  expect(await seen(inviter, elsewhere)).toMatchObject({ status: 'PENDING' })
})

test('a removed inviter who comes back does not bring the old offers back', async () => {
  const w = await world()
  const inviter = await w.acme.member({ roles: ['Admin'] })
  const id = await invite(inviter, w.acme, 'a@people.test')
  await w.owner.mutate('removeMember', { membershipId: inviter.membershipId })
  await w.operator.mutate('addMember', { organizationId: w.acme.id, userId: await inviter.id() })
  expect(await seen(w.owner, id)).toMatchObject({ status: 'REVOKED' })
})

test('who was removed may be invited again, and joins with the new offer only', async () => {
  const { acme, owner, person, roleId } = await world()
  const invitee = await person()
  const first = await accept(invitee, await invite(owner, acme, invitee.email, { roleIds: [await roleId('Admin')] }))
  await owner.mutate('removeMember', { membershipId: first.membership.id })
  const second = await accept(invitee, await invite(owner, acme, invitee.email))
  expect(second.membership).toMatchObject({ roles: [{ name: 'Member' }], origin: 'INVITATION' })
  expect(second.membership.id).not.toBe(first.membership.id)
})
