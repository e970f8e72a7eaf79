import { describe, expect, test } from 'vitest'
import { memberWith, operatorWith } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { actionsOf, limitSeats, nothing } from '../kit/rows.ts'
import { type Member, type World, world } from '../kit/world.ts'
import { accept, decline, invite, rolesIn, seen } from './offers.ts'

const names = (roles: { name: string }[]) => roles.map(role => role.name).sort()

/** A member with these roles invites somebody new with the same roles. */
async function invitedBy(
  w: World,
  roles: string[],
): Promise<{ inviter: Member; invitee: Awaited<ReturnType<World['person']>>; id: string }> {
  const inviter = await w.acme.member({ roles })
  const invitee = await w.person()
  const roleIds = await Promise.all(roles.map(role => w.roleId(role)))
  return { inviter, invitee, id: await invite(inviter, w.acme, invitee.email, { roleIds }) }
}

describe('somebody who became a member meanwhile (INV-8)', () => {
  test('gets the roles of the offer added, and it counts as accepted', async () => {
    const w = await world()
    const invitee = await w.person()
    const roleIds = [await w.roleId('Member'), await w.acme.customRole(['audit:read'], { name: 'Auditor' })]
    const id = await invite(w.owner, w.acme, invitee.email, { roleIds })
    const selection = '... on AddMemberPayload { membership { id } }'
    const input = { organizationId: w.acme.id, userId: await invitee.id() }
    const { membership } = await w.operator.mutate('addMember', input, selection)
    const { result, audit, outbox } = await written(w, () => accept(invitee, id))
    expect(result).toMatchObject({
      invitation: { status: 'ACCEPTED' },
      membership: { id: membership.id, origin: 'OPERATOR' },
    })
    expect(names(result.membership.roles)).toEqual(['Auditor', 'Member'])
    expect(audit.map(({ action, changes }) => ({ action, changes }))).toEqual([
      { action: 'MEMBER_ROLES_CHANGED', changes: [{ field: 'roles', before: null, after: 'Auditor' }] },
      { action: 'INVITATION_ACCEPTED', changes: [] },
    ])
    expect(outbox.map(({ type, payload }) => ({ type, ...payload }))).toMatchObject([
      { type: 'MEMBER_ROLES_CHANGED', addedRoleIds: [uuidOf(roleIds[1] ?? '')], removedRoleIds: [] },
      { type: 'INVITATION_ACCEPTED', membershipId: uuidOf(membership.id) },
    ])
  })

  test('with all the roles of the offer already, changes nothing but the invitation', async () => {
    const w = await world()
    const invitee = await w.person()
    const id = await invite(w.owner, w.acme, invitee.email)
    await w.operator.mutate('addMember', { organizationId: w.acme.id, userId: await invitee.id() })
    const { result, ...journal } = await written(w, () => accept(invitee, id))
    expect(names(result.membership.roles)).toEqual(['Member'])
    expect(actionsOf(journal)).toEqual({ audit: ['INVITATION_ACCEPTED'], outbox: ['INVITATION_ACCEPTED'] })
  })

  test('takes no further seat', async () => {
    const w = await world()
    const invitee = await w.person()
    const id = await invite(w.owner, w.acme, invitee.email, { roleIds: [await w.roleId('Admin')] })
    await w.operator.mutate('addMember', { organizationId: w.acme.id, userId: await invitee.id() })
    await limitSeats(w, w.acme, 2)
    expect((await accept(invitee, id)).__typename).toBe('AcceptInvitationPayload')
  })
})

describe('an offer that its inviter may no longer make (INV-6)', () => {
  test('is revoked at acceptance, and stays so: the inviter was demoted', async () => {
    const w = await world()
    const { inviter, invitee, id } = await invitedBy(w, ['Admin'])
    const replacement = { membershipId: inviter.membershipId, roleIds: [await w.roleId('Member')] }
    await w.owner.mutate('replaceMemberRoles', replacement)
    const { result, audit, outbox } = await written(w, () => accept(invitee, id))
    expect(result).toMatchObject({
      ...{ __typename: 'InvitationClosedError', status: 'REVOKED' },
      message: 'The inviter may no longer make this offer: the invitation is revoked now.',
    })
    expect(audit.map(({ action, changes }) => ({ action, changes }))).toEqual([
      {
        action: 'INVITATION_REVOKED',
        changes: [{ field: 'reason', before: null, after: 'the inviter may no longer make this offer' }],
      },
    ])
    expect(outbox.map(event => event.type)).toEqual(['INVITATION_REVOKED'])
    expect(await seen(w.owner, id)).toMatchObject({ status: 'REVOKED', acceptedBy: null })
    expect(await rolesIn(invitee, w.acme)).toBe(null)
  })

  test('is not made good by the inviter getting the role back later', async () => {
    const w = await world()
    const { inviter, invitee, id } = await invitedBy(w, ['Admin'])
    const input = (role: string) => ({ membershipId: inviter.membershipId, roleIds: [role] })
    await w.owner.mutate('replaceMemberRoles', input(await w.roleId('Member')))
    await accept(invitee, id)
    await w.owner.mutate('replaceMemberRoles', input(await w.roleId('Admin')))
    expect(await seen(w.owner, id)).toMatchObject({ status: 'REVOKED' })
    expect(await rolesIn(invitee, w.acme)).toBe(null)
  })

  test('gives nothing to one who became a member meanwhile either', async () => {
    const w = await world()
    const { inviter, invitee, id } = await invitedBy(w, ['Admin'])
    await w.operator.mutate('addMember', { organizationId: w.acme.id, userId: await invitee.id() })
    await w.owner.mutate('replaceMemberRoles', { membershipId: inviter.membershipId, roleIds: [] })
    expect((await accept(invitee, id)).status).toBe('REVOKED')
    expect(await rolesIn(invitee, w.acme)).toEqual(['Member'])
  })

  test('may still be declined', async () => {
    const w = await world()
    const { inviter, invitee, id } = await invitedBy(w, ['Admin'])
    await w.owner.mutate('replaceMemberRoles', { membershipId: inviter.membershipId, roleIds: [] })
    expect((await decline(invitee, id)).__typename).toBe('DeclineInvitationPayload')
  })

  test('is the one of an operator whose management permission was taken away', async () => {
    const w = await world()
    const [operator, invitee] = [await operatorWith(w, ['ORGANIZATIONS_WRITE', 'ORGANIZATIONS_READ']), await w.person()]
    const id = await invite(operator, w.acme, invitee.email, { roleIds: [await w.roleId('Owner')] })
    await w.operator.mutate('setManagementPermissions', { principalId: await operator.id(), permissions: [] })
    expect((await accept(invitee, id)).status).toBe('REVOKED')
  })

  test('is also that of a role that now permits more than the inviter holds', async () => {
    const w = await world({ isolated: true })
    await w.acme.customRole(['invitation:create', 'member:read'], { name: 'Recruiter' })
    const inviter = await w.acme.member({ roles: ['Recruiter'] })
    const offered = await w.acme.customRole(['member:read'], { name: 'Reader' })
    const invitee = await w.person()
    const id = await invite(inviter, w.acme, invitee.email, { roleIds: [offered] })
    await w.owner.mutate('updateRole', { roleId: offered, permissionIds: [await w.permissionId('audit:read')] })
    expect((await accept(invitee, id)).status).toBe('REVOKED')
  })

  test('is one without roles, of an inviter who may invite nobody any more', async () => {
    const w = await world()
    const [inviter, invitee] = [await memberWith(w.acme, ['invitation:create']), await w.person()]
    const id = await invite(inviter, w.acme, invitee.email, { roleIds: [] })
    await w.owner.mutate('replaceMemberRoles', {
      membershipId: inviter.membershipId,
      roleIds: [await w.roleId('Member')],
    })
    expect(await accept(invitee, id)).toMatchObject({ __typename: 'InvitationClosedError', status: 'REVOKED' })
    expect(await rolesIn(invitee, w.acme)).toBe(null)
  })

  test('is one whose roles the inviter holds, but who may invite nobody any more', async () => {
    const w = await world()
    const [inviter, invitee] = [await memberWith(w.acme, ['invitation:create', 'member:read']), await w.person()]
    const id = await invite(inviter, w.acme, invitee.email)
    await w.owner.mutate('replaceMemberRoles', {
      membershipId: inviter.membershipId,
      roleIds: [await w.roleId('Member')],
    })
    expect((await accept(invitee, id)).status).toBe('REVOKED')
  })

  test('is one without roles, of an operator whose management permission was taken away', async () => {
    const w = await world()
    const [operator, invitee] = [await operatorWith(w, ['ORGANIZATIONS_WRITE', 'ORGANIZATIONS_READ']), await w.person()]
    const id = await invite(operator, w.acme, invitee.email, { roleIds: [] })
    await w.operator.mutate('setManagementPermissions', { principalId: await operator.id(), permissions: [] })
    expect((await accept(invitee, id)).status).toBe('REVOKED')
  })

  test('is not the one of an inviter who is an owner by now', async () => {
    const w = await world()
    const { inviter, invitee, id } = await invitedBy(w, ['Admin'])
    await w.owner.mutate('replaceMemberRoles', {
      membershipId: inviter.membershipId,
      roleIds: [await w.roleId('Owner')],
    })
    expect((await accept(invitee, id)).__typename).toBe('AcceptInvitationPayload')
  })
})

describe('a role of the offer that is deleted before acceptance (INV-6, TPL-6)', () => {
  test('is dropped, and the others are given', async () => {
    const w = await world()
    const invitee = await w.person()
    const [kept, gone, other] = [
      await w.roleId('Member'),
      await w.acme.customRole([], { name: 'Gone' }),
      await w.acme.customRole([]),
    ]
    const id = await invite(w.owner, w.acme, invitee.email, { roleIds: [kept, gone] })
    await w.owner.mutate('deleteRole', { roleId: gone, replacementRoleId: other })
    expect((await seen(invitee, id))?.roles).toEqual([{ name: 'Member' }])
    expect((await accept(invitee, id)).membership.roles).toEqual([{ name: 'Member' }])
  })

  test('gives way to its replacement when it was the only one', async () => {
    const w = await world()
    const invitee = await w.person()
    const [gone, other] = [await w.acme.customRole([]), await w.acme.customRole([], { name: 'Successor' })]
    const id = await invite(w.owner, w.acme, invitee.email, { roleIds: [gone] })
    const selection = '... on RoleInUseError { invitationCount memberCount }'
    const used = await w.owner.mutate('deleteRole', { roleId: gone }, selection)
    expect(used).toMatchObject({ __typename: 'RoleInUseError', invitationCount: 1, memberCount: 0 })
    await w.owner.mutate('deleteRole', { roleId: gone, replacementRoleId: other })
    expect((await accept(invitee, id)).membership.roles).toEqual([{ name: 'Successor' }])
  })
})

test('nothing is written when somebody tries whom it is not for', async () => {
  const w = await world()
  const { id } = await invitedBy(w, ['Admin'])
  const stranger = await w.person()
  const { audit, outbox } = await written(w, () => stranger.refusal('acceptInvitation', { invitation: { id } }))
  expect(actionsOf({ audit, outbox })).toEqual(nothing)
})
