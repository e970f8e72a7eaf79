import { expect, test } from 'vitest'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, nothing, refusedOnly } from '../kit/rows.ts'
import { world } from '../kit/world.ts'
import { invite, seen, tryToInvite } from './offers.ts'

const day = 86_400_000

test('an invitation offers the default role for seven days when nothing else is said (INV-3, TPL-8)', async () => {
  const { owner, acme, clock } = await world()
  const { __typename, invitation } = await tryToInvite(owner, acme, 'Grace.Hopper@Navy.test')
  expect({ __typename, ...invitation }).toMatchObject({
    __typename: 'InviteMemberPayload',
    email: 'Grace.Hopper@Navy.test',
    status: 'PENDING',
    expiresAt: new Date(clock().getTime() + 7 * day).toISOString(),
    roles: [{ name: 'Member' }],
    inviter: { displayName: expect.any(String) },
    acceptedBy: null,
  })
})

test('it offers the roles that were named, each once, and none when none are (INV-6)', async () => {
  const { owner, acme, roleId } = await world()
  const custom = await acme.customRole(['audit:read'], { name: 'Auditor' })
  const admin = await roleId('Admin')
  const named = await tryToInvite(owner, acme, 'a@people.test', { roleIds: [admin, custom, admin] })
  expect(named.invitation.roles.map((role: { name: string }) => role.name).sort()).toEqual(['Admin', 'Auditor'])
  const none = await tryToInvite(owner, acme, 'b@people.test', { roleIds: [] })
  expect(none.invitation.roles).toEqual([])
})

test('whoever holds invitation:create may invite with what they hold, and nobody else', async () => {
  const { acme, roleId } = await world()
  const custom = await acme.customRole(['invitation:create'], { name: 'Only inviting' })
  const inviter = await acme.member({ roles: ['Only inviting'] })
  expect(await tryToInvite(inviter, acme, 'a@people.test', { roleIds: [custom] })).toMatchObject({
    __typename: 'InviteMemberPayload',
  })
  const beyond = await tryToInvite(inviter, acme, 'b@people.test', { roleIds: [await roleId('Member')] })
  expect(beyond).toMatchObject({ __typename: 'PermissionEscalationError', missing: [{ key: 'member:read' }] })
})

test('a member without invitation:create is refused, and told what is missing', async () => {
  const w = await world()
  const all = ['invitation:read', 'invitation:revoke', 'member:add', 'member:read']
  const member = await memberWith(w.acme, all)
  const input = { organizationId: w.acme.id, email: 'a@people.test', roleIds: [] }
  const { result, ...journal } = await written(w, () => refusalOf(member, 'inviteMember', input))
  expect(result.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'invitation:create' })
  expect(actionsOf(journal)).toEqual(refusedOnly)
})

test('in an organization that is not theirs, nobody invites, and it looks like none at all', async () => {
  const { acme, person, organization, anonymous } = await world()
  const stranger = await person()
  await organization(stranger)
  const foreign = await refusalOf(stranger, 'inviteMember', { organizationId: acme.id, email: 'a@people.test' })
  const missing = await refusalOf(stranger, 'inviteMember', {
    organizationId: missingId('Organization'),
    email: 'a@people.test',
  })
  expect(foreign).toEqual(missing)
  expect(foreign.extensions.code).toBe('NOT_FOUND')
  const input = { organizationId: acme.id, email: 'a@people.test' }
  expect(await anonymous().refusal('inviteMember', input)).toBe('UNAUTHENTICATED')
})

test('an operator with organizations:write invites anywhere, one who only reads does not', async () => {
  const w = await world()
  const writer = await operatorWith(w, ['ORGANIZATIONS_WRITE', 'ORGANIZATIONS_READ'])
  const reader = await operatorWith(w, ['ORGANIZATIONS_READ'])
  const owners = { roleIds: [await w.roleId('Owner')] }
  expect(await tryToInvite(writer, w.acme, 'a@people.test', owners)).toMatchObject({
    __typename: 'InviteMemberPayload',
  })
  const input = { organizationId: w.acme.id, email: 'b@people.test' }
  expect(await reader.refusal('inviteMember', input)).toBe('FORBIDDEN')
})

test('a machine member may invite as well', async () => {
  const { owner, acme, machine, operator } = await world()
  const application = await machine()
  const role = await acme.customRole(['invitation:create', 'invitation:read', 'member:read'], { kind: 'MACHINE' })
  await operator.mutate('addMachineMember', {
    organizationId: acme.id,
    applicationId: await application.id(),
    roleIds: [role],
  })
  const id = await invite(application, acme, 'a@people.test')
  expect(await seen(owner, id)).toMatchObject({ inviter: { displayName: 'Sync' }, roles: [{ name: 'Member' }] })
})

test('an admin cannot invite an owner, who would hold more (ROL-3)', async () => {
  const w = await world()
  const admin = await w.acme.member({ roles: ['Admin'] })
  const terms = { roleIds: [await w.roleId('Member'), await w.roleId('Owner')] }
  const { result, ...journal } = await written(w, () => tryToInvite(admin, w.acme, 'a@people.test', terms))
  expect(result).toMatchObject({ __typename: 'PermissionEscalationError', missing: [{ key: 'organization:delete' }] })
  expect(actionsOf(journal)).toEqual(refusedOnly)
})

test('roles that are unknown, of another organization or for machines are all named, and nothing is offered (INV-6, ROL-2)', async () => {
  const w = await world()
  const other = await w.organization(await w.person())
  const wrong = [await other.customRole([]), await w.roleId('Service'), missingId('OrganizationRole')]
  const terms = { roleIds: [await w.roleId('Member'), ...wrong] }
  const { result, ...journal } = await written(w, () => tryToInvite(w.owner, w.acme, 'a@people.test', terms))
  expect(result.__typename).toBe('RoleNotAssignableError')
  expect([...result.roleIds].sort()).toEqual([...wrong].sort())
  expect(actionsOf(journal)).toEqual(nothing)
})

test('a pending invitation of the address is shown in place of a second one (INV-4)', async () => {
  const w = await world()
  const first = await invite(w.owner, w.acme, 'ada@people.test')
  const { result, ...journal } = await written(w, () => tryToInvite(w.owner, w.acme, 'ADA@people.test'))
  expect(result).toMatchObject({ __typename: 'AlreadyInvitedError', invitation: { id: first } })
  expect(actionsOf(journal)).toEqual(nothing)
})

test('the same address may be invited to two organizations', async () => {
  const { owner, acme, organization } = await world()
  const other = await organization(owner)
  expect(await invite(owner, acme, 'ada@people.test')).not.toBe(await invite(owner, other, 'ada@people.test'))
})

test("a member's verified address is not invited, oneself's neither (INV-5)", async () => {
  const w = await world()
  const member = await w.acme.member()
  const { result, ...journal } = await written(w, () => tryToInvite(w.owner, w.acme, member.email.toUpperCase()))
  expect(result).toMatchObject({ __typename: 'AlreadyMemberError', membership: { id: member.membershipId } })
  expect(actionsOf(journal)).toEqual(nothing)
  const self = await tryToInvite(w.owner, w.acme, w.owner.email)
  expect(self).toMatchObject({ __typename: 'AlreadyMemberError', membership: { id: w.owner.membershipId } })
})

test('who may invite and see nobody is told that the address is taken, and not by whom (INV-4, INV-5, MEM-12)', async () => {
  const w = await world()
  const member = await w.acme.member()
  await invite(w.owner, w.acme, 'ada@people.test')
  const inviter = await memberWith(w.acme, ['invitation:create'])
  expect(await tryToInvite(inviter, w.acme, member.email)).toMatchObject({
    __typename: 'AlreadyMemberError',
    membership: null,
  })
  expect(await tryToInvite(inviter, w.acme, 'ada@people.test')).toMatchObject({
    __typename: 'AlreadyInvitedError',
    invitation: null,
  })
  const reader = await memberWith(w.acme, ['invitation:create', 'invitation:read', 'member:read'])
  expect(await tryToInvite(reader, w.acme, member.email)).toMatchObject({ membership: { id: member.membershipId } })
  expect((await tryToInvite(reader, w.acme, 'ada@people.test')).invitation).not.toBe(null)
})

test('an invitation is recorded and emitted once, with its offer (INV-15)', async () => {
  const w = await world()
  const role = await w.roleId('Member')
  const { result: id, audit, outbox } = await written(w, () => invite(w.owner, w.acme, 'Ada@people.test'))
  const where = uuidOf(w.acme.id)
  const expiresAt = new Date(w.clock().getTime() + 7 * day).toISOString()
  expect(audit).toEqual([
    {
      where,
      action: 'INVITATION_CREATED',
      actor: expect.any(String),
      target: 'Invitation Ada@people.test',
      changes: [
        { field: 'roles', before: null, after: 'Member' },
        { field: 'expiresAt', before: null, after: expiresAt },
      ],
    },
  ])
  const payload = { organizationId: where, invitationId: uuidOf(id), roleIds: [uuidOf(role)] }
  expect(outbox).toEqual([{ where, type: 'INVITATION_CREATED', payload }])
})
