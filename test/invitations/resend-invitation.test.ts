import { describe, expect, test } from 'vitest'
import { testClock } from '../kit/clock.ts'
import { memberWith } from '../kit/holders.ts'
import { written } from '../kit/journal.ts'
import { mailsTo, newestToken, tokenIn } from '../kit/mail.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, nothing } from '../kit/rows.ts'
import { type Person, type World, world } from '../kit/world.ts'
import { accept, decline, invite, revoke, seen } from './offers.ts'

const selection = `... on ResendInvitationPayload { invitation { id status expiresAt } }
  ... on InvitationClosedError { status } ... on InvalidInputError { issues { path message } }`
const resend = (by: Person, invitationId: string, terms: object = {}) =>
  by.mutate('resendInvitation', { invitationId, ...terms }, selection)
const statusBy = async (w: World, token: string) =>
  (await w.anonymous().query('query($t: String!) { invitationPreview(token: $t) { status } }', { t: token }))
    .invitationPreview?.status ?? null

async function invited(env: Record<string, string> = {}) {
  const clock = testClock()
  const w = await world({ clock, isolated: true, env })
  const invitee = await w.person()
  return { w, clock, invitee, id: await invite(w.owner, w.acme, invitee.email) }
}

test('a new link is mailed, and the old one is dead at once (INV-10)', async () => {
  const { w, invitee, id } = await invited()
  const old = await newestToken(w, invitee.email)
  expect(await resend(w.owner, id)).toMatchObject({ invitation: { id, status: 'PENDING' } })
  // Before the new mail has left.
  expect(await statusBy(w, old)).toBe(null)
  expect(await invitee.refusal('acceptInvitation', { invitation: { token: old } })).toBe('NOT_FOUND')
  const [mail, first, ...others] = await mailsTo(w, invitee.email)
  expect([tokenIn(first?.text ?? ''), others]).toEqual([old, []])
  const token = tokenIn(mail?.text ?? '')
  expect(await statusBy(w, token)).toBe('PENDING')
  const input = { invitation: { token } }
  expect((await invitee.mutate('acceptInvitation', input)).__typename).toBe('AcceptInvitationPayload')
})

test('a mail that had not left yet is not sent beside the new one', async () => {
  const { w, invitee, id } = await invited()
  await resend(w.owner, id)
  expect((await mailsTo(w, invitee.email)).length).toBe(1)
})

test('it is recorded and emitted, without the link (INV-15)', async () => {
  const { w, clock, id } = await invited()
  const expiresAt = new Date(clock().getTime() + 86_400_000).toISOString()
  const { result, audit, outbox } = await written(w, () => resend(w.owner, id, { expiresAt }))
  expect(result).toMatchObject({ invitation: { expiresAt } })
  expect(audit).toMatchObject([{ action: 'INVITATION_RESENT', changes: [{ field: 'expiresAt', after: expiresAt }] }])
  expect(outbox).toMatchObject([{ type: 'INVITATION_RESENT' }])
  expect(Object.keys(outbox[0]?.payload ?? {}).sort()).toEqual(['invitationId', 'organizationId'])
})

test.each([-1, 0, 91 * 86_400_000])('an expiry %i milliseconds from now is refused (INV-3)', async offset => {
  const { w, clock, id } = await invited()
  const expiresAt = new Date(clock().getTime() + offset).toISOString()
  expect(await resend(w.owner, id, { expiresAt })).toMatchObject({
    __typename: 'InvalidInputError',
    issues: [{ path: ['input', 'expiresAt'] }],
  })
})

test('it takes invitation:read and invitation:create, and viewerCanResend says so beforehand', async () => {
  const { w, invitee, id } = await invited()
  const may = await memberWith(w.acme, ['invitation:read', 'invitation:create'])
  const reader = await memberWith(w.acme, ['invitation:read'])
  const blind = await memberWith(w.acme, ['invitation:create'])
  expect(await seen(may, id, 'viewerCanResend')).toEqual({ viewerCanResend: true })
  expect((await resend(may, id)).__typename).toBe('ResendInvitationPayload')
  expect(await seen(reader, id, 'viewerCanResend')).toEqual({ viewerCanResend: false })
  expect(await reader.refusal('resendInvitation', { invitationId: id })).toBe('FORBIDDEN')
  expect(await seen(invitee, id, 'viewerCanResend')).toEqual({ viewerCanResend: false })
  expect(await invitee.refusal('resendInvitation', { invitationId: id })).toBe('NOT_FOUND')
  expect(await blind.refusal('resendInvitation', { invitationId: id })).toBe('NOT_FOUND')
  expect(await (await w.person()).refusal('resendInvitation', { invitationId: id })).toBe('NOT_FOUND')
})

test.each<[string, (w: World, invitee: Person, id: string) => Promise<unknown>]>([
  ['ACCEPTED', (_, invitee, id) => accept(invitee, id)],
  ['DECLINED', (_, invitee, id) => decline(invitee, id)],
  ['REVOKED', ({ owner }, _, id) => revoke(owner, id)],
])('one that is %s is closed (INV-9)', async (status, end) => {
  const { w, invitee, id } = await invited()
  await end(w, invitee, id)
  const { result, ...journal } = await written(w, () => resend(w.owner, id))
  expect(result).toMatchObject({ __typename: 'InvitationClosedError', status })
  expect(actionsOf(journal)).toEqual(nothing)
  expect(await seen(w.owner, id, 'viewerCanResend')).toEqual({ viewerCanResend: false })
})

test('who gives it another expiry vouches for all that it offers, and must hold it (ROL-3, INV-6)', async () => {
  const { w, clock } = await invited()
  const id = await invite(w.owner, w.acme, 'admin@people.test', { roleIds: [await w.roleId('Admin')] })
  const may = await memberWith(w.acme, ['invitation:read', 'invitation:create'])
  const expiresAt = new Date(clock().getTime() + 2 * 86_400_000).toISOString()
  const before = await seen(w.owner, id, 'expiresAt inviter { displayName }')
  expect((await resend(may, id, { expiresAt })).__typename).toBe('PermissionEscalationError')
  expect(await seen(w.owner, id, 'expiresAt inviter { displayName }')).toEqual(before)
  expect((await resend(may, id, { expiresAt: before?.expiresAt })).__typename).toBe('ResendInvitationPayload')
  expect(await seen(w.owner, id, 'expiresAt inviter { displayName }')).toEqual(before)

  const own = await invite(w.owner, w.acme, 'plain@people.test', { roleIds: [] })
  const { result, audit } = await written(w, () => resend(may, own, { expiresAt }))
  expect(result).toMatchObject({ invitation: { expiresAt } })
  expect(audit).toMatchObject([{ changes: [{ field: 'expiresAt' }, { field: 'inviter' }] }])
  const { viewer } = await may.query('{ viewer { principal { displayName } } }')
  expect(await seen(w.owner, own, 'inviter { displayName }')).toEqual({ inviter: viewer.principal })
})

test('one that is overdue is closed, and no expiry brings it back (INV-9)', async () => {
  const { w, clock, id } = await invited({ INVITATION_DAYS: '1' })
  clock.advance({ days: 1 })
  const owner = await w.person(w.owner.email)
  const expiresAt = new Date(clock().getTime() + 86_400_000).toISOString()
  expect(await resend(owner, id, { expiresAt })).toMatchObject({
    __typename: 'InvitationClosedError',
    status: 'EXPIRED',
  })
})

describe('limits (INV-11)', () => {
  test('an invitation has three mails an hour, and the refusal says when there can be another', async () => {
    const { w, clock, id } = await invited()
    await resend(w.owner, id)
    clock.advance({ minutes: 10 })
    await resend(w.owner, id)
    clock.advance({ minutes: 20 })
    const { result, ...journal } = await written(w, () => refusalOf(w.owner, 'resendInvitation', { invitationId: id }))
    expect(result.extensions).toEqual({
      code: 'RATE_LIMITED',
      retryAfter: 30 * 60,
      retryAt: new Date(clock().getTime() + 30 * 60_000).toISOString(),
    })
    expect(actionsOf(journal)).toEqual(nothing)
    clock.advance({ minutes: 30 })
    expect((await resend(w.owner, id)).__typename).toBe('ResendInvitationPayload')
  })

  test('an address has its limit in all organizations together, however it is spelled', async () => {
    const { w, invitee, id } = await invited({ MAIL_LIMIT_PER_ADDRESS: '3', MAIL_LIMIT_PER_INVITATION: '100' })
    const other = await w.organization(w.owner)
    const there = await invite(w.owner, other, invitee.email.toUpperCase())
    await w.app.sendDueMail()
    expect((await resend(w.owner, there)).__typename).toBe('ResendInvitationPayload')
    // The last one waits yet; it leaves before another would.
    expect(await w.owner.refusal('resendInvitation', { invitationId: id })).toBe('RATE_LIMITED')
    await w.app.sendDueMail()
    for (const one of [id, there])
      expect(await w.owner.refusal('resendInvitation', { invitationId: one })).toBe('RATE_LIMITED')
    const somebody = await invite(w.owner, w.acme, 'somebody@people.test')
    expect((await resend(w.owner, somebody)).__typename).toBe('ResendInvitationPayload')
  })

  test('whoever races stays within it, in one organization and in several', async () => {
    const { w, invitee, id } = await invited({ MAIL_LIMIT_PER_ADDRESS: '3', MAIL_LIMIT_PER_INVITATION: '100' })
    const other = await w.organization(w.owner)
    const there = await invite(w.owner, other, invitee.email)
    await w.app.sendDueMail()
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        w.owner.send('mutation($input: ResendInvitationInput!) { resendInvitation(input: $input) { __typename } }', {
          input: { invitationId: index % 2 === 0 ? id : there },
        }),
      ),
    )
    // Of one of the two: each replaces the mail before it, that had not left.
    expect(outcomes.filter(one => one.errors.length === 0).length).toBe(10)
    expect(new Set(outcomes.flatMap(one => one.errors).map(error => error.extensions.code))).toEqual(
      new Set(['RATE_LIMITED']),
    )
    expect((await mailsTo(w, invitee.email)).length).toBe(3)
  })
})

test('after an acceptance that races, either the link was replaced or the invitation accepted, 25 times over', {
  timeout: 240_000,
}, async () => {
  const w = await world({ isolated: true, env: { MAIL_LIMIT_PER_INVITATION: '100' } })
  for (let round = 0; round < 25; round++) {
    const invitee = await w.person()
    const id = await invite(w.owner, w.acme, invitee.email)
    const input = { invitation: { token: await newestToken(w, invitee.email) } }
    const document = 'mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { __typename } }'
    const [answer, again] = await Promise.all([invitee.send(document, { input }), resend(w.owner, id)])
    const outcome = answer.errors[0]?.extensions.code ?? answer.data?.acceptInvitation.__typename
    expect([
      ['AcceptInvitationPayload', 'InvitationClosedError'],
      ['NOT_FOUND', 'ResendInvitationPayload'],
    ]).toContainEqual([outcome, again.__typename])
  }
})

test('where no mail is configured nothing is sent again, and the invitation stays as it is', async () => {
  const w = await world({ withoutMail: true, isolated: true })
  const id = await invite(w.owner, w.acme, 'ada@people.test')
  const { result, ...journal } = await written(w, () => w.owner.refusal('resendInvitation', { invitationId: id }))
  expect(result).toBe('CONFLICT')
  expect(actionsOf(journal)).toEqual(nothing)
  expect(await seen(w.owner, id, 'viewerCanResend status')).toEqual({ viewerCanResend: false, status: 'PENDING' })
})
