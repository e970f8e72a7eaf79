import { expect, test } from 'vitest'
import { outcome, together } from '../invitations/races.ts'
import { uuidOf } from '../kit/journal.ts'
import { rounds } from '../kit/rounds.ts'
import { limitSeats, sql } from '../kit/rows.ts'
import { type Person, type World, world } from '../kit/world.ts'
import { asks, lets } from './requests.ts'

const approved = 'ApproveJoinRequestPayload'
const closed = 'JoinRequestClosedError'

const approving = (by: Person, id: string) => outcome(by, 'approveJoinRequest', { joinRequestId: id })
const withdrawing = (by: Person, id: string) => outcome(by, 'withdrawJoinRequest', { joinRequestId: id })
const refusing = (by: Person, id: string) => outcome(by, 'refuseJoinRequest', { joinRequestId: id })

/** What the tables have of a request: its state, its requester as a member, and how often its end was told. */
async function traces(w: World, id: string) {
  const [row] = await sql<{ status: string; members: number; ended: string[] }>(
    w,
    `select r.status, (select count(*)::int from membership m where m.organization_id = r.organization_id
         and m.principal_id = r.requester_id) as members,
       array(select a.action from audit_event a where a.target_id = r.id and a.action <> 'JOIN_REQUEST_CREATED') as ended
     from join_request r where r.id = $1`,
    [uuidOf(id)],
  )
  return row
}
const left = (status: string, members = status === 'APPROVED' ? 1 : 0) => ({
  ...{ status, members, ended: [`JOIN_REQUEST_${status}`] },
})

async function open() {
  const w = await world()
  await lets(w.owner, w.acme, 'OPEN')
  return w
}

test('of two who approve one request, one lets the requester in (REQ-6)', async () => {
  const w = await open()
  for (const _ of rounds) {
    const { id } = await asks(await w.person(), w.acme)
    const outcomes = await Promise.all([approving(w.owner, id), approving(w.operator, id), approving(w.owner, id)])
    expect(outcomes.sort()).toEqual([approved, closed, closed])
    expect(await traces(w, id)).toEqual(left('APPROVED'))
  }
})

test('approving against taking back: one of them (REQ-6)', async () => {
  const w = await open()
  for (const round of rounds) {
    const requester = await w.person()
    const { id } = await asks(requester, w.acme)
    const outcomes = await together(
      round,
      () => approving(w.owner, id),
      () => withdrawing(requester, id),
    )
    const isIn = outcomes[0] === approved
    expect(outcomes).toEqual(isIn ? [approved, closed] : [closed, 'WithdrawJoinRequestPayload'])
    expect(await traces(w, id)).toEqual(left(isIn ? 'APPROVED' : 'WITHDRAWN'))
  }
})

test('approving against refusing: one of them (REQ-6)', async () => {
  const w = await open()
  for (const round of rounds) {
    const { id } = await asks(await w.person(), w.acme)
    const outcomes = await together(
      round,
      () => approving(w.owner, id),
      () => refusing(w.operator, id),
    )
    const isIn = outcomes[0] === approved
    expect(outcomes).toEqual(isIn ? [approved, closed] : [closed, 'RefuseJoinRequestPayload'])
    expect(await traces(w, id)).toEqual(left(isIn ? 'APPROVED' : 'REFUSED'))
  }
})

test('approving against another way in: a member once (REQ-7, MEM-1)', async () => {
  const w = await open()
  for (const round of rounds) {
    const requester = await w.person()
    const { id } = await asks(requester, w.acme)
    const userId = await requester.id()
    const outcomes = await together(
      round,
      () => approving(w.owner, id),
      () => outcome(w.operator, 'addMember', { organizationId: w.acme.id, userId }),
    )
    const isIn = outcomes[0] === approved
    expect(outcomes).toEqual(isIn ? [approved, 'AlreadyMemberError'] : [closed, 'AddMemberPayload'])
    expect(await traces(w, id)).toEqual(left(isIn ? 'APPROVED' : 'SUPERSEDED', 1))
  }
})

test('one who asks several times at once has one request (REQ-3)', async () => {
  const w = await open()
  for (const _ of rounds) {
    const requester = await w.person()
    await requester.id()
    const outcomes = await Promise.all([1, 2, 3].map(() => outcome(requester, 'requestToJoin', { slug: w.acme.slug })))
    expect(outcomes.sort()).toEqual(['AlreadyRequestedError', 'AlreadyRequestedError', 'RequestToJoinPayload'])
  }
})

test('one who asks in several places at once does not slip past the limit (REQ-4)', async () => {
  const w = await world({ env: { JOIN_REQUEST_LIMIT_PER_USER: '2' } })
  const places = await Promise.all([1, 2, 3, 4].map(() => w.organization(w.owner)))
  for (const place of places) await lets(w.owner, place, 'OPEN')
  for (const _ of rounds) {
    const requester = await w.person()
    await requester.id()
    const outcomes = await Promise.all(places.map(({ slug }) => outcome(requester, 'requestToJoin', { slug })))
    expect(outcomes.filter(one => one === 'RequestToJoinPayload')).toHaveLength(2)
    expect(outcomes.filter(one => one === 'JoinRequestLimitReachedError')).toHaveLength(2)
  }
})

test('the last seat is given once (MEM-3)', async () => {
  const w = await world()
  for (const _ of rounds) {
    const organization = await w.organization(w.owner)
    await lets(w.owner, organization, 'OPEN')
    const requests = await Promise.all([1, 2, 3].map(async () => asks(await w.person(), organization)))
    await limitSeats(w, organization, 2)
    const outcomes = await Promise.all(requests.map(({ id }) => approving(w.owner, id)))
    expect(outcomes.sort()).toEqual([approved, 'SeatLimitReachedError', 'SeatLimitReachedError'])
  }
})
