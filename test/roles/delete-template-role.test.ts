import { expect, test } from 'vitest'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { world } from '../kit/world.ts'
import { createRole, invalid, pathsOf, roleNames, roleSeen, rolesHeld } from './template.ts'

const payload = '... on DeleteRolePayload { deletedRoleId }'
const inUse = '... on RoleInUseError { memberCount invitationCount }'
const notAssignable = '... on RoleNotAssignableError { roleIds }'

test('a role that nobody holds is deleted, in every organization at once (TPL-1)', async () => {
  const { operator, owner, acme } = await world({ isolated: true })
  const roleId = await createRole(operator, 'Auditor')
  const result = await operator.mutate('deleteRole', { roleId }, payload)
  expect(result).toEqual({ __typename: 'DeleteRolePayload', deletedRoleId: roleId })
  expect(await roleNames(owner, acme.id)).not.toContain('Auditor')
  expect(await roleSeen(operator, roleId)).toBeNull()
  expect(await operator.refusal('deleteRole', { roleId })).toBe('NOT_FOUND')
})

test('the name of a deleted role is free again (TPL-3)', async () => {
  const { operator } = await world({ isolated: true })
  await operator.mutate('deleteRole', { roleId: await createRole(operator, 'Auditor') })
  expect(await createRole(operator, 'auditor')).toBeTypeOf('string')
})

test('a role that members hold, in any organization, is in use without a replacement (TPL-6)', async () => {
  const { operator, owner, acme, person, organization } = await world({ isolated: true })
  const roleId = await createRole(operator, 'Auditor')
  const other = await organization(await person())
  const here = await acme.member({ roles: ['Auditor'] })
  await acme.member({ roles: ['Auditor', 'Member'] })
  await other.member({ roles: ['Auditor'] })
  const result = await operator.mutate('deleteRole', { roleId }, inUse)
  expect(result).toMatchObject({ __typename: 'RoleInUseError', memberCount: 3, invitationCount: 0 })
  expect(await rolesHeld(owner, here.membershipId)).toEqual(['Auditor'])
})

test('a pending invitation keeps a role in use; one that was revoked does not (TPL-6)', async () => {
  const { operator, owner, acme } = await world({ isolated: true })
  const roleId = await createRole(operator, 'Auditor')
  const invite = async (email: string) => {
    const input = { organizationId: acme.id, email, roleIds: [roleId] }
    return (await owner.mutate('inviteMember', input, '... on InviteMemberPayload { invitation { id } }')).invitation.id
  }
  await owner.mutate('revokeInvitation', { invitationId: await invite('revoked@people.test') })
  await invite('pending@people.test')
  const result = await operator.mutate('deleteRole', { roleId }, inUse)
  expect(result).toMatchObject({ __typename: 'RoleInUseError', memberCount: 0, invitationCount: 1 })
})

test('a deleted organization, which can be restored, keeps a role in use (ORG-6)', async () => {
  const { operator, owner, acme } = await world({ isolated: true })
  const roleId = await createRole(operator, 'Auditor')
  const { membershipId } = await acme.member({ roles: ['Auditor'] })
  await owner.mutate('deleteOrganization', { organizationId: acme.id })
  expect(await operator.mutate('deleteRole', { roleId }, inUse)).toMatchObject({ memberCount: 1 })
  await operator.mutate('deleteRole', { roleId, replacementRoleId: await createRole(operator, 'Clerk') })
  expect(await rolesHeld(operator, membershipId)).toEqual(['Clerk'])
})

test('an overdue invitation does not keep a role in use, and loses it (TPL-6)', async () => {
  const { operator, owner, acme, clock } = await world({ isolated: true })
  const roleId = await createRole(operator, 'Auditor')
  const expiresAt = new Date(clock().getTime() + 60_000).toISOString()
  const input = { organizationId: acme.id, email: 'late@people.test', roleIds: [roleId], expiresAt }
  const selection = '... on InviteMemberPayload { invitation { id } }'
  const { invitation } = await owner.mutate('inviteMember', input, selection)
  clock.advance({ minutes: 2 })
  expect((await operator.mutate('deleteRole', { roleId })).__typename).toBe('DeleteRolePayload')
  const text = 'query($id: ID!) { node(id: $id) { ... on Invitation { status roles { name } } } }'
  expect((await owner.query(text, { id: invitation.id })).node).toEqual({ status: 'EXPIRED', roles: [] })
})

test('a replacement goes to members who hold nothing else, in every organization; others keep the rest (TPL-6)', async () => {
  const { operator, owner, acme, person, organization } = await world({ isolated: true })
  const roleId = await createRole(operator, 'Auditor')
  await createRole(operator, 'Inspector')
  const stranger = await person()
  const other = await organization(stranger)
  const [only, several] = [
    await acme.member({ roles: ['Auditor'] }),
    await acme.member({ roles: ['Auditor', 'Member'] }),
  ]
  const elsewhere = await other.member({ roles: ['Auditor'] })
  const replacementRoleId = await createRole(operator, 'Clerk')
  const result = await operator.mutate('deleteRole', { roleId, replacementRoleId }, payload)
  expect(result.deletedRoleId).toBe(roleId)
  expect(await rolesHeld(owner, only.membershipId)).toEqual(['Clerk'])
  expect(await rolesHeld(owner, several.membershipId)).toEqual(['Member'])
  expect(await rolesHeld(stranger, elsewhere.membershipId)).toEqual(['Clerk'])
})

test('a replacement goes to invitations that offer nothing else (TPL-6)', async () => {
  const { operator, owner, acme, roleId, person } = await world({ isolated: true })
  const auditor = await createRole(operator, 'Auditor')
  const invited = await person()
  const selection = '... on InviteMemberPayload { invitation { id } }'
  const first = { organizationId: acme.id, email: invited.email, roleIds: [auditor] }
  const { invitation } = await owner.mutate('inviteMember', first, selection)
  const second = { ...first, email: 'two@people.test', roleIds: [auditor, await roleId('Member')] }
  const both = await owner.mutate('inviteMember', second, selection)
  await operator.mutate('deleteRole', { roleId: auditor, replacementRoleId: await createRole(operator, 'Clerk') })
  const text = 'query($id: ID!) { node(id: $id) { ... on Invitation { roles { name } } } }'
  expect((await owner.query(text, { id: both.invitation.id })).node.roles).toEqual([{ name: 'Member' }])
  const accepted = await invited.mutate(
    'acceptInvitation',
    { invitation: { id: invitation.id } },
    '... on AcceptInvitationPayload { membership { roles { name } } }',
  )
  expect(accepted.membership.roles).toEqual([{ name: 'Clerk' }])
})

test('the default role cannot be deleted until another is the default (TPL-8)', async () => {
  const { operator, roleId } = await world({ isolated: true })
  const input = { roleId: await roleId('Member'), replacementRoleId: await createRole(operator, 'Clerk') }
  const result = await operator.mutate('deleteRole', input, invalid)
  expect(result.__typename).toBe('InvalidInputError')
  expect(pathsOf(result)).toEqual(['input.roleId'])
  await operator.mutate('updateOrganizationTemplate', { defaultRoleId: null })
  expect((await operator.mutate('deleteRole', input)).__typename).toBe('DeleteRolePayload')
})

test('a replacement is another role of the template and of the same kind (ROL-2)', async () => {
  const { operator, acme, roleId } = await world({ isolated: true })
  const auditor = await createRole(operator, 'Auditor')
  await acme.member({ roles: ['Auditor'] })
  const wrong = [
    auditor,
    await roleId('Service'),
    await acme.customRole(['member:read']),
    missingId('OrganizationRole'),
  ]
  for (const replacementRoleId of wrong) {
    const result = await operator.mutate('deleteRole', { roleId: auditor, replacementRoleId }, notAssignable)
    expect(result).toMatchObject({ __typename: 'RoleNotAssignableError', roleIds: [replacementRoleId] })
  }
  expect(await roleSeen(operator, auditor)).not.toBeNull()
})

test('the replacement is checked even where nobody holds the role (ROL-2)', async () => {
  const { operator, roleId } = await world({ isolated: true })
  const auditor = await createRole(operator, 'Auditor')
  const input = { roleId: auditor, replacementRoleId: await roleId('Service') }
  expect((await operator.mutate('deleteRole', input)).__typename).toBe('RoleNotAssignableError')
  expect(await roleSeen(operator, auditor)).not.toBeNull()
})

test('only operators with template:write delete a template role (MGT-2)', async () => {
  const deployment = await world({ isolated: true })
  const { operator, owner, acme, person, anonymous } = deployment
  const input = { roleId: await createRole(operator, 'Auditor') }
  const others = ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE', 'USERS_READ', 'APPLICATIONS_WRITE', 'AUDIT_READ']
  const refused = [
    owner,
    await memberWith(acme, ['role:manage']),
    await person(),
    await operatorWith(deployment, others),
  ]
  for (const client of refused) expect(await client.refusal('deleteRole', input)).toBe('FORBIDDEN')
  expect(await anonymous().refusal('deleteRole', input)).toBe('UNAUTHENTICATED')
  const allowed = await operatorWith(deployment, ['TEMPLATE_WRITE'])
  expect((await allowed.mutate('deleteRole', input)).__typename).toBe('DeleteRolePayload')
})

test('bad input is BAD_USER_INPUT', async () => {
  const { operator, acme, permissionId } = await world({ isolated: true })
  const roleId = await createRole(operator, 'Auditor')
  const wrong = [{}, { roleId: acme.id }, { roleId, replacementRoleId: await permissionId('audit:read') }]
  for (const input of wrong) expect(await operator.refusal('deleteRole', input)).toBe('BAD_USER_INPUT')
})
