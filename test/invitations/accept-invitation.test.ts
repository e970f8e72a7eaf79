import { expect, test } from 'vitest'
import { missingId } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, limitSeats, nothing } from '../kit/rows.ts'
import { world } from '../kit/world.ts'
import { accept, invite, rolesIn, seen } from './offers.ts'

test('the invited accepts and is a member with the roles of the offer (INV-7, INV-8)', async () => {
  const { owner, acme, person, roleId } = await world()
  const invitee = await person()
  const roleIds = [await roleId('Admin'), await acme.customRole(['audit:read'], { name: 'Auditor' })]
  const id = await invite(owner, acme, invitee.email, { roleIds })
  const { __typename, invitation, membership } = await accept(invitee, id)
  expect(__typename).toBe('AcceptInvitationPayload')
  expect(invitation).toMatchObject({ id, status: 'ACCEPTED' })
  expect(invitation.acceptedBy).toEqual(membership.principal)
  expect(membership).toMatchObject({ origin: 'INVITATION', isOwner: false, organization: { id: acme.id } })
  expect(membership.roles.map((role: { name: string }) => role.name).sort()).toEqual(['Admin', 'Auditor'])
})

test('what the roles permit counts on the very next request (ROL-4)', async () => {
  const { owner, acme, person } = await world()
  const invitee = await person()
  const query = 'query($id: ID!) { organization(by: { id: $id }) { name members { totalCount } } }'
  const id = await invite(owner, acme, invitee.email)
  expect((await invitee.query(query, { id: acme.id })).organization).toBe(null)
  await accept(invitee, id)
  expect((await invitee.query(query, { id: acme.id })).organization.members.totalCount).toBe(2)
})

test('an offer without roles makes a member who may do nothing (TPL-8)', async () => {
  const { owner, acme, person } = await world()
  const invitee = await person()
  const { membership } = await accept(invitee, await invite(owner, acme, invitee.email, { roleIds: [] }))
  expect(membership.roles).toEqual([])
  expect(await rolesIn(invitee, acme)).toEqual([])
})

test('an owner may be invited, and is one', async () => {
  const { owner, acme, person, roleId } = await world()
  const invitee = await person()
  const id = await invite(owner, acme, invitee.email, { roleIds: [await roleId('Owner')] })
  expect((await accept(invitee, id)).membership.isOwner).toBe(true)
})

test('acceptance is recorded as one way in among the others, and the invitation once (MEM-3, INV-15)', async () => {
  const w = await world()
  const invitee = await w.person('ada.lovelace@people.test')
  const id = await invite(w.owner, w.acme, invitee.email)
  const { result, audit, outbox } = await written(w, () => accept(invitee, id))
  const where = uuidOf(w.acme.id)
  const actor = 'Ada Lovelace'
  const inviter = (await w.owner.query('{ viewer { principal { displayName } } }')).viewer.principal.displayName
  expect(audit).toEqual([
    {
      where,
      action: 'MEMBER_ADDED',
      actor,
      target: 'Membership Ada Lovelace',
      changes: [
        { field: 'origin', before: null, after: 'INVITATION' },
        { field: 'addedBy', before: null, after: inviter },
        { field: 'roles', before: null, after: 'Member' },
      ],
    },
    { where, action: 'INVITATION_ACCEPTED', actor, target: 'Invitation ada.lovelace@people.test', changes: [] },
  ])
  const membershipId = uuidOf(result.membership.id)
  const principalId = uuidOf(await invitee.id())
  const roleIds = [uuidOf(await w.roleId('Member'))]
  const joined = { organizationId: where, membershipId, principalId, origin: 'INVITATION', roleIds }
  expect(outbox).toEqual([
    { where, type: 'MEMBER_ADDED', payload: joined },
    {
      where,
      type: 'INVITATION_ACCEPTED',
      payload: { organizationId: where, invitationId: uuidOf(id), membershipId },
    },
  ])
})

test('somebody else who may see it is told, in part, whom it is for (INV-7)', async () => {
  const w = await world()
  const id = await invite(w.owner, w.acme, 'grace@people.test')
  const { result, ...journal } = await written(w, () => accept(w.owner, id))
  expect(result).toMatchObject({ __typename: 'EmailMismatchError', maskedEmail: 'g***@people.test' })
  expect(result.message).not.toContain('grace')
  expect(actionsOf(journal)).toEqual(nothing)
})

test('a stranger, a member without permission and another organization see nothing there (INV-7)', async () => {
  const { owner, acme, person, organization, anonymous } = await world()
  const stranger = await person()
  await organization(stranger)
  const input = { invitation: { id: await invite(owner, acme, 'grace@people.test') } }
  const missing = await refusalOf(stranger, 'acceptInvitation', { invitation: { id: missingId('Invitation') } })
  expect(missing.extensions.code).toBe('NOT_FOUND')
  expect(await refusalOf(stranger, 'acceptInvitation', input)).toEqual(missing)
  expect(await refusalOf(await acme.member(), 'acceptInvitation', input)).toEqual(missing)
  expect(await anonymous().refusal('acceptInvitation', input)).toBe('UNAUTHENTICATED')
})

test('a machine accepts nothing', async () => {
  const { owner, acme, machine } = await world()
  const application = await machine()
  const input = { invitation: { id: await invite(owner, acme, 'grace@people.test') } }
  expect(await application.refusal('acceptInvitation', input)).toBe('NOT_FOUND')
})

test('an operator who sees every invitation still accepts only their own (INV-7)', async () => {
  const { owner, acme, operator } = await world()
  const id = await invite(owner, acme, 'grace@people.test')
  expect((await accept(operator, id)).__typename).toBe('EmailMismatchError')
})

test('a full organization takes nobody in, and the invitation stays pending until there is a seat (MEM-3)', async () => {
  const w = await world()
  const invitee = await w.person()
  const id = await invite(w.owner, w.acme, invitee.email)
  await limitSeats(w, w.acme, 1)
  const { result, ...journal } = await written(w, () => accept(invitee, id))
  expect(result).toMatchObject({ __typename: 'SeatLimitReachedError', seatLimit: 1 })
  expect(actionsOf(journal)).toEqual(nothing)
  expect(await seen(w.owner, id)).toMatchObject({ status: 'PENDING', acceptedBy: null })
  await limitSeats(w, w.acme, 2)
  expect((await accept(invitee, id)).__typename).toBe('AcceptInvitationPayload')
})

test('a deleted organization takes nobody in, and the offer is as if it were not there (ORG-6, MEM-3)', async () => {
  const w = await world()
  const invitee = await w.person()
  const id = await invite(w.owner, w.acme, invitee.email)
  await w.owner.mutate('deleteOrganization', { organizationId: w.acme.id })
  const { result, ...journal } = await written(w, () => invitee.refusal('acceptInvitation', { invitation: { id } }))
  expect(result).toBe('NOT_FOUND')
  expect(await seen(invitee, id, 'id organizationName status viewerCanAccept')).toBe(null)
  expect(actionsOf(journal)).toEqual(nothing)
})

test('nor does it give a member the roles of an offer (ORG-6)', async () => {
  const w = await world()
  const member = await w.acme.member()
  const other = await w.person()
  const id = await invite(w.owner, w.acme, other.email, { roleIds: [await w.roleId('Admin')] })
  await w.operator.mutate('addMember', { organizationId: w.acme.id, userId: await other.id() })
  await w.owner.mutate('deleteOrganization', { organizationId: w.acme.id })
  for (const code of [
    other.refusal('acceptInvitation', { invitation: { id } }),
    other.refusal('declineInvitation', { invitation: { id } }),
    member.refusal('acceptInvitation', { invitation: { id } }),
  ])
    expect(await code).toBe('NOT_FOUND')
  expect(await seen(w.operator, id)).toMatchObject({ status: 'PENDING' })
})

test('nor to an operator who was invited, and still sees it (ORG-6)', async () => {
  const w = await world()
  const id = await invite(w.owner, w.acme, w.operator.email)
  await w.owner.mutate('deleteOrganization', { organizationId: w.acme.id })
  expect(await seen(w.operator, id, 'status viewerCanAccept')).toEqual({ status: 'PENDING', viewerCanAccept: false })
  expect(await w.operator.refusal('acceptInvitation', { invitation: { id } })).toBe('NOT_FOUND')
  expect(await w.operator.refusal('declineInvitation', { invitation: { id } })).toBe('NOT_FOUND')
})
