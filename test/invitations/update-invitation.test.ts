import { expect, test } from 'vitest'
import { memberWith } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, nothing, refusedOnly } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'
import { accept, invite, revoke, rolesIn, seen, update } from './offers.ts'

const day = 86_400_000
const inDays = (w: World, days: number) => new Date(w.clock().getTime() + days * day).toISOString()
const names = (roles: { name: string }[]) => roles.map(role => role.name).sort()

test('a pending invitation gets other roles and another expiry, and is accepted as it is then', async () => {
  const w = await world()
  const invitee = await w.person()
  const id = await invite(w.owner, w.acme, invitee.email)
  const custom = await w.acme.customRole(['audit:read'], { name: 'Auditor' })
  const admin = await w.roleId('Admin')
  const result = await update(w.owner, id, { roleIds: [custom, admin, custom], expiresAt: inDays(w, 30) })
  expect(result).toMatchObject({
    __typename: 'UpdateInvitationPayload',
    invitation: { id, status: 'PENDING', expiresAt: inDays(w, 30) },
  })
  expect(names(result.invitation.roles)).toEqual(['Admin', 'Auditor'])
  await accept(invitee, id)
  expect((await rolesIn(invitee, w.acme))?.sort()).toEqual(['Admin', 'Auditor'])
})

test('what the input leaves out stays; null counts as left out, and an empty list of roles is none (ORG-5)', async () => {
  const w = await world()
  const id = await invite(w.owner, w.acme, 'ada@people.test', { expiresAt: inDays(w, 3) })
  await update(w.owner, id, { roleIds: [], expiresAt: null })
  expect(await seen(w.owner, id)).toMatchObject({ roles: [], expiresAt: inDays(w, 3) })
  await update(w.owner, id, { roleIds: [await w.roleId('Admin')] })
  await update(w.owner, id, { roleIds: null, expiresAt: inDays(w, 1) })
  expect(await seen(w.owner, id)).toMatchObject({ roles: [{ name: 'Admin' }], expiresAt: inDays(w, 1) })
})

test('the change is recorded with what was before, and emitted once (INV-15)', async () => {
  const w = await world()
  const id = await invite(w.owner, w.acme, 'Ada@people.test')
  const admin = await w.acme.member({ roles: ['Admin'] })
  const roleIds = [await w.roleId('Admin')]
  const { audit, outbox } = await written(w, () => update(admin, id, { roleIds, expiresAt: inDays(w, 1) }))
  const where = uuidOf(w.acme.id)
  expect(audit).toEqual([
    {
      ...{ where, action: 'INVITATION_UPDATED', actor: expect.any(String), target: 'Invitation Ada@people.test' },
      changes: [
        { field: 'roles', before: 'Member', after: 'Admin' },
        { field: 'expiresAt', before: inDays(w, 7), after: inDays(w, 1) },
        { field: 'inviter', before: expect.any(String), after: expect.any(String) },
      ],
    },
  ])
  const payload = { organizationId: where, invitationId: uuidOf(id), roleIds: roleIds.map(uuidOf) }
  expect(outbox).toEqual([{ where, type: 'INVITATION_UPDATED', payload }])
})

test('a change that changes nothing writes nothing, and makes nobody vouch for it', async () => {
  const w = await world()
  const id = await invite(w.owner, w.acme, 'ada@people.test')
  const admin = await w.acme.member({ roles: ['Admin'] })
  const before = await seen(w.owner, id, 'inviter { id }')
  const terms = { roleIds: [await w.roleId('Member')], expiresAt: inDays(w, 7) }
  const { result, ...journal } = await written(w, () => update(admin, id, terms))
  expect(result.__typename).toBe('UpdateInvitationPayload')
  expect(actionsOf(journal)).toEqual(nothing)
  expect(await seen(w.owner, id, 'inviter { id }')).toEqual(before)
})

test('whoever changes an invitation must hold all that it offers then, not only what is added (ROL-3)', async () => {
  const w = await world()
  const [owner, admin, member] = await Promise.all(['Owner', 'Admin', 'Member'].map(name => w.roleId(name)))
  const id = await invite(w.owner, w.acme, 'ada@people.test', { roleIds: [owner ?? ''] })
  const clerk = await w.acme.member({ roles: ['Admin'] })
  for (const terms of [{ expiresAt: inDays(w, 1) }, { roleIds: [owner ?? '', member ?? ''] }]) {
    const { result, ...journal } = await written(w, () => update(clerk, id, terms))
    expect(result).toMatchObject({
      __typename: 'PermissionEscalationError',
      missing: [{ key: 'organization:delete' }],
    })
    expect(actionsOf(journal)).toEqual(refusedOnly)
  }
  const lowered = await update(clerk, id, { roleIds: [admin ?? ''] })
  expect(lowered).toMatchObject({ invitation: { roles: [{ name: 'Admin' }] } })
})

test('whoever changed it last vouches for it: their rights count at acceptance (INV-6)', async () => {
  const w = await world()
  const [first, second] = [await w.acme.member({ roles: ['Admin'] }), await w.acme.member({ roles: ['Admin'] })]
  const invitee = await w.person()
  const roleIds = [await w.roleId('Admin')]
  const id = await invite(first, w.acme, invitee.email)
  await update(second, id, { roleIds })
  const member = [await w.roleId('Member')]
  await w.owner.mutate('replaceMemberRoles', { membershipId: first.membershipId, roleIds: member })
  await w.owner.mutate('removeMember', { membershipId: first.membershipId })
  expect(await seen(w.owner, id)).toMatchObject({ status: 'PENDING' })
  await w.owner.mutate('replaceMemberRoles', { membershipId: second.membershipId, roleIds: member })
  expect(await accept(invitee, id)).toMatchObject({ __typename: 'InvitationClosedError', status: 'REVOKED' })
})

test('when the one who changed it last is removed, it is revoked (MEM-4)', async () => {
  const w = await world()
  const admin = await w.acme.member({ roles: ['Admin'] })
  const id = await invite(w.owner, w.acme, 'ada@people.test')
  await update(admin, id, { expiresAt: inDays(w, 2) })
  await w.owner.mutate('removeMember', { membershipId: admin.membershipId })
  expect(await seen(w.owner, id)).toMatchObject({ status: 'REVOKED' })
})

test('roles that cannot be offered there are refused with their ids (INV-6, ROL-2)', async () => {
  const w = await world()
  const other = await w.organization(w.owner)
  const wrong = [await w.roleId('Service'), await other.customRole([])]
  const id = await invite(w.owner, w.acme, 'ada@people.test')
  const { result, ...journal } = await written(w, () => update(w.owner, id, { roleIds: wrong }))
  expect(result.__typename).toBe('RoleNotAssignableError')
  expect([...result.roleIds].sort()).toEqual([...wrong].sort())
  expect(actionsOf(journal)).toEqual(nothing)
})

test('the expiry is within the bounds of a new invitation (INV-3)', async () => {
  const w = await world()
  const id = await invite(w.owner, w.acme, 'ada@people.test')
  for (const [days, message] of [
    [0, 'This must be in the future.'],
    [91, 'This must be at most 90 days away.'],
  ] as const)
    expect(await update(w.owner, id, { expiresAt: inDays(w, days) })).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', 'expiresAt'], message }],
    })
})

test('it needs invitation:read and invitation:create; the recipient changes nothing', async () => {
  const w = await world()
  const invitee = await w.person()
  const id = await invite(w.owner, w.acme, invitee.email, { roleIds: [] })
  const terms = { expiresAt: inDays(w, 1) }
  const clerk = await memberWith(w.acme, ['invitation:read', 'invitation:create'])
  expect((await update(clerk, id, terms)).__typename).toBe('UpdateInvitationPayload')
  const reader = await memberWith(w.acme, ['invitation:read', 'invitation:revoke', 'member:add'])
  const input = { invitationId: id, ...terms }
  expect((await refusalOf(reader, 'updateInvitation', input)).extensions).toMatchObject({
    permission: 'invitation:create',
  })
  expect(await invitee.refusal('updateInvitation', input)).toBe('NOT_FOUND')
  expect(await (await memberWith(w.acme, ['invitation:create'])).refusal('updateInvitation', input)).toBe('NOT_FOUND')
  const can = 'viewerCanUpdate'
  expect([await seen(clerk, id, can), await seen(reader, id, can), await seen(invitee, id, can)]).toEqual([
    { viewerCanUpdate: true },
    { viewerCanUpdate: false },
    { viewerCanUpdate: false },
  ])
  await revoke(w.owner, id)
  expect(await seen(clerk, id, can)).toEqual({ viewerCanUpdate: false })
})
