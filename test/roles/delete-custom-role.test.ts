import { expect, test } from 'vitest'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { world } from '../kit/world.ts'
import { escalation, roleNames, roleSeen, rolesHeld } from './template.ts'

const payload = '... on DeleteRolePayload { deletedRoleId }'
const inUse = '... on RoleInUseError { memberCount invitationCount }'
const notAssignable = '... on RoleNotAssignableError { roleIds }'

test('whoever holds role:manage deletes a custom role within what they hold (ROL-3)', async () => {
  const { acme, owner } = await world()
  const roleId = await acme.customRole(['member:read'], { name: 'Desk' })
  const manager = await memberWith(acme, ['role:manage', 'member:read'])
  expect(await manager.mutate('deleteRole', { roleId }, payload)).toMatchObject({ deletedRoleId: roleId })
  expect(await roleNames(owner, acme.id)).not.toContain('Desk')
  expect(await manager.refusal('deleteRole', { roleId })).toBe('NOT_FOUND')
})

test('a member who sees the role but lacks role:manage is refused', async () => {
  const { acme } = await world()
  const roleId = await acme.customRole([])
  const member = await memberWith(acme, ['member:read', 'member:assign-role', 'organization:update'])
  expect(await member.refusal('deleteRole', { roleId })).toBe('FORBIDDEN')
})

test('a custom role of another organization answers like one that does not exist', async () => {
  const { acme, person, organization, anonymous } = await world()
  const stranger = await person()
  await organization(stranger)
  const roleId = await acme.customRole([])
  const text = 'mutation($input: DeleteRoleInput!) { deleteRole(input: $input) { __typename } }'
  const ask = async (id: string) => {
    const { data, errors } = await stranger.send(text, { input: { roleId: id } })
    return { data, errors: errors.map(({ message, extensions }) => ({ message, extensions })) }
  }
  expect(await ask(roleId)).toEqual(await ask(missingId('OrganizationRole')))
  expect(await stranger.refusal('deleteRole', { roleId })).toBe('NOT_FOUND')
  expect(await anonymous().refusal('deleteRole', { roleId })).toBe('UNAUTHENTICATED')
})

test('a role that a member holds or an invitation offers is in use without a replacement (TPL-6)', async () => {
  const { acme, owner } = await world()
  const roleId = await acme.customRole(['member:read'], { name: 'Desk' })
  const member = await acme.member({ roles: ['Desk', 'Member'] })
  await owner.mutate('inviteMember', { organizationId: acme.id, email: 'new@people.test', roleIds: [roleId] })
  const result = await owner.mutate('deleteRole', { roleId }, inUse)
  expect(result).toMatchObject({ __typename: 'RoleInUseError', memberCount: 1, invitationCount: 1 })
  expect((await rolesHeld(owner, member.membershipId)).sort()).toEqual(['Desk', 'Member'])
})

test('a role within what one holds is taken from stronger members, too; one beyond it from nobody (MEM-7, ROL-3)', async () => {
  const { acme, owner } = await world()
  const roleId = await acme.customRole(['member:read'], { name: 'Desk' })
  const strong = await acme.customRole(['audit:read'], { name: 'Auditor' })
  const member = await acme.member({ roles: ['Desk', 'Auditor', 'Admin'] })
  const manager = await memberWith(acme, ['role:manage', 'member:read'])
  const replacementRoleId = await acme.customRole([], { name: 'Nothing' })
  const beyond = await manager.mutate('deleteRole', { roleId: strong, replacementRoleId })
  expect(beyond.__typename).toBe('PermissionEscalationError')
  const result = await manager.mutate('deleteRole', { roleId, replacementRoleId })
  expect(result.__typename).toBe('DeleteRolePayload')
  expect((await rolesHeld(owner, member.membershipId)).sort()).toEqual(['Admin', 'Auditor'])
})

test('a machine that holds the role keeps it in use, and gets a replacement for machines (TPL-6)', async () => {
  const { acme, owner, operator, machine } = await world()
  const roleId = await acme.customRole(['member:read'], { name: 'Reader', kind: 'MACHINE' })
  const replacementRoleId = await acme.customRole([], { name: 'Idle', kind: 'MACHINE' })
  const input = { organizationId: acme.id, applicationId: await (await machine()).id(), roleIds: [roleId] }
  const selection = '... on AddMachineMemberPayload { membership { id } }'
  const { membership } = await operator.mutate('addMachineMember', input, selection)
  expect(await owner.mutate('deleteRole', { roleId }, inUse)).toMatchObject({ memberCount: 1, invitationCount: 0 })
  await owner.mutate('deleteRole', { roleId, replacementRoleId })
  expect(await rolesHeld(owner, membership.id)).toEqual(['Idle'])
})

test('a replacement, custom or of the template, goes to whoever holds or is offered nothing else (TPL-6)', async () => {
  const { acme, owner, roleId } = await world()
  for (const replacementRoleId of [await acme.customRole([], { name: 'Clerk' }), await roleId('Member')]) {
    const desk = await acme.customRole(['member:read'], { name: 'Desk' })
    const [only, several] = [await acme.member({ roles: ['Desk'] }), await acme.member({ roles: ['Desk', 'Admin'] })]
    const invite = { organizationId: acme.id, email: `${desk.slice(-9)}@people.test`, roleIds: [desk] }
    const { invitation } = await owner.mutate(
      'inviteMember',
      invite,
      '... on InviteMemberPayload { invitation { id } }',
    )
    await owner.mutate('deleteRole', { roleId: desk, replacementRoleId })
    const name = (await roleSeen(owner, replacementRoleId))?.name
    expect(await rolesHeld(owner, only.membershipId)).toEqual([name])
    expect(await rolesHeld(owner, several.membershipId)).toEqual(['Admin'])
    const text = 'query($id: ID!) { node(id: $id) { ... on Invitation { roles { name } } } }'
    expect((await owner.query(text, { id: invitation.id })).node.roles).toEqual([{ name }])
  }
})

test('the role of members elsewhere is not touched by a deletion here (TPL-9)', async () => {
  const { acme, owner, person, organization } = await world()
  const stranger = await person()
  const other = await organization(stranger)
  await other.customRole([], { name: 'Desk' })
  const elsewhere = await other.member({ roles: ['Desk'] })
  const roleId = await acme.customRole([], { name: 'Desk' })
  await acme.member({ roles: ['Desk'] })
  await owner.mutate('deleteRole', { roleId, replacementRoleId: await acme.customRole([], { name: 'Clerk' }) })
  expect(await rolesHeld(stranger, elsewhere.membershipId)).toEqual(['Desk'])
})

test('a replacement is another role of here, of the same kind (ROL-2)', async () => {
  const { acme, owner, person, organization } = await world()
  const other = await organization(await person())
  const roleId = await acme.customRole([])
  const wrong = [
    roleId,
    await acme.customRole([], { kind: 'MACHINE' }),
    await other.customRole([]),
    missingId('OrganizationRole'),
  ]
  for (const replacementRoleId of wrong) {
    const result = await owner.mutate('deleteRole', { roleId, replacementRoleId }, notAssignable)
    expect(result).toMatchObject({ __typename: 'RoleNotAssignableError', roleIds: [replacementRoleId] })
  }
  expect(await roleSeen(owner, roleId)).not.toBeNull()
})

test('nobody deletes a role that holds what they lack (ROL-3)', async () => {
  const { acme, owner } = await world()
  const roleId = await acme.customRole(['member:remove', 'member:read'])
  const manager = await memberWith(acme, ['role:manage', 'member:read'])
  const result = await manager.mutate('deleteRole', { roleId }, escalation)
  expect(result).toMatchObject({ __typename: 'PermissionEscalationError', missing: [{ key: 'member:remove' }] })
  expect(await roleSeen(owner, roleId)).not.toBeNull()
})

test('nobody replaces a role by one that holds what they lack (ROL-3)', async () => {
  const { acme, owner, roleId } = await world()
  const weak = await acme.customRole(['member:read'], { name: 'Weak' })
  const member = await acme.member({ roles: ['Weak'] })
  const strong = await acme.customRole(['member:remove', 'member:read'])
  const manager = await memberWith(acme, ['role:manage', 'member:read'])
  for (const replacementRoleId of [strong, await roleId('Admin'), await roleId('Owner')]) {
    const result = await manager.mutate('deleteRole', { roleId: weak, replacementRoleId }, escalation)
    expect(result.__typename).toBe('PermissionEscalationError')
    expect(result.missing).toContainEqual({ key: 'member:remove' })
  }
  expect(await rolesHeld(owner, member.membershipId)).toEqual(['Weak'])
})

test('an operator with template:write alone does not reach custom roles, one with organizations:write does (MGT-1)', async () => {
  const deployment = await world({ isolated: true })
  const roleId = await deployment.acme.customRole(['member:read'])
  const template = await operatorWith(deployment, ['TEMPLATE_WRITE'])
  expect(await template.refusal('deleteRole', { roleId })).toBe('NOT_FOUND')
  const rules = await operatorWith(deployment, ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE'])
  expect((await rules.mutate('deleteRole', { roleId })).__typename).toBe('DeleteRolePayload')
})

test('nothing is deleted in a deleted organization (ORG-6)', async () => {
  const { owner, operator, acme } = await world()
  const roleId = await acme.customRole([])
  await owner.mutate('deleteOrganization', { organizationId: acme.id })
  expect(await owner.refusal('deleteRole', { roleId })).toBe('NOT_FOUND')
  expect(await operator.refusal('deleteRole', { roleId })).toBe('NOT_FOUND')
})
