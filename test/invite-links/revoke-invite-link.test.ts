import { expect, test } from 'vitest'
import { memberWith, missingId } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, nothing, refusedOnly } from '../kit/rows.ts'
import { world } from '../kit/world.ts'
import { joinBy, link, revokeLink } from './links.ts'

test('whoever holds invite-link:read and invite-link:revoke closes a link, and who joined by it stays', async () => {
  const w = await world()
  const made = await link(w.owner, w.acme)
  const joiner = await w.person()
  await joinBy(joiner, made)
  const closer = await memberWith(w.acme, ['invite-link:read', 'invite-link:revoke'])
  const { result, audit, outbox } = await written(w, () => revokeLink(closer, made))
  expect(result).toMatchObject({ __typename: 'RevokeInviteLinkPayload', inviteLink: { status: 'REVOKED', uses: 1 } })
  const where = uuidOf(w.acme.id)
  const [action, actor] = ['INVITE_LINK_REVOKED', expect.any(String)]
  expect(audit).toEqual([{ where, action, actor, target: 'InviteLink Team', changes: [] }])
  expect(outbox).toEqual([{ where, type: action, payload: { organizationId: where, inviteLinkId: uuidOf(made.id) } }])
  expect((await joiner.query('{ viewer { memberships { totalCount } } }')).viewer.memberships.totalCount).toBe(1)
})

test('a link that is over is not closed again (LNK-2)', async () => {
  const w = await world()
  const [revoked, usedUp] = [await link(w.owner, w.acme), await link(w.owner, w.acme, { maxUses: 1 })]
  await revokeLink(w.owner, revoked)
  await joinBy(await w.person(), usedUp)
  const { result, ...journal } = await written(w, () =>
    Promise.all([revoked, usedUp].map(one => revokeLink(w.owner, one))),
  )
  expect(result).toMatchObject([
    { __typename: 'InviteLinkClosedError', status: 'REVOKED' },
    { __typename: 'InviteLinkClosedError', status: 'USED_UP' },
  ])
  expect(actionsOf(journal)).toEqual(nothing)
})

test('who sees links but may not close them is refused; who does not see them finds nothing', async () => {
  const w = await world()
  const input = { inviteLinkId: (await link(w.owner, w.acme)).id }
  const reader = await memberWith(w.acme, ['invite-link:read', 'invite-link:create'])
  const { result, ...journal } = await written(w, () => refusalOf(reader, 'revokeInviteLink', input))
  expect(result.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'invite-link:revoke' })
  expect(actionsOf(journal)).toEqual(refusedOnly)
  const stranger = await w.person()
  await w.organization(stranger)
  const missing = await refusalOf(stranger, 'revokeInviteLink', { inviteLinkId: missingId('InviteLink') })
  expect(missing.extensions.code).toBe('NOT_FOUND')
  expect(await refusalOf(stranger, 'revokeInviteLink', input)).toEqual(missing)
  const blind = await memberWith(w.acme, ['invite-link:revoke'])
  expect(await refusalOf(blind, 'revokeInviteLink', input)).toEqual(missing)
  expect(await w.anonymous().refusal('revokeInviteLink', input)).toBe('UNAUTHENTICATED')
})

test('nothing is closed in a deleted organization (ORG-6)', async () => {
  const w = await world()
  const input = { inviteLinkId: (await link(w.owner, w.acme)).id }
  await w.owner.mutate('deleteOrganization', { organizationId: w.acme.id })
  expect(await w.owner.refusal('revokeInviteLink', input)).toBe('NOT_FOUND')
  expect(await w.operator.refusal('revokeInviteLink', input)).toBe('NOT_FOUND')
})
