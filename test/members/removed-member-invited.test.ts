import { expect, test } from 'vitest'
import { accept, invite, rolesIn, seen } from '../invitations/offers.ts'
import { joinBy, link } from '../invite-links/links.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { sql } from '../kit/rows.ts'
import { type Person, type World, world } from '../kit/world.ts'

/** Somebody who is invited with a role that permits much, and comes in by another door without having answered. */
async function invitedAndIn(w: World) {
  const person = await w.person()
  const older = await invite(w.owner, w.acme, person.email, { roleIds: [await w.roleId('Admin')] })
  const { membership } = await joinBy(person, await link(w.owner, w.acme, { roleIds: [] }))
  return { person, older, membershipId: membership.id as string }
}

async function staysOut(w: World, person: Person, older: string) {
  expect(await accept(person, older)).toMatchObject({ __typename: 'InvitationClosedError', status: 'REVOKED' })
  expect(await rolesIn(person, w.acme)).toBe(null)
}

test('whoever is removed does not come back by an older invitation to them (MEM-4)', async () => {
  const w = await world()
  const { person, older, membershipId } = await invitedAndIn(w)
  const others = await invite(w.owner, w.acme, 'somebody@else.test')
  const { audit, outbox } = await written(w, () => w.owner.mutate('removeMember', { membershipId }))
  const reason = { field: 'reason', before: null, after: 'the recipient is no longer a member' }
  expect(audit).toMatchObject([
    { action: 'MEMBER_REMOVED' },
    { action: 'INVITATION_REVOKED', target: `Invitation ${person.email}`, changes: [reason] },
  ])
  expect(outbox.at(-1)).toMatchObject({ type: 'INVITATION_REVOKED', payload: { invitationId: uuidOf(older) } })
  await staysOut(w, person, older)
  expect(await seen(w.owner, others)).toMatchObject({ status: 'PENDING' })
})

test('whoever leaves does not come back by an older invitation, and may be invited again (MEM-4, MEM-6)', async () => {
  const w = await world()
  const { person, older, membershipId } = await invitedAndIn(w)
  await person.mutate('removeMember', { membershipId })
  await staysOut(w, person, older)
  const newer = await invite(w.owner, w.acme, person.email)
  expect((await accept(person, newer)).__typename).toBe('AcceptInvitationPayload')
})

test('a suspension ends what the member was offered, and a restoration does not bring it back (MEM-11)', async () => {
  const w = await world()
  const { person, older, membershipId } = await invitedAndIn(w)
  await w.owner.mutate('suspendMember', { membershipId })
  await staysOut(w, person, older)
  await w.owner.mutate('restoreMember', { membershipId })
  expect(await rolesIn(person, w.acme)).toEqual([])
  expect(await seen(w.owner, older)).toMatchObject({ status: 'REVOKED' })
})

test('an invitation in another organization stays, and so does one to an address that nobody has verified (MEM-4)', async () => {
  const w = await world()
  const { person, membershipId } = await invitedAndIn(w)
  const other = await w.organization(w.owner)
  const elsewhere = await invite(w.owner, other, person.email)
  const unverified = await w.acme.member()
  await unverified.id()
  const claimed = await invite(w.owner, w.acme, 'claimed@people.test')
  await sql(
    w,
    `update principal set email = 'claimed@people.test', email_key = 'claimed@people.test', is_email_verified = false where id = $1`,
    [uuidOf(await unverified.id())],
  )
  await w.owner.mutate('removeMember', { membershipId: unverified.membershipId })
  await w.owner.mutate('removeMember', { membershipId })
  expect(await seen(w.owner, claimed)).toMatchObject({ status: 'PENDING' })
  expect((await accept(person, elsewhere)).__typename).toBe('AcceptInvitationPayload')
})

test('whoever was removed joins again by a link that is open and that they know: it is for whoever has it (LNK-3, MEM-4)', async () => {
  const w = await world()
  const shared = await link(w.owner, w.acme)
  const person = await w.person()
  const { membership } = await joinBy(person, shared)
  await w.owner.mutate('removeMember', { membershipId: membership.id })
  expect((await joinBy(person, shared)).__typename).toBe('JoinByInviteLinkPayload')
})
