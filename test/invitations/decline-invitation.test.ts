import { expect, test } from 'vitest'
import { missingId } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, nothing } from '../kit/rows.ts'
import { world } from '../kit/world.ts'
import { decline, invite, rolesIn, seen, tryToInvite } from './offers.ts'

test('the invited declines, stays outside, and the inviter sees it (INV-7)', async () => {
  const { owner, acme, person } = await world()
  const invitee = await person()
  const id = await invite(owner, acme, invitee.email)
  const { __typename, invitation } = await decline(invitee, id)
  expect({ __typename, ...invitation }).toMatchObject({
    __typename: 'DeclineInvitationPayload',
    status: 'DECLINED',
    acceptedBy: null,
  })
  expect(await rolesIn(invitee, acme)).toBe(null)
  expect(await seen(owner, id)).toMatchObject({ status: 'DECLINED' })
})

test('it is recorded and emitted once (INV-15)', async () => {
  const w = await world()
  const invitee = await w.person('alan.turing@people.test')
  const id = await invite(w.owner, w.acme, invitee.email)
  const { audit, outbox } = await written(w, () => decline(invitee, id))
  const where = uuidOf(w.acme.id)
  expect(audit).toEqual([
    {
      where,
      action: 'INVITATION_DECLINED',
      actor: 'Alan Turing',
      target: 'Invitation alan.turing@people.test',
      changes: [],
    },
  ])
  const payload = { organizationId: where, invitationId: uuidOf(id) }
  expect(outbox).toEqual([{ where, type: 'INVITATION_DECLINED', payload }])
})

test('who declined may be invited again (INV-4)', async () => {
  const { owner, acme, person } = await world()
  const invitee = await person()
  await decline(invitee, await invite(owner, acme, invitee.email))
  expect((await tryToInvite(owner, acme, invitee.email)).__typename).toBe('InviteMemberPayload')
})

test('a member may decline an offer of further roles, and keeps what they have', async () => {
  const { owner, acme, operator, person, roleId } = await world()
  const invitee = await person()
  const id = await invite(owner, acme, invitee.email, { roleIds: [await roleId('Admin')] })
  await operator.mutate('addMember', { organizationId: acme.id, userId: await invitee.id() })
  expect((await decline(invitee, id)).__typename).toBe('DeclineInvitationPayload')
  expect(await rolesIn(invitee, acme)).toEqual(['Member'])
})

test('nobody declines for another: who may see it is told, in part, whom it is for (INV-7)', async () => {
  const w = await world()
  const id = await invite(w.owner, w.acme, 'grace@people.test')
  const { result, ...journal } = await written(w, () => decline(w.owner, id))
  expect(result).toMatchObject({ __typename: 'EmailMismatchError', maskedEmail: 'g***@people.test' })
  expect(actionsOf(journal)).toEqual(nothing)
  expect(await seen(w.owner, id)).toMatchObject({ status: 'PENDING' })
})

test('a stranger, a member without permission and another organization see nothing there', async () => {
  const { owner, acme, person, organization, anonymous } = await world()
  const stranger = await person()
  await organization(stranger)
  const input = { invitation: { id: await invite(owner, acme, 'grace@people.test') } }
  const missing = await refusalOf(stranger, 'declineInvitation', { invitation: { id: missingId('Invitation') } })
  expect(missing.extensions.code).toBe('NOT_FOUND')
  expect(await refusalOf(stranger, 'declineInvitation', input)).toEqual(missing)
  expect(await refusalOf(await acme.member(), 'declineInvitation', input)).toEqual(missing)
  expect(await anonymous().refusal('declineInvitation', input)).toBe('UNAUTHENTICATED')
})
