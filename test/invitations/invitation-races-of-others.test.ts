import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { rounds } from '../kit/rounds.ts'
import { limitSeats } from '../kit/rows.ts'
import { world } from '../kit/world.ts'
import { invite, seen } from './offers.ts'
import { accept, left, outcome, together, traces } from './races.ts'

test('of two invitations of one address at once, one is made and the other shown (INV-4)', async () => {
  const w = await world()
  const admin = await w.acme.member({ roles: ['Admin'] })
  for (const round of rounds) {
    const name = `p${randomUUID()}`
    const input = (email: string) => ({ organizationId: w.acme.id, email })
    const outcomes = await together(
      round,
      () => outcome(w.owner, 'inviteMember', input(`${name}@people.test`)),
      () => outcome(admin, 'inviteMember', input(`${name.toUpperCase()}@PEOPLE.test`)),
    )
    expect(outcomes.sort()).toEqual(['AlreadyInvitedError', 'InviteMemberPayload'])
  }
})

test('an invitation and the membership of its address at once leave no second way in (INV-5, MEM-1)', async () => {
  const w = await world()
  for (const round of rounds) {
    const person = await w.person()
    const userId = await person.id()
    const [invited, added] = await together(
      round,
      () => outcome(w.owner, 'inviteMember', { organizationId: w.acme.id, email: person.email }),
      () => outcome(w.operator, 'addMember', { organizationId: w.acme.id, userId }),
    )
    expect(added).toBe('AddMemberPayload')
    expect(['InviteMemberPayload', 'AlreadyMemberError']).toContain(invited)
  }
})

test('an inviter who is demoted while the invited accepts has made one member, or none (INV-6)', async () => {
  const w = await world()
  const [admin, member] = [await w.roleId('Admin'), await w.roleId('Member')]
  for (const round of rounds) {
    const inviter = await w.acme.member({ roles: ['Admin'] })
    const invitee = await w.person()
    const id = await invite(inviter, w.acme, invitee.email, { roleIds: [admin] })
    const input = { membershipId: inviter.membershipId, roleIds: [member] }
    const [accepted, demoted] = await together(
      round,
      () => accept(invitee, id),
      () => outcome(w.owner, 'replaceMemberRoles', input),
    )
    expect(demoted).toBe('ReplaceMemberRolesPayload')
    const status = accepted === 'AcceptInvitationPayload' ? 'ACCEPTED' : 'REVOKED'
    expect(accepted).toBe(status === 'ACCEPTED' ? 'AcceptInvitationPayload' : 'InvitationClosedError REVOKED')
    expect(await traces(w, id)).toEqual(left(status))
  }
})

test('an inviter who is removed while the invited accepts, too (MEM-4)', async () => {
  const w = await world()
  for (const round of rounds) {
    const inviter = await w.acme.member({ roles: ['Admin'] })
    const invitee = await w.person()
    const id = await invite(inviter, w.acme, invitee.email)
    const removal = { membershipId: inviter.membershipId }
    const [accepted, removed] = await together(
      round,
      () => accept(invitee, id),
      () => outcome(w.owner, 'removeMember', removal),
    )
    expect(removed).toBe('RemoveMemberPayload')
    const status = accepted === 'AcceptInvitationPayload' ? 'ACCEPTED' : 'REVOKED'
    expect(accepted).toBe(status === 'ACCEPTED' ? 'AcceptInvitationPayload' : 'InvitationClosedError REVOKED')
    expect(await traces(w, id)).toEqual(left(status))
  }
})

test('an organization that is deleted while the invited accepts has one more member, or not (ORG-6)', async () => {
  const w = await world()
  for (const round of rounds) {
    const organization = await w.organization(w.operator)
    const invitee = await w.person()
    const id = await invite(w.operator, organization, invitee.email)
    const [accepted, deleted] = await together(
      round,
      () => accept(invitee, id),
      () => outcome(w.operator, 'deleteOrganization', { organizationId: organization.id }),
    )
    expect(deleted).toBe('DeleteOrganizationPayload')
    expect(['AcceptInvitationPayload', 'NOT_FOUND']).toContain(accepted)
    const pending = { status: 'PENDING', members: 0, ended: [], emitted: [] }
    expect(await traces(w, id)).toEqual(accepted === 'NOT_FOUND' ? pending : left('ACCEPTED'))
  }
})

test('the last seat is given once (MEM-3)', async () => {
  const w = await world()
  for (const _ of rounds) {
    const organization = await w.organization(w.operator)
    await limitSeats(w, organization, 2)
    const invitees = await Promise.all([w.person(), w.person(), w.person()])
    const offers = await Promise.all(
      invitees.map(async invitee => ({ invitee, id: await invite(w.operator, organization, invitee.email) })),
    )
    const outcomes = await Promise.all(offers.map(({ invitee, id }) => accept(invitee, id)))
    expect(outcomes.sort()).toEqual(['AcceptInvitationPayload', 'SeatLimitReachedError', 'SeatLimitReachedError'])
    const statuses = await Promise.all(offers.map(async ({ id }) => (await seen(w.operator, id))?.status))
    expect(statuses.sort()).toEqual(['ACCEPTED', 'PENDING', 'PENDING'])
  }
})
