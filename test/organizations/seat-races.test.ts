import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { invite } from '../invitations/offers.ts'
import { accept, outcome } from '../invitations/races.ts'
import { uuidOf } from '../kit/journal.ts'
import { rounds } from '../kit/rounds.ts'
import { limitSeats, sql } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'

/** As it was before the race, in one statement: only what races is worth its time, over and over. */
function restore(w: World, { id }: { id: string }) {
  return sql<{ members: number; pending: number }>(
    w,
    `with gone as (delete from membership where organization_id = $1 and origin <> 'CREATION' returning id),
       open as (update invitation set status = 'PENDING', closed_at = null, accepted_by = null
         where organization_id = $1 and status = 'ACCEPTED' returning id),
       closed as (delete from invitation where organization_id = $1 and status = 'PENDING' and email like 'racer-%' returning id)
     select (select count(*)::int from gone) as members, (select count(*)::int from closed) as pending`,
    [uuidOf(id)],
  )
}

const crowd = (w: World, size: number) => Promise.all(Array.from({ length: size }, () => w.person()))

test('the last seat goes to one of many who accept, are added and come as machines at once (MEM-3)', async () => {
  const w = await world()
  const { acme: here, operator } = w
  const organizationId = here.id
  const invited = await crowd(w, 2)
  const offers = await Promise.all(invited.map(async by => ({ by, id: await invite(operator, here, by.email) })))
  const userId = await (await w.person()).id()
  const applicationId = await (await w.machine()).id()
  await limitSeats(w, here, 2)
  for (const _ of rounds) {
    const outcomes = await Promise.all([
      ...offers.map(({ by, id }) => accept(by, id)),
      outcome(operator, 'addMember', { organizationId, userId }),
      outcome(operator, 'addMachineMember', { organizationId, applicationId, roleIds: [] }),
    ])
    expect(outcomes.filter(one => one.endsWith('Payload'))).toHaveLength(1)
    expect(outcomes.filter(one => one === 'SeatLimitReachedError')).toHaveLength(3)
    expect(await restore(w, here)).toEqual([{ members: 1, pending: 0 }])
  }
})

test('where invitations take seats, the last one goes to one of many who invite and are added at once (INV-12)', async () => {
  const w = await world()
  const { acme: here, operator } = w
  const organizationId = here.id
  const userId = await (await w.person()).id()
  await operator.mutate('setSeatLimit', { organizationId, seatLimit: 2, invitationsTakeSeats: true })
  const inviting = () =>
    outcome(operator, 'inviteMember', { organizationId, email: `racer-${randomUUID()}@people.test` })
  for (const _ of rounds) {
    const outcomes = await Promise.all([
      ...[inviting(), inviting(), inviting()],
      outcome(operator, 'addMember', { organizationId, userId }),
    ])
    expect(outcomes.filter(one => one.endsWith('Payload'))).toHaveLength(1)
    expect(outcomes.filter(one => one === 'SeatLimitReachedError')).toHaveLength(3)
    const [was] = await restore(w, here)
    expect((was?.members ?? 0) + (was?.pending ?? 0)).toBe(1)
  }
})

test('a seat that is given back while many wait for it is taken at most once (MEM-3)', async () => {
  const w = await world()
  const { acme: here, operator } = w
  const organizationId = here.id
  const userIds = await Promise.all((await crowd(w, 2)).map(person => person.id()))
  await limitSeats(w, here, 2)
  for (const _ of rounds) {
    const { membershipId } = await here.member()
    const [removed, ...added] = await Promise.all([
      outcome(operator, 'removeMember', { membershipId }),
      ...userIds.map(userId => outcome(operator, 'addMember', { organizationId, userId })),
    ])
    expect(removed).toBe('RemoveMemberPayload')
    const got = added.filter(one => one === 'AddMemberPayload').length
    expect(got).toBeLessThanOrEqual(1)
    expect(await restore(w, here)).toEqual([{ members: got, pending: 0 }])
  }
})
