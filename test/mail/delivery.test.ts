import { expect, test } from 'vitest'
import { maxAttempts } from '../../src/mail/backoff.ts'
import { addresses, inviteMany } from '../invitations/batches.ts'
import { accept, invite, revoke, seen, tryToInvite } from '../invitations/offers.ts'
import { written } from '../kit/journal.ts'
import { smtpError, smtpServer, tokenIn } from '../kit/mail.ts'
import { actionsOf, nothing } from '../kit/rows.ts'
import { world } from '../kit/world.ts'
import { post, queued, replica } from './post.ts'

const mailFields = 'lastSentAt lastMailFailure'

test('an invitation is mailed after its commit, and shows when (INV-14)', async () => {
  const { w, clock, server } = await post()
  const id = await invite(w.owner, w.acme, 'ada@people.test')
  expect(server.received).toEqual([])
  expect(await seen(w.owner, id, mailFields)).toEqual({ lastSentAt: null, lastMailFailure: null })
  clock.advance({ minutes: 1 })
  const journal = await written(w, () => w.app.sendDueMail())
  expect(server.received).toMatchObject([{ from: 'no-reply@product.test', to: ['ada@people.test'] }])
  expect(await seen(w.owner, id, mailFields)).toEqual({ lastSentAt: clock().toISOString(), lastMailFailure: null })
  expect(actionsOf(journal)).toEqual(nothing)
  const [mail] = server.received
  expect(mail?.raw).toMatch(/^From: Product <no-reply@product\.test>$/m)
  expect(mail?.raw).toMatch(/^Auto-Submitted: auto-generated$/m)
  expect(mail?.decoded).toContain(`http://127.0.0.1:4000/invitation#token=${tokenIn(mail?.decoded ?? '')}`)
})

test('it leaves by itself soon after the commit, without being asked', async () => {
  const { promise: arrived, resolve } = Promise.withResolvers<string[]>()
  const server = await smtpServer({ onMessage: message => resolve(message.to) })
  const w = await world({ isolated: true, sendsMail: true, env: server.env })
  await invite(w.owner, w.acme, 'ada@people.test')
  expect(await arrived).toEqual(['ada@people.test'])
})

test('a mail server that is down loses nothing and holds up nobody: it is tried again, later each time (INV-14)', async () => {
  const { w, clock, server } = await post()
  await server.close()
  const id = await invite(w.owner, w.acme, 'ada@people.test')
  await w.app.sendDueMail()
  expect(await seen(w.owner, id, mailFields)).toEqual({ lastSentAt: null, lastMailFailure: 'UNREACHABLE' })
  await w.app.sendDueMail()
  expect(await queued(w)).toEqual([{ status: 'QUEUED', attempts: 1 }])
  clock.advance({ minutes: 1 })
  await w.app.sendDueMail()
  await w.app.sendDueMail()
  expect(await queued(w)).toEqual([{ status: 'QUEUED', attempts: 2 }])

  const again = await smtpServer({ port: server.port })
  clock.advance({ minutes: 1 })
  await w.app.sendDueMail()
  expect(again.received).toMatchObject([{ to: ['ada@people.test'] }])
  expect(await seen(w.owner, id, mailFields)).toEqual({ lastSentAt: clock().toISOString(), lastMailFailure: null })
})

test('an address that the server refuses is not tried again, and the others get theirs', async () => {
  const onRcptTo = ({ address }: { address: string }, _session: object, done: (error?: Error) => void) =>
    done(address === 'nobody@people.test' ? smtpError(550, 'No such user nobody@people.test') : undefined)
  const { w, clock, server } = await post({ onRcptTo })
  const id = await invite(w.owner, w.acme, 'nobody@people.test')
  for (const name of ['a', 'b', 'c']) await invite(w.owner, w.acme, `${name}@people.test`)
  await w.app.sendDueMail()
  expect(server.received.flatMap(mail => mail.to).sort()).toEqual(['a@people.test', 'b@people.test', 'c@people.test'])
  expect(await seen(w.owner, id, mailFields)).toEqual({ lastSentAt: null, lastMailFailure: 'ADDRESS_REFUSED' })
  clock.advance({ days: 1 })
  await w.app.sendDueMail()
  expect(await queued(w)).toContainEqual({ status: 'FAILED', attempts: 1 })
  expect(w.log.join('\n')).not.toContain('people.test')
})

test('a refusal for now is tried again', async () => {
  let isGreylisted = true
  const onRcptTo = (_address: object, _session: object, done: (error?: Error) => void) =>
    done(isGreylisted ? smtpError(451, 'Come back later') : undefined)
  const { w, clock, server } = await post({ onRcptTo })
  const id = await invite(w.owner, w.acme, 'ada@people.test')
  await w.app.sendDueMail()
  expect(await seen(w.owner, id, mailFields)).toMatchObject({ lastMailFailure: 'REFUSED' })
  isGreylisted = false
  clock.advance({ minutes: 1 })
  await w.app.sendDueMail()
  expect(server.received.length).toBe(1)
})

test('after the last attempt it has failed for good, and says so', async () => {
  const { w, clock, server } = await post()
  await server.close()
  const expiresAt = new Date(clock().getTime() + 30 * 86_400_000).toISOString()
  const id = await invite(w.owner, w.acme, 'ada@people.test', { expiresAt })
  for (let attempt = 1; attempt <= maxAttempts + 1; attempt++) {
    await w.app.sendDueMail()
    clock.advance({ hours: 2 })
  }
  expect(await queued(w)).toEqual([{ status: 'FAILED', attempts: maxAttempts }])
  // A token of the development issuer lives twelve hours.
  const operator = await w.person('operator@tenantry.test')
  expect(await seen(operator, id, mailFields)).toEqual({ lastSentAt: null, lastMailFailure: 'GAVE_UP' })
})

test('a recipient whose server hangs holds up nobody else', async () => {
  const { promise: hanging, resolve: letGo } = Promise.withResolvers<void>()
  const { promise: all, resolve } = Promise.withResolvers<void>()
  const others = Array.from({ length: 12 }, (_, index) => `person-${index}@people.test`)
  const arrived = new Set<string>()
  const { w } = await post({
    onMessage: async ({ to }) => {
      if (to[0] === 'slow@people.test') return hanging
      arrived.add(to[0] ?? '')
      if (arrived.size === others.length) resolve()
    },
  })
  await invite(w.owner, w.acme, 'slow@people.test')
  for (const email of others) await invite(w.owner, w.acme, email)
  void w.app.sendDueMail().catch(() => {})
  await all
  expect(await queued(w)).toContainEqual({ status: 'QUEUED', attempts: 1 })
  letGo()
})

test('several replicas send each mail once', async () => {
  const { w, clock, server } = await post()
  const emails = Array.from({ length: 20 }, (_, index) => `person-${index}@people.test`)
  await Promise.all(emails.map(email => invite(w.owner, w.acme, email)))
  const others = [await replica(w, clock, server), await replica(w, clock, server)]
  await Promise.all([w.app, ...others].map(app => app.sendDueMail()))
  expect(server.received.flatMap(mail => mail.to).sort()).toEqual(emails.sort())
})

test('what a replica had taken when it died is sent by another, once the lease is over', async () => {
  const { promise: hanging, resolve: letGo } = Promise.withResolvers<void>()
  const { promise: taken, resolve } = Promise.withResolvers<void>()
  let isHanging = true
  const { w, clock, server } = await post({
    onMessage: () => {
      resolve()
      return isHanging ? hanging : undefined
    },
  })
  await invite(w.owner, w.acme, 'ada@people.test')
  const late = w.app.sendDueMail()
  await taken
  isHanging = false
  const other = await replica(w, clock, server)
  await other.sendDueMail()
  expect(server.received).toEqual([])
  clock.advance({ minutes: 2 })
  await other.sendDueMail()
  expect(server.received.length).toBe(1)
  expect(await queued(w)).toEqual([{ status: 'SENT', attempts: 2 }])
  // It was not dead but slow: that changes nothing any more.
  letGo()
  await late
  expect(await queued(w)).toEqual([{ status: 'SENT', attempts: 2 }])
})

test('when nobody can tell whether a mail arrived, it is sent again, and the links of both are good (INV-10)', async () => {
  const tokens: string[] = []
  const { w, clock } = await post({
    onMessage: message => {
      tokens.push(tokenIn(message.decoded))
      if (tokens.length === 1) throw smtpError(451, 'Taken, but something broke')
    },
  })
  const invitee = await w.person()
  await invite(w.owner, w.acme, invitee.email)
  await w.app.sendDueMail()
  clock.advance({ minutes: 1 })
  await w.app.sendDueMail()
  expect(new Set(tokens).size).toBe(2)
  const query = 'query($token: String!) { invitationPreview(token: $token) { status } }'
  for (const token of tokens)
    expect(await w.anonymous().query(query, { token })).toEqual({ invitationPreview: { status: 'PENDING' } })
})

test('what was refused queues nothing, and nothing is mailed when it was asked not to', async () => {
  const { w, server } = await post()
  await tryToInvite(w.owner, w.acme, 'ada@people.test', { expiresAt: '2020-01-01T00:00:00Z' })
  const input = { organizationId: w.acme.id, email: 'bob@people.test', sendEmail: false }
  const made = await w.owner.mutate('inviteMember', input, '... on InviteMemberPayload { invitation { lastSentAt } }')
  expect(made).toMatchObject({ __typename: 'InviteMemberPayload', invitation: { lastSentAt: null } })
  await w.app.sendDueMail()
  expect([await queued(w), server.received]).toEqual([[], []])
})

test('of many who are invited in one call each gets a mail of their own, but those who were not to', async () => {
  const { w, server } = await post()
  const emails = Array.from({ length: 12 }, (_, index) => `person-${index}@people.test`)
  const invitations = [...emails.map(email => ({ email })), { email: 'quiet@people.test', sendEmail: false }]
  await w.owner.mutate('inviteMembers', { organizationId: w.acme.id, invitations })
  await w.app.sendDueMail()
  expect(server.received.map(mail => mail.to.join()).sort()).toEqual(emails.sort())
  expect(new Set(server.received.map(mail => tokenIn(mail.decoded))).size).toBe(emails.length)
})

test.each(['answered', 'taken back', 'expired'])(
  'an invitation that is %s before its mail leaves gets none',
  async end => {
    const { w, clock, server } = await post()
    const invitee = await w.person()
    const expiresAt = new Date(clock().getTime() + 60_000).toISOString()
    const id = await invite(w.owner, w.acme, invitee.email, end === 'expired' ? { expiresAt } : {})
    if (end === 'answered') await accept(invitee, id)
    if (end === 'taken back') await revoke(w.owner, id)
    clock.advance({ minutes: 1 })
    await w.app.sendDueMail()
    expect([await queued(w), server.received]).toEqual([[{ status: 'CANCELLED', attempts: 1 }], []])
  },
)

test('mail of a deleted organization waits, and leaves once it is restored (ORG-6, INV-14)', async () => {
  const { w, clock, server } = await post()
  await invite(w.owner, w.acme, 'ada@people.test')
  await w.owner.mutate('deleteOrganization', { organizationId: w.acme.id })
  for (let day = 0; day < 2; day++) {
    await w.app.sendDueMail()
    clock.advance({ days: 1 })
  }
  expect([await queued(w), server.received]).toEqual([[{ status: 'QUEUED', attempts: 0 }], []])
  const owner = await w.person(w.owner.email)
  const restored = await owner.mutate('restoreOrganization', { organizationId: w.acme.id })
  expect(restored.__typename).toBe('RestoreOrganizationPayload')
  await w.app.sendDueMail()
  expect(server.received.map(mail => mail.to)).toEqual([['ada@people.test']])
})

test("nobody's mail waits behind the many of another organization, at first and later (INV-14)", async () => {
  let arrived = 0
  let isIn: Promise<string> | undefined
  const { w, clock, server } = await post({
    onMessage: async () => {
      arrived += 1
      if (arrived === 20) isIn = invite(w.owner, third, 'late@people.test')
      await isIn
    },
  })
  const [second, third] = [await w.organization(w.owner), await w.organization(w.owner)]
  await inviteMany(w.owner, w.acme, addresses(60))
  clock.advance({ minutes: 1 })
  await invite(w.owner, second, 'early@people.test')
  await w.app.sendDueMail()
  const order = server.received.flatMap(mail => mail.to)
  expect(order.length).toBe(62)
  // Five leave at once, and may overtake each other.
  expect(order.indexOf('early@people.test')).toBeLessThan(10)
  expect(order.indexOf('late@people.test')).toBeLessThan(35)
})

test('what is long over is thrown away', async () => {
  const { w, clock } = await post()
  await invite(w.owner, w.acme, 'ada@people.test')
  await w.app.sendDueMail()
  clock.advance({ days: 29 })
  await w.app.sendDueMail()
  expect(await queued(w)).toEqual([{ status: 'SENT', attempts: 1 }])
  clock.advance({ days: 2 })
  await w.app.sendDueMail()
  expect(await queued(w)).toEqual([])
})
