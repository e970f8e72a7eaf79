import { expect, test } from 'vitest'
import { invite, revoke, seen } from '../invitations/offers.ts'
import { refusalOf } from '../kit/people.ts'
import { post, queued, replica } from './post.ts'

const ada = 'ada@people.test'
const hour = 60 * 60_000

test('inviting and revoking mails no address more often than it may be mailed, and what is over waits its turn (INV-11)', async () => {
  const { w, clock, server } = await post()
  for (let time = 0; time < 15; time++) {
    const id = await invite(w.owner, w.acme, ada)
    await w.app.sendDueMail()
    await revoke(w.owner, id)
  }
  expect(server.received.length).toBe(10)
  const last = await invite(w.owner, w.acme, ada)
  await w.app.sendDueMail()
  expect(server.received.length).toBe(10)
  expect(await seen(w.owner, last, 'status lastSentAt lastMailFailure')).toEqual({
    status: 'PENDING',
    lastSentAt: null,
    lastMailFailure: null,
  })
  clock.advance({ minutes: 59 })
  await w.app.sendDueMail()
  expect(server.received.length).toBe(10)
  clock.advance({ minutes: 1 })
  await w.app.sendDueMail()
  expect(server.received.length).toBe(11)
  expect((await queued(w)).at(-1)).toEqual({ status: 'SENT', attempts: 1 })
})

test('mail that was taken back before it left counts for nothing (INV-11)', async () => {
  const { w, server } = await post({}, { MAIL_LIMIT_PER_ADDRESS: '2' })
  for (let time = 0; time < 5; time++) await revoke(w.owner, await invite(w.owner, w.acme, ada))
  const there = await invite(w.owner, await w.organization(w.owner), ada)
  await w.app.sendDueMail()
  expect(server.received.length).toBe(1)
  const result = await w.owner.mutate('resendInvitation', { invitationId: there })
  expect(result.__typename).toBe('ResendInvitationPayload')
})

test('when others mailed an address is not told: the refusal names the whole window (INV-11)', async () => {
  const { w, clock } = await post({}, { MAIL_LIMIT_PER_ADDRESS: '1' })
  await invite(w.owner, w.acme, ada)
  await w.app.sendDueMail()
  clock.advance({ minutes: 20 })
  const stranger = await w.person()
  const there = await invite(stranger, await w.organization(stranger), ada)
  await w.app.sendDueMail()
  expect(await seen(stranger, there, 'lastSentAt')).toEqual({ lastSentAt: null })
  const refusal = await refusalOf(stranger, 'resendInvitation', { invitationId: there })
  expect(refusal.extensions).toEqual({
    code: 'RATE_LIMITED',
    retryAfter: 3600,
    retryAt: new Date(clock().getTime() + hour).toISOString(),
  })
})

test('replicas that send at once stay within the limit of an address (INV-11)', async () => {
  const limit = { MAIL_LIMIT_PER_ADDRESS: '2' }
  const { w, clock, server } = await post({}, limit)
  const other = await replica(w, clock, { env: { ...server.env, ...limit } })
  for (let count = 0; count < 6; count++) await invite(w.owner, await w.organization(w.owner), ada)
  await Promise.all([w.app.sendDueMail(), other.sendDueMail()])
  expect(server.received.length).toBe(2)
})
