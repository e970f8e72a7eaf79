import { expect, test } from 'vitest'
import { rounds } from '../kit/rounds.ts'
import { world } from '../kit/world.ts'
import { invite, rolesIn, seen } from './offers.ts'
import { accept, outcome, revoke, together } from './races.ts'

test('an invitation that is changed while it is accepted gives what it offered before, or after (INV-8)', async () => {
  const w = await world()
  const roleIds = [await w.roleId('Admin')]
  for (const round of rounds) {
    const invitee = await w.person()
    const id = await invite(w.owner, w.acme, invitee.email)
    const [accepted, updated] = await together(
      round,
      () => accept(invitee, id),
      () => outcome(w.owner, 'updateInvitation', { invitationId: id, roleIds }),
    )
    expect(accepted).toBe('AcceptInvitationPayload')
    const isAfter = updated === 'UpdateInvitationPayload'
    if (!isAfter) expect(updated).toBe('InvitationClosedError')
    expect(await rolesIn(invitee, w.acme)).toEqual([isAfter ? 'Admin' : 'Member'])
  }
})

test('an invitation that is revoked while it is changed stays revoked (INV-9)', async () => {
  const w = await world()
  for (const round of rounds) {
    const id = await invite(w.owner, w.acme, `p${round}@people.test`)
    const [updated, revoked] = await together(
      round,
      () => outcome(w.owner, 'updateInvitation', { invitationId: id, roleIds: [] }),
      () => revoke(w.owner, id),
    )
    expect(revoked).toBe('RevokeInvitationPayload')
    expect(['UpdateInvitationPayload', 'InvitationClosedError']).toContain(updated)
    expect(await seen(w.owner, id)).toMatchObject({ status: 'REVOKED' })
  }
})

test('who is demoted while they raise an offer raises nothing that is accepted later (INV-6, ROL-3)', async () => {
  const w = await world()
  const [admin, member] = [await w.roleId('Admin'), await w.roleId('Member')]
  for (const round of rounds) {
    const updater = await w.acme.member({ roles: ['Admin'] })
    const invitee = await w.person()
    const id = await invite(w.owner, w.acme, invitee.email)
    const [updated] = await together(
      round,
      () => outcome(updater, 'updateInvitation', { invitationId: id, roleIds: [admin] }),
      () => outcome(w.owner, 'replaceMemberRoles', { membershipId: updater.membershipId, roleIds: [member] }),
    )
    const wasRaised = updated === 'UpdateInvitationPayload'
    if (!wasRaised) expect(['FORBIDDEN', 'NOT_FOUND']).toContain(updated)
    expect(await accept(invitee, id)).toBe(wasRaised ? 'InvitationClosedError REVOKED' : 'AcceptInvitationPayload')
  }
})
