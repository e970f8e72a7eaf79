import { expect, test } from 'vitest'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, nothing, refusedOnly } from '../kit/rows.ts'
import { world } from '../kit/world.ts'
import { accept, invite, revoke, seen, tryToInvite } from './offers.ts'

const both = ['invitation:read', 'invitation:revoke']

test('whoever holds invitation:read and invitation:revoke takes an invitation back, whoever made it', async () => {
  const { owner, acme } = await world()
  const id = await invite(owner, acme, 'ada@people.test')
  const { __typename, invitation } = await revoke(await memberWith(acme, both), id)
  expect({ __typename, ...invitation }).toMatchObject({ __typename: 'RevokeInvitationPayload', id, status: 'REVOKED' })
  expect((await tryToInvite(owner, acme, 'ada@people.test')).__typename).toBe('InviteMemberPayload')
})

test('it is recorded and emitted once (INV-15)', async () => {
  const w = await world()
  const id = await invite(w.owner, w.acme, 'ada@people.test')
  const { audit, outbox } = await written(w, () => revoke(w.owner, id))
  const where = uuidOf(w.acme.id)
  const actor = expect.any(String)
  expect(audit).toEqual([
    { where, action: 'INVITATION_REVOKED', actor, target: 'Invitation ada@people.test', changes: [] },
  ])
  const payload = { organizationId: where, invitationId: uuidOf(id) }
  expect(outbox).toEqual([{ where, type: 'INVITATION_REVOKED', payload }])
})

test('who was invited cannot accept what was taken back', async () => {
  const { owner, acme, person } = await world()
  const invitee = await person()
  const id = await invite(owner, acme, invitee.email)
  await revoke(owner, id)
  expect(await seen(invitee, id)).toBe(null)
  const { viewer } = await invitee.query('{ viewer { invitations { totalCount } memberships { totalCount } } }')
  expect(viewer).toEqual({ invitations: { totalCount: 0 }, memberships: { totalCount: 0 } })
})

test('a member who sees invitations but may not revoke is refused, and told what is missing', async () => {
  const w = await world()
  const member = await memberWith(w.acme, ['invitation:read', 'invitation:create'])
  const id = await invite(member, w.acme, 'ada@people.test', { roleIds: [] })
  const { result, ...journal } = await written(w, () => refusalOf(member, 'revokeInvitation', { invitationId: id }))
  expect(result.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'invitation:revoke' })
  expect(actionsOf(journal)).toEqual(refusedOnly)
})

test('a member who may revoke but not see them, a stranger and another organization find nothing there', async () => {
  const { owner, acme, person, organization, anonymous } = await world()
  const stranger = await person()
  await organization(stranger)
  const input = { invitationId: await invite(owner, acme, 'ada@people.test') }
  const missing = await refusalOf(stranger, 'revokeInvitation', { invitationId: missingId('Invitation') })
  expect(missing.extensions.code).toBe('NOT_FOUND')
  expect(await refusalOf(stranger, 'revokeInvitation', input)).toEqual(missing)
  expect(await refusalOf(await memberWith(acme, ['invitation:revoke']), 'revokeInvitation', input)).toEqual(missing)
  expect(await anonymous().refusal('revokeInvitation', input)).toBe('UNAUTHENTICATED')
})

test('the invited sees the invitation, but cannot take it back', async () => {
  const { owner, acme, person } = await world()
  const invitee = await person()
  const id = await invite(owner, acme, invitee.email)
  expect(await seen(invitee, id, 'viewerCanRevoke')).toEqual({ viewerCanRevoke: false })
  expect(await invitee.refusal('revokeInvitation', { invitationId: id })).toBe('NOT_FOUND')
})

test('nor does being invited stand in for invitation:read', async () => {
  const { owner, acme, operator, person } = await world()
  const invitee = await person()
  const id = await invite(owner, acme, invitee.email)
  const roleIds = [await acme.customRole(['invitation:revoke'])]
  await operator.mutate('addMember', { organizationId: acme.id, userId: await invitee.id(), roleIds })
  expect(await seen(invitee, id, 'viewerCanRevoke')).toEqual({ viewerCanRevoke: false })
  const { extensions } = await refusalOf(invitee, 'revokeInvitation', { invitationId: id })
  expect(extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'invitation:read' })
})

test('an operator with organizations:write revokes anywhere, one who only reads does not', async () => {
  const w = await world()
  const id = await invite(w.owner, w.acme, 'ada@people.test')
  const reader = await operatorWith(w, ['ORGANIZATIONS_READ'])
  expect(await reader.refusal('revokeInvitation', { invitationId: id })).toBe('FORBIDDEN')
  const writer = await operatorWith(w, ['ORGANIZATIONS_WRITE', 'ORGANIZATIONS_READ'])
  expect((await revoke(writer, id)).__typename).toBe('RevokeInvitationPayload')
})

test('nothing is revoked in a deleted organization (ORG-6)', async () => {
  const w = await world()
  const id = await invite(w.owner, w.acme, 'ada@people.test')
  await w.owner.mutate('deleteOrganization', { organizationId: w.acme.id })
  expect(await w.owner.refusal('revokeInvitation', { invitationId: id })).toBe('NOT_FOUND')
  expect(await seen(w.operator, id, 'status viewerCanRevoke')).toEqual({ status: 'PENDING', viewerCanRevoke: false })
  const { result, ...journal } = await written(w, () => w.operator.refusal('revokeInvitation', { invitationId: id }))
  expect(result).toBe('NOT_FOUND')
  expect(actionsOf(journal)).toEqual(nothing)
})

test('an accepted invitation is not revoked, and the member stays (INV-9)', async () => {
  const { owner, acme, person } = await world()
  const invitee = await person()
  const id = await invite(owner, acme, invitee.email)
  await accept(invitee, id)
  expect(await revoke(owner, id)).toMatchObject({ __typename: 'InvitationClosedError', status: 'ACCEPTED' })
})
