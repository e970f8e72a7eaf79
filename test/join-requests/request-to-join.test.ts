import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testClock } from '../kit/clock.ts'
import { trusting, vouchedFor } from '../kit/foreign.ts'
import { startIssuer, type TestIssuer } from '../kit/issuer.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, nothing, sql } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'
import { approve, asks, lets, nobodys, ownRequests, refuse, tryToAsk, withdraw } from './requests.ts'

test('whoever knows the slug of an open organization asks to join it, with a word (REQ-3)', async () => {
  const w = await world()
  await lets(w.owner, w.acme, 'OPEN')
  const { __typename, joinRequest } = await tryToAsk(
    await w.person(),
    { slug: w.acme.slug.toUpperCase() },
    ' Let me\nin ',
  )
  expect({ __typename, ...joinRequest }).toMatchObject({
    ...{
      __typename: 'RequestToJoinPayload',
      status: 'PENDING',
      message: 'Let me\nin',
      organization: null,
      closedAt: null,
    },
  })
})

test('it is recorded and emitted (MGT-3)', async () => {
  const w = await world()
  await lets(w.owner, w.acme, 'OPEN')
  const requester = await w.person()
  const requesterId = uuidOf(await requester.id())
  const { result, audit, outbox } = await written(w, () => asks(requester, w.acme, 'a word'))
  const where = uuidOf(w.acme.id)
  const [action, actor] = ['JOIN_REQUEST_CREATED', expect.any(String)]
  expect(audit).toEqual([{ where, action, actor, target: expect.stringMatching(/^JoinRequest /), changes: [] }])
  const payload = { organizationId: where, joinRequestId: uuidOf(result.id), requesterId }
  expect(outbox).toEqual([{ where, type: action, payload }])
})

test('of organizations that are unknown, closed, deleted, or for others, one is told nothing (REQ-2)', async () => {
  const w = await world()
  const [closedAgain, deleted, forOthers] = [
    await w.organization(w.owner),
    await w.organization(w.owner),
    await w.organization(w.owner),
  ]
  await lets(w.owner, closedAgain, 'OPEN')
  await lets(w.owner, closedAgain, 'CLOSED')
  await lets(w.owner, deleted, 'OPEN')
  await w.owner.mutate('deleteOrganization', { organizationId: deleted.id })
  await lets(w.owner, forOthers, 'EMAIL_DOMAINS', ['acme.test', '*.people.test'])
  const stranger = await w.person()
  const missing = await nobodys(stranger)
  expect(missing.extensions.code).toBe('NOT_FOUND')
  for (const { slug } of [w.acme, closedAgain, deleted, forOthers, { slug: '' }, { slug: '%' }, { slug: '\u0000' }]) {
    const { result, ...journal } = await written(w, () => refusalOf(stranger, 'requestToJoin', { slug }))
    expect(result).toEqual(missing)
    expect(actionsOf(journal)).toEqual(nothing)
  }
  // An operator sees them all, and is no exception.
  expect(await refusalOf(w.operator, 'requestToJoin', { slug: w.acme.slug })).toEqual(missing)
  expect(await w.anonymous().refusal('requestToJoin', { slug: w.acme.slug })).toBe('UNAUTHENTICATED')
})

test('an organization for certain domains lets those ask (REQ-1)', async () => {
  const w = await world()
  await lets(w.owner, w.acme, 'EMAIL_DOMAINS', ['People.TEST', '*.acme.test'])
  for (const domain of ['people.test', 'eu.acme.test'])
    expect((await tryToAsk(await w.person(`x${crypto.randomUUID()}@${domain}`), w.acme)).__typename).toBe(
      'RequestToJoinPayload',
    )
  const other = await w.person(`x${crypto.randomUUID()}@acme.test`)
  expect(await refusalOf(other, 'requestToJoin', { slug: w.acme.slug })).toEqual(await nobodys(other))
})

test('machines do not ask', async () => {
  const w = await world()
  await lets(w.owner, w.acme, 'OPEN')
  const machine = await w.machine()
  expect(await refusalOf(machine, 'requestToJoin', { slug: w.acme.slug })).toEqual(await nobodys(machine))
})

test('a member is a member already, of a closed organization too (MEM-1)', async () => {
  const w = await world()
  const member = await w.acme.member()
  for (const access of ['CLOSED', 'OPEN']) {
    await lets(w.owner, w.acme, access)
    expect(await tryToAsk(member, w.acme)).toMatchObject({
      ...{ __typename: 'AlreadyMemberError', membership: { id: member.membershipId } },
    })
  }
})

test('of one user and organization there is one pending request; after it was taken back, another (REQ-3)', async () => {
  const w = await world()
  await lets(w.owner, w.acme, 'OPEN')
  const requester = await w.person()
  const first = await asks(requester, w.acme)
  const { result, ...journal } = await written(w, () => tryToAsk(requester, w.acme))
  expect(result).toMatchObject({ __typename: 'AlreadyRequestedError', joinRequest: { id: first.id } })
  expect(actionsOf(journal)).toEqual(nothing)
  await withdraw(requester, first)
  expect((await asks(requester, w.acme)).id).not.toBe(first.id)
})

test('who was refused asks again after some days, and not before (REQ-5)', async () => {
  const clock = testClock()
  const w = await world({ clock, env: { JOIN_REQUEST_REFUSAL_DAYS: '3' } })
  await lets(w.owner, w.acme, 'OPEN')
  const requester = await w.person()
  await refuse(w.owner, await asks(requester, w.acme))
  const retryAt = new Date(clock().getTime() + 3 * 86_400_000).toISOString()
  expect(await tryToAsk(requester, w.acme)).toMatchObject({ __typename: 'JoinRequestTooSoonError', retryAt })
  expect((await tryToAsk(await w.person(), w.acme)).__typename).toBe('RequestToJoinPayload')
  clock.advance({ hours: 71, minutes: 59 })
  // The same person with a new token: the old one is over.
  const later = await w.person(requester.email)
  expect((await tryToAsk(later, w.acme)).__typename).toBe('JoinRequestTooSoonError')
  clock.advance({ minutes: 1 })
  expect((await tryToAsk(later, w.acme)).__typename).toBe('RequestToJoinPayload')
})

test('one user has so many pending requests and no more, wherever; those of deleted organizations do not count (REQ-4)', async () => {
  const w = await world({ env: { JOIN_REQUEST_LIMIT_PER_USER: '2' } })
  const places = await Promise.all([1, 2, 3].map(() => w.organization(w.owner)))
  for (const place of places) await lets(w.owner, place, 'OPEN')
  const [first = w.acme, second = w.acme, third = w.acme] = places
  const requester = await w.person()
  await asks(requester, first)
  const other = await asks(requester, second)
  expect(await tryToAsk(requester, third)).toMatchObject({ __typename: 'JoinRequestLimitReachedError', limit: 2 })
  await withdraw(requester, other)
  await asks(requester, third)
  expect((await tryToAsk(requester, second)).__typename).toBe('JoinRequestLimitReachedError')
  await w.owner.mutate('deleteOrganization', { organizationId: first.id })
  expect((await tryToAsk(requester, second)).__typename).toBe('RequestToJoinPayload')
})

test('a word has at most 500 characters, and can be empty', async () => {
  const w = await world()
  await lets(w.owner, w.acme, 'OPEN')
  const requester = await w.person()
  for (const message of ['x'.repeat(501), 'a\u0007b'])
    expect(await tryToAsk(requester, w.acme, message)).toMatchObject({
      ...{ __typename: 'InvalidInputError', issues: [{ path: ['input', 'message'] }] },
    })
  expect((await tryToAsk(requester, w.acme, '  ')).joinRequest.message).toBe(null)
  expect((await tryToAsk(await w.person(), w.acme, 'x'.repeat(500))).joinRequest.message).toHaveLength(500)
})

describe('the address of who asks', () => {
  let issuer: TestIssuer
  let w: World
  beforeAll(async () => {
    issuer = await startIssuer()
    w = await world({ env: { ...trusting(issuer), BLOCKED_EMAIL_DOMAINS: 'mailinator.test' } })
    await lets(w.owner, w.acme, 'OPEN')
  })
  afterAll(() => issuer.close())

  test('is verified, or the answer is the same for every slug (REQ-2)', async () => {
    for (const claims of [{}, { email: 'ada@people.test' }, { email: 'ada@people.test', email_verified: false }]) {
      const requester = await vouchedFor(w, issuer, claims)
      for (const slug of [w.acme.slug, 'nobody-has-this-slug', ''])
        expect((await tryToAsk(requester, { slug })).__typename).toBe('EmailNotVerifiedError')
    }
  })

  test('is at no blocked domain, or the answer is the same for every slug (INV-17)', async () => {
    const requester = await w.person(`x${crypto.randomUUID()}@mailinator.test`)
    for (const slug of [w.acme.slug, 'nobody-has-this-slug'])
      expect((await tryToAsk(requester, { slug })).__typename).toBe('EmailDomainBlockedError')
  })

  test('that nobody vouches for any more when it comes to approving lets nobody in; the request waits (REQ-6)', async () => {
    const sub = crypto.randomUUID()
    const email = `x${sub}@people.test`
    const vouched = await vouchedFor(w, issuer, { sub, email, email_verified: true })
    const request = await asks(vouched, w.acme)
    await (await vouchedFor(w, issuer, { sub, email, email_verified: false })).query('{ viewer { principal { id } } }')
    expect((await approve(w.owner, request)).__typename).toBe('EmailNotVerifiedError')
    expect(await ownRequests(vouched)).toMatchObject([{ status: 'PENDING' }])
    await (await vouchedFor(w, issuer, { sub, email, email_verified: true })).query('{ viewer { principal { id } } }')
    expect((await approve(w.owner, request)).__typename).toBe('ApproveJoinRequestPayload')
  })
})

test('a request that is pending stays so when the organization lets nobody ask any more (REQ-1)', async () => {
  const w = await world()
  await lets(w.owner, w.acme, 'OPEN')
  const requester = await w.person()
  const request = await asks(requester, w.acme)
  await lets(w.owner, w.acme, 'CLOSED')
  expect((await approve(w.owner, request)).__typename).toBe('ApproveJoinRequestPayload')
})

test('with its user a request goes, and the row of who decided stays', async () => {
  const w = await world()
  await lets(w.owner, w.acme, 'OPEN')
  const requester = await w.person()
  const request = await asks(requester, w.acme)
  await sql(w, 'delete from principal where id = $1', [uuidOf(await requester.id())])
  expect(await sql(w, 'select from join_request where id = $1', [uuidOf(request.id)])).toEqual([])
})
