import { describe, expect, test } from 'vitest'
import { memberWith, missingId } from '../kit/holders.ts'
import { written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, limitSeats, nothing, refusedOnly } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'
import { approve, asks, lets, ownRequests, refuse, seenRequest, tryToAsk, withdraw } from './requests.ts'

/** Somebody who asked to join acme. */
async function asked(w: World) {
  await lets(w.owner, w.acme, 'OPEN')
  const requester = await w.person()
  return { requester, request: await asks(requester, w.acme, 'a word') }
}
const deciding = ['join-request:read', 'join-request:decide', 'member:read']

describe('approving', () => {
  test('makes the requester a member, by the hand of who approves (REQ-6, MEM-2)', async () => {
    const w = await world()
    const { requester, request } = await asked(w)
    const decider = await memberWith(w.acme, deciding)
    const { result, audit, outbox } = await written(w, () => approve(decider, request))
    expect(result).toMatchObject({
      ...{ __typename: 'ApproveJoinRequestPayload', joinRequest: { status: 'APPROVED' } },
      membership: { origin: 'REQUEST', roles: [{ name: 'Member' }], principal: { id: await requester.id() } },
    })
    expect(result.membership.addedBy).toEqual({ id: await decider.id() })
    expect(audit.map(entry => entry.action)).toEqual(['MEMBER_ADDED', 'JOIN_REQUEST_APPROVED'])
    expect(outbox.map(event => event.type)).toEqual(['MEMBER_ADDED', 'JOIN_REQUEST_APPROVED'])
    expect(await ownRequests(requester)).toMatchObject([{ status: 'APPROVED', organization: { id: w.acme.id } }])
  })

  test('gives the roles that are named, within those of who approves (ROL-2, ROL-3)', async () => {
    const w = await world()
    const { request } = await asked(w)
    const decider = await memberWith(w.acme, deciding)
    const auditor = await w.acme.customRole(['audit:read'], { name: 'Auditor' })
    const { result, ...journal } = await written(w, () => approve(decider, request, [auditor]))
    expect(result).toMatchObject({ __typename: 'PermissionEscalationError', missing: [{ key: 'audit:read' }] })
    expect(actionsOf(journal)).toEqual(refusedOnly)
    const service = await w.roleId('Service')
    expect(await approve(w.owner, request, [service])).toMatchObject({
      ...{ __typename: 'RoleNotAssignableError', roleIds: [service] },
    })
    expect((await approve(w.owner, request, [auditor])).membership.roles).toEqual([{ name: 'Auditor' }])
  })

  test('needs a free seat; without one the request waits (MEM-3)', async () => {
    const w = await world()
    const { requester, request } = await asked(w)
    await limitSeats(w, w.acme, 1)
    expect(await approve(w.owner, request)).toMatchObject({ __typename: 'SeatLimitReachedError', seatLimit: 1 })
    expect(await ownRequests(requester)).toMatchObject([{ status: 'PENDING' }])
  })

  test('shows no membership to who may not see the members', async () => {
    const w = await world()
    const { request } = await asked(w)
    const decider = await memberWith(w.acme, ['join-request:read', 'join-request:decide'])
    expect(await approve(decider, request, [])).toMatchObject({ joinRequest: { status: 'APPROVED' }, membership: null })
  })
})

describe('refusing', () => {
  test('lets nobody in; the reason is for the people of the organization alone (REQ-8)', async () => {
    const w = await world()
    const { requester, request } = await asked(w)
    const { result, audit, outbox } = await written(w, () => refuse(w.owner, request, 'Not one of ours'))
    expect(result.joinRequest).toMatchObject({
      ...{ status: 'REFUSED', refusalReason: 'Not one of ours', decidedBy: { id: await w.owner.id() } },
    })
    const reason = { field: 'reason', before: null, after: 'Not one of ours' }
    expect(audit.map(({ action, changes }) => ({ action, changes }))).toEqual([
      { action: 'JOIN_REQUEST_REFUSED', changes: [reason] },
    ])
    expect(outbox.map(event => event.type)).toEqual(['JOIN_REQUEST_REFUSED'])
    expect(
      await seenRequest(requester, request, 'status refusalReason decidedBy { id } requesterEmail organization { id }'),
    ).toEqual({
      ...{ status: 'REFUSED', refusalReason: null, decidedBy: null, requesterEmail: null, organization: null },
    })
  })

  test('has a reason of at most 256 characters', async () => {
    const w = await world()
    const { request } = await asked(w)
    expect(await refuse(w.owner, request, 'x'.repeat(257))).toMatchObject({
      ...{ __typename: 'InvalidInputError', issues: [{ path: ['input', 'reason'] }] },
    })
  })
})

test('taking back is for the requester alone, and recorded', async () => {
  const w = await world()
  const { requester, request } = await asked(w)
  expect(await w.owner.refusal('withdrawJoinRequest', { joinRequestId: request.id })).toBe('FORBIDDEN')
  const { result, ...journal } = await written(w, () => withdraw(requester, request))
  expect(result.joinRequest).toMatchObject({ status: 'WITHDRAWN', closedAt: expect.any(String) })
  expect(actionsOf(journal)).toEqual({ audit: ['JOIN_REQUEST_WITHDRAWN'], outbox: ['JOIN_REQUEST_WITHDRAWN'] })
})

test('what is answered or taken back is final (REQ-6)', async () => {
  const w = await world()
  for (const [end, status] of [
    [(one: { id: string }) => approve(w.owner, one), 'APPROVED'],
    [(one: { id: string }) => refuse(w.owner, one), 'REFUSED'],
  ] as const) {
    const { requester, request } = await asked(w)
    await end(request)
    for (const again of [approve(w.owner, request), refuse(w.owner, request), withdraw(requester, request)])
      expect(await again).toMatchObject({ __typename: 'JoinRequestClosedError', status })
  }
})

test('a requester who becomes a member by another way has nothing pending any more (REQ-7)', async () => {
  const w = await world()
  const { requester, request } = await asked(w)
  const input = { organizationId: w.acme.id, userId: await requester.id() }
  const { result, ...journal } = await written(w, () => w.operator.mutate('addMember', input))
  expect(result.__typename).toBe('AddMemberPayload')
  const actions = ['JOIN_REQUEST_SUPERSEDED', 'MEMBER_ADDED']
  expect(actionsOf(journal)).toEqual({ audit: actions, outbox: actions })
  expect(await approve(w.owner, request)).toMatchObject({ __typename: 'JoinRequestClosedError', status: 'SUPERSEDED' })
  expect(await seenRequest(requester, request)).toMatchObject({ status: 'SUPERSEDED' })
})

test('who was removed may ask again, and nothing of before stands in the way', async () => {
  const w = await world()
  const { requester, request } = await asked(w)
  const { membership } = await approve(w.owner, request)
  await w.owner.mutate('removeMember', { membershipId: membership.id })
  expect((await tryToAsk(requester, w.acme)).__typename).toBe('RequestToJoinPayload')
})

describe('who may not decide', () => {
  test.each(['approveJoinRequest', 'refuseJoinRequest'])(
    '%s: a reader is refused, everybody else finds nothing',
    async name => {
      const w = await world()
      const { requester, request } = await asked(w)
      const input = { joinRequestId: request.id }
      const reader = await memberWith(w.acme, ['join-request:read', 'member:add', 'invitation:create'])
      const { result, ...journal } = await written(w, () => refusalOf(reader, name, input))
      expect(result.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'join-request:decide' })
      expect(actionsOf(journal)).toEqual(refusedOnly)
      const stranger = await w.person()
      await w.organization(stranger)
      const missing = await refusalOf(stranger, name, { joinRequestId: missingId('JoinRequest') })
      expect(missing.extensions.code).toBe('NOT_FOUND')
      expect(await refusalOf(stranger, name, input)).toEqual(missing)
      expect(await refusalOf(await memberWith(w.acme, ['join-request:decide']), name, input)).toEqual(missing)
      expect(await requester.refusal(name, input)).toBe('NOT_FOUND')
      expect(await w.anonymous().refusal(name, input)).toBe('UNAUTHENTICATED')
    },
  )

  test('anybody, once the organization is deleted: the request is gone for its requester, too (ORG-6)', async () => {
    const w = await world()
    const { requester, request } = await asked(w)
    await w.owner.mutate('deleteOrganization', { organizationId: w.acme.id })
    const input = { joinRequestId: request.id }
    expect(await ownRequests(requester)).toEqual([])
    expect(await seenRequest(requester, request)).toBe(null)
    const { result, ...journal } = await written(w, async () => [
      await requester.refusal('withdrawJoinRequest', input),
      await w.owner.refusal('approveJoinRequest', input),
      await w.operator.refusal('approveJoinRequest', input),
    ])
    expect(result).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND'])
    expect(actionsOf(journal)).toEqual(nothing)
  })
})

test('another organization approves nobody into this one', async () => {
  const w = await world()
  const { request } = await asked(w)
  const stranger = await w.person()
  const other = await w.organization(stranger)
  expect(await stranger.refusal('approveJoinRequest', { joinRequestId: request.id })).toBe('NOT_FOUND')
  const roleId = await other.customRole([])
  expect(await approve(w.owner, request, [roleId])).toMatchObject({ __typename: 'RoleNotAssignableError' })
})
