import { expect, test } from 'vitest'
import { accept, invite, revoke, tryToInvite } from '../invitations/offers.ts'
import { joinBy, link } from '../invite-links/links.ts'
import type { Client } from '../kit/client.ts'
import { testClock } from '../kit/clock.ts'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, limitSeats, nothing, refusedOnly, sql } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'

const set = 'setSeatLimit'
const fields = 'seatLimit invitationsTakeSeats seatsTaken viewerCanSetSeatLimit'
const selection = `... on SetSeatLimitPayload { organization { version ${fields} } } ... on InvalidInputError { issues { path message } }`

async function seats(by: Client, { id }: { id: string }) {
  return (await by.query(`query($id: ID!) { organization(by: { id: $id }) { ${fields} } }`, { id })).organization
}

/** An organization in which pending invitations take seats. */
async function counting(w: World, seatLimit: number) {
  const input = { organizationId: w.acme.id, seatLimit, invitationsTakeSeats: true }
  await w.operator.mutate(set, input)
  return w.acme
}

test('an operator limits the seats and lifts the limit; each is one entry and one event (MEM-3, MGT-3)', async () => {
  const w = await world()
  const organizationId = w.acme.id
  const { result, audit, outbox } = await written(w, () =>
    w.operator.mutate(set, { organizationId, seatLimit: 5, invitationsTakeSeats: true }, selection),
  )
  const is = { seatLimit: 5, invitationsTakeSeats: true, seatsTaken: 1, viewerCanSetSeatLimit: true }
  expect(result.organization).toEqual({ ...is, version: 2 })
  expect(audit).toMatchObject([
    {
      where: uuidOf(w.acme.id),
      action: 'SEAT_LIMIT_CHANGED',
      changes: [
        { field: 'seatLimit', before: null, after: '5' },
        { field: 'invitationsTakeSeats', before: 'false', after: 'true' },
      ],
    },
  ])
  expect(outbox[0]?.payload).toEqual({ organizationId: uuidOf(w.acme.id), seatLimit: 5, invitationsTakeSeats: true })
  const lifted = await w.operator.mutate(set, { organizationId, seatLimit: null }, selection)
  expect(lifted.organization).toMatchObject({ seatLimit: null, invitationsTakeSeats: true, version: 3 })
})

test('what is absent stays, and what is so already is no change (ORG-5)', async () => {
  const w = await world()
  await counting(w, 7)
  const { result, ...journal } = await written(w, () =>
    w.operator.mutate(set, { organizationId: w.acme.id }, selection),
  )
  expect(result.organization).toMatchObject({ seatLimit: 7, invitationsTakeSeats: true, version: 2 })
  expect(actionsOf(journal)).toEqual(nothing)
})

test.each([0, -1, 1_000_001])('%d seats are refused', async seatLimit => {
  const w = await world()
  const result = await w.operator.mutate(set, { organizationId: w.acme.id, seatLimit }, selection)
  expect(result).toMatchObject({ __typename: 'InvalidInputError', issues: [{ path: ['input', 'seatLimit'] }] })
})

test('only operators with organizations:write set it: the owner sees the limit, and is FORBIDDEN', async () => {
  const w = await world()
  await limitSeats(w, w.acme, 3)
  const { result, ...journal } = await written(w, () =>
    refusalOf(w.owner, set, { organizationId: w.acme.id, seatLimit: 99 }),
  )
  expect(result.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'organizations:write' })
  expect(actionsOf(journal)).toEqual(refusedOnly)
  expect(await seats(w.owner, w.acme)).toMatchObject({ seatLimit: 3, viewerCanSetSeatLimit: false })
  const reader = await operatorWith(w, ['ORGANIZATIONS_READ'])
  expect(await reader.refusal(set, { organizationId: w.acme.id, seatLimit: 99 })).toBe('FORBIDDEN')
})

test('a foreign organization answers like one that does not exist; without a token it is UNAUTHENTICATED', async () => {
  const w = await world()
  const stranger = await w.person()
  const refusals = [
    await refusalOf(stranger, set, { organizationId: w.acme.id, seatLimit: 1 }),
    await refusalOf(stranger, set, { organizationId: missingId('Organization'), seatLimit: 1 }),
  ]
  expect(refusals[0]).toEqual(refusals[1])
  expect(refusals[0]?.extensions.code).toBe('NOT_FOUND')
  expect(await w.anonymous().refusal(set, { organizationId: w.acme.id })).toBe('UNAUTHENTICATED')
})

test('how many seats are taken is for who may read the members, as their number is', async () => {
  const w = await world()
  await counting(w, 5)
  const reader = await memberWith(w.acme, ['member:read'])
  const blind = await memberWith(w.acme, ['invitation:read'])
  await invite(w.owner, w.acme, 'one@people.test')
  expect(await seats(reader, w.acme)).toMatchObject({ seatLimit: 5, seatsTaken: 4 })
  expect(await seats(blind, w.acme)).toMatchObject({ seatLimit: 5, seatsTaken: null })
})

test('a limit below what is taken removes nobody, and lets nobody in until enough have gone (MEM-3)', async () => {
  const w = await world()
  const members = [await w.acme.member(), await w.acme.member()]
  await limitSeats(w, w.acme, 1)
  expect(await seats(w.owner, w.acme)).toMatchObject({ seatLimit: 1, seatsTaken: 3 })
  await limitSeats(w, w.acme, 2)
  const add = async () =>
    w.operator.mutate('addMember', { organizationId: w.acme.id, userId: await (await w.person()).id() })
  for (const { membershipId } of members) {
    expect((await add()).__typename).toBe('SeatLimitReachedError')
    await w.owner.mutate('removeMember', { membershipId })
  }
  expect((await add()).__typename).toBe('AddMemberPayload')
})

test('machines take seats as people do (MEM-3)', async () => {
  const w = await world()
  await limitSeats(w, w.acme, 2)
  const applicationId = await (await w.machine()).id()
  const input = { organizationId: w.acme.id, applicationId, roleIds: [] }
  expect((await w.operator.mutate('addMachineMember', input)).__typename).toBe('AddMachineMemberPayload')
  expect(await seats(w.owner, w.acme)).toMatchObject({ seatsTaken: 2 })
})

test('unless it is said, pending invitations take no seat: a full organization still invites (INV-12)', async () => {
  const w = await world()
  await limitSeats(w, w.acme, 1)
  expect((await tryToInvite(w.owner, w.acme, 'late@people.test')).__typename).toBe('InviteMemberPayload')
  expect(await seats(w.owner, w.acme)).toMatchObject({ seatsTaken: 1 })
})

test('where pending invitations take seats, one too many is refused, and one that is taken back makes room (INV-12)', async () => {
  const w = await world()
  const acme = await counting(w, 2)
  const first = await invite(w.owner, acme, 'first@people.test')
  const { result, ...journal } = await written(w, () => tryToInvite(w.owner, acme, 'second@people.test'))
  expect(result).toMatchObject({ __typename: 'SeatLimitReachedError', seatLimit: 2 })
  expect(actionsOf(journal)).toEqual(nothing)
  await revoke(w.owner, first)
  expect((await tryToInvite(w.owner, acme, 'second@people.test')).__typename).toBe('InviteMemberPayload')
})

test('the seat of an invitation is kept for it: nobody else is added in its place (INV-12, MEM-3)', async () => {
  const w = await world()
  const acme = await counting(w, 2)
  const invitee = await w.person()
  const id = await invite(w.owner, acme, invitee.email)
  const input = { organizationId: acme.id, userId: await (await w.person()).id() }
  expect((await w.operator.mutate('addMember', input)).__typename).toBe('SeatLimitReachedError')
  expect((await accept(invitee, id)).__typename).toBe('AcceptInvitationPayload')
  expect(await seats(w.owner, acme)).toMatchObject({ seatsTaken: 2 })
})

test('an invitation gives its seat back at the moment it expires (INV-1, INV-12)', async () => {
  const clock = testClock()
  const w = await world({ isolated: true, clock })
  const acme = await counting(w, 2)
  await invite(w.owner, acme, 'slow@people.test')
  clock.advance({ days: 8 })
  const owner = await w.person(w.owner.email)
  expect(await seats(owner, acme)).toMatchObject({ seatsTaken: 1 })
  expect((await tryToInvite(owner, acme, 'quick@people.test')).__typename).toBe('InviteMemberPayload')
})

test('seats are checked again at acceptance: a limit lowered meanwhile lets in as many as there are seats (INV-12)', async () => {
  const w = await world()
  const acme = await counting(w, 3)
  const [one, two] = [await w.person(), await w.person()]
  const offers = [await invite(w.owner, acme, one.email), await invite(w.owner, acme, two.email)]
  await limitSeats(w, acme, 2)
  expect((await accept(two, offers[1] ?? '')).__typename).toBe('AcceptInvitationPayload')
  expect(await accept(one, offers[0] ?? '')).toMatchObject({ __typename: 'SeatLimitReachedError', seatLimit: 2 })
})

test('a member who accepts a further invitation needs no seat (INV-8)', async () => {
  const w = await world()
  const invitee = await w.person()
  const id = await invite(w.owner, w.acme, invitee.email, { roleIds: [await w.roleId('Admin')] })
  await w.operator.mutate('addMember', { organizationId: w.acme.id, userId: await invitee.id() })
  await counting(w, 1)
  expect((await accept(invitee, id)).__typename).toBe('AcceptInvitationPayload')
})

test('who comes by another way takes over the seat of their own invitation, which takes none from then on (INV-12)', async () => {
  const w = await world()
  const acme = await counting(w, 3)
  const [invitee, other] = [await w.person(), await w.person()]
  await invite(w.owner, acme, invitee.email)
  const kept = await invite(w.owner, acme, other.email)
  const shared = await link(w.owner, acme)
  expect((await joinBy(await w.person(), shared)).__typename).toBe('SeatLimitReachedError')
  expect((await joinBy(invitee, shared)).__typename).toBe('JoinByInviteLinkPayload')
  expect(await seats(w.owner, acme)).toMatchObject({ seatsTaken: 3 })
  expect((await tryToInvite(w.owner, acme, 'third@people.test')).__typename).toBe('SeatLimitReachedError')
  await revoke(w.owner, kept)
  expect((await tryToInvite(w.owner, acme, 'third@people.test')).__typename).toBe('InviteMemberPayload')
})

test('an address that somebody claims and has not verified takes nobody’s seat over (INV-12)', async () => {
  const w = await world()
  const acme = await counting(w, 3)
  const claimant = await acme.member()
  const email = 'claimed@people.test'
  await sql(w, 'update principal set email = $2, email_key = $2, is_email_verified = false where id = $1', [
    uuidOf(await claimant.id()),
    email,
  ])
  await invite(w.owner, acme, email)
  expect(await seats(w.owner, acme)).toMatchObject({ seatsTaken: 3 })
})
