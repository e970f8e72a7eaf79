import { expect, test } from 'vitest'
import { joinBy, link } from '../invite-links/links.ts'
import type { Client, Loose } from '../kit/client.ts'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { actionsOf, nothing, seedMembers, sql } from '../kit/rows.ts'
import { withClient } from '../kit/server.ts'
import { world } from '../kit/world.ts'
import { previewOf } from './previews.ts'
import { createRole, keysOf } from './template.ts'

const refusalOf = async (by: Client, variables: object) => (await previewOf(by, variables))?.refusal?.resultType ?? null
const codeOf = async (by: Client, roleId: string) => {
  const query = 'query($roleId: ID!) { previewRoleChange(roleId: $roleId, permissionIds: []) { memberCount } }'
  return (await by.send(query, { roleId })).errors[0]?.extensions.code
}

test('an operator who changes the template but sees no organization is told how many, and not who (MGT-2)', async () => {
  const deployment = await world({ isolated: true })
  const { acme, operator, permissionId } = deployment
  const roleId = await createRole(operator, 'Auditor')
  await acme.member({ roles: ['Auditor'] })
  const asked = { roleId, permissionIds: [await permissionId('audit:read')] }
  const blind = await previewOf(await operatorWith(deployment, ['TEMPLATE_WRITE']), asked)
  expect(blind).toMatchObject({ memberCount: 1, organizationCount: 1, holderCount: 1, members: null })
  const seeing = await operatorWith(deployment, ['TEMPLATE_WRITE', 'ORGANIZATIONS_READ'])
  expect((await previewOf(seeing, asked))?.members).toHaveLength(1)
})

test('a role of the template is previewed by who may change it, and by nobody else (MGT-2)', async () => {
  const deployment = await world({ isolated: true })
  const { acme, operator, owner, person, anonymous } = deployment
  const roleId = await createRole(operator, 'Auditor')
  const others = ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE', 'USERS_READ', 'AUDIT_READ']
  for (const by of [
    owner,
    await memberWith(acme, ['role:manage']),
    await person(),
    await operatorWith(deployment, others),
  ])
    expect(await codeOf(by, roleId)).toBe('FORBIDDEN')
  expect(await codeOf(anonymous(), roleId)).toBe('UNAUTHENTICATED')
})

test('a custom role is previewed with role:manage, its members with member:read; elsewhere it does not exist (TPL-9)', async () => {
  const { acme, operator, owner, organization, person, permissionId } = await world()
  const roleId = await acme.customRole(['member:read'], { name: 'Reader' })
  await acme.member({ roles: ['Reader'] })
  const asked = { roleId, permissionIds: [] }
  for (const by of [owner, operator, await memberWith(acme, ['role:manage', 'member:read'])])
    expect(await previewOf(by, asked)).toMatchObject({ memberCount: 1, members: [{ loses: [{ key: 'member:read' }] }] })
  expect(await previewOf(await memberWith(acme, ['role:manage']), asked)).toMatchObject({
    memberCount: 1,
    members: null,
  })
  expect(await codeOf(await memberWith(acme, ['member:read']), roleId)).toBe('FORBIDDEN')
  const stranger = await organization(await person())
  for (const by of [await person(), await stranger.member({ roles: ['Owner'] })])
    for (const id of [roleId, missingId('OrganizationRole')])
      expect(await previewOf(by, { roleId: id, permissionIds: [await permissionId('member:read')] })).toBeNull()
})

test('a preview says what the mutation would answer, and changes nothing', async () => {
  const w = await world({ isolated: true })
  const { acme, operator, owner, roleId, permissionId } = w
  const auditor = await createRole(operator, 'Auditor')
  await acme.member({ roles: ['Auditor'] })
  const strong = await acme.customRole(['audit:read'])
  const manager = await memberWith(acme, ['role:manage', 'member:read'])
  const { result, ...journal } = await written(w, async () => [
    await refusalOf(operator, { roleId: auditor, permissionIds: [missingId('Permission')] }),
    await refusalOf(operator, { roleId: await roleId('Owner'), permissionIds: [] }),
    await refusalOf(manager, { roleId: strong, permissionIds: [] }),
    await refusalOf(operator, { roleId: auditor }),
    await refusalOf(operator, { roleId: await roleId('Member'), replacementRoleId: auditor }),
    await refusalOf(operator, { roleId: auditor, replacementRoleId: await roleId('Service') }),
    await refusalOf(owner, { roleId: strong, replacementRoleId: auditor }),
    await refusalOf(operator, { roleId: auditor, permissionIds: [await permissionId('audit:read')] }),
  ])
  expect(result).toEqual([
    ...['InvalidInputError', 'InvalidInputError', 'PermissionEscalationError', 'RoleInUseError', 'InvalidInputError'],
    ...['RoleNotAssignableError', null, null],
  ])
  expect(actionsOf(journal)).toEqual(nothing)
})

test('pending invitations that offer the role are counted; those that are not pending are not', async () => {
  const { acme, operator, owner } = await world({ isolated: true })
  const roleId = await createRole(operator, 'Auditor')
  const invite = async (email: string) => {
    const input = { organizationId: acme.id, email, roleIds: [roleId] }
    return (await owner.mutate('inviteMember', input, '... on InviteMemberPayload { invitation { id } }')).invitation.id
  }
  await owner.mutate('revokeInvitation', { invitationId: await invite('revoked@people.test') })
  await invite('pending@people.test')
  const blind = { invitationCount: 1, holderCount: 0, refusal: { resultType: 'RoleInUseError' } }
  expect(await previewOf(operator, { roleId })).toMatchObject(blind)
})

test('an active link keeps a role in use and gets its replacement; a revoked one does neither (TPL-6)', async () => {
  const { acme, operator, owner, person } = await world({ isolated: true })
  const [roleId, replacementRoleId] = [await createRole(operator, 'Auditor'), await createRole(operator, 'Clerk')]
  const revoked = await link(owner, acme, { roleIds: [roleId] })
  await owner.mutate('revokeInviteLink', { inviteLinkId: revoked.id })
  expect(await previewOf(operator, { roleId })).toMatchObject({ inviteLinkCount: 0, refusal: null })
  const active = await link(owner, acme, { roleIds: [roleId] })
  expect(await previewOf(operator, { roleId })).toMatchObject({ inviteLinkCount: 1 })
  const selection = '... on RoleInUseError { memberCount invitationCount inviteLinkCount }'
  expect(await operator.mutate('deleteRole', { roleId }, selection)).toMatchObject({
    ...{ __typename: 'RoleInUseError', memberCount: 0, invitationCount: 0, inviteLinkCount: 1 },
  })
  await operator.mutate('deleteRole', { roleId, replacementRoleId })
  expect((await joinBy(await person(), active)).membership.roles).toEqual([{ name: 'Clerk' }])
})

test('a role is changed and deleted as previewed, or not at all where it has changed since', async () => {
  const { operator, permissionId } = await world({ isolated: true })
  const [read, audit] = [await permissionId('member:read'), await permissionId('audit:read')]
  const [roleId, replacementRoleId] = [await createRole(operator, 'Auditor'), await createRole(operator, 'Clerk')]
  const selection = '... on RoleChangedError { role { permissions { key } } }'
  const stale = (await previewOf(operator, { roleId, permissionIds: [read] }))?.fingerprint
  const asPreviewed = { roleId, permissionIds: [read], expectedFingerprint: stale }
  expect((await operator.mutate('updateRole', asPreviewed)).__typename).toBe('UpdateRolePayload')
  const again = { ...asPreviewed, permissionIds: [audit] }
  expect(await operator.mutate('updateRole', again, selection)).toMatchObject({
    ...{ __typename: 'RoleChangedError', role: { permissions: [{ key: 'member:read' }] } },
  })
  expect(await keysOf(operator, roleId)).toEqual(['member:read'])
  const deletion = { roleId, replacementRoleId }
  const seen = (await previewOf(operator, deletion))?.fingerprint
  await operator.mutate('updateRole', { roleId: replacementRoleId, permissionIds: [audit] })
  const outdated = await operator.mutate('deleteRole', { ...deletion, expectedFingerprint: seen })
  expect(outdated.__typename).toBe('RoleChangedError')
  const fresh = (await previewOf(operator, deletion))?.fingerprint
  const deleted = await operator.mutate('deleteRole', { ...deletion, expectedFingerprint: fresh })
  expect(deleted.__typename).toBe('DeleteRolePayload')
})

test('a role in use says who holds it: the first 20 whom the viewer may see (TPL-6)', async () => {
  const deployment = await world({ isolated: true })
  const { acme, operator } = deployment
  const roleId = await createRole(operator, 'Auditor')
  const members = Array.from({ length: 25 }, (_, index) => ({ name: `Member ${index}` }))
  await seedMembers(deployment, acme, members)
  await sql(
    deployment,
    `insert into membership_role (organization_id, membership_id, kind, template_role_id, assigned_at)
     select organization_id, id, kind, $1, now() from membership where origin = 'ADMIN'`,
    [uuidOf(roleId)],
  )
  const selection = '... on RoleInUseError { memberCount memberships { id roles { name } } }'
  const result = await operator.mutate('deleteRole', { roleId }, selection)
  expect([result.memberCount, result.memberships.length]).toEqual([25, 20])
  expect(result.memberships.every((one: Loose) => one.roles[0].name === 'Auditor')).toBe(true)
  const blind = await (await operatorWith(deployment, ['TEMPLATE_WRITE'])).mutate('deleteRole', { roleId }, selection)
  expect(blind).toMatchObject({ memberCount: 25, memberships: [] })
})

test('a custom role in use says who holds it to who may see them (TPL-6)', async () => {
  const { acme, owner } = await world()
  const roleId = await acme.customRole([], { name: 'Idle' })
  const { membershipId } = await acme.member({ roles: ['Idle'] })
  const selection = '... on RoleInUseError { memberships { id } }'
  expect((await owner.mutate('deleteRole', { roleId }, selection)).memberships).toEqual([{ id: membershipId }])
  const manager = await memberWith(acme, ['role:manage'])
  expect((await manager.mutate('deleteRole', { roleId }, selection)).memberships).toEqual([])
})

test('the functions behind a preview count nothing for one who may not know (the second wall)', async () => {
  const { acme, operator, databaseUrl, permissionId } = await world({ isolated: true })
  const roleId = await createRole(operator, 'Auditor')
  await acme.member({ roles: ['Auditor'] })
  const given = [uuidOf(await permissionId('audit:read'))]
  const rows = await withClient(databaseUrl, async client => {
    await client.query('begin; set local role tenantry_app')
    const counted = await client.query('select members from tenantry_role_preview($1, null, $2, $3, $2, $3)', [
      ...[uuidOf(roleId), given, []],
    ])
    const used = await client.query('select members from tenantry_role_use($1, null, now())', [uuidOf(roleId)])
    return [...counted.rows, ...used.rows]
  })
  expect(rows).toEqual([{ members: 0 }])
})

test('a preview costs the same statements, however many it concerns', async () => {
  const w = await world({ isolated: true })
  const { acme, operator, statements, permissionId } = w
  const roleId = await createRole(operator, 'Auditor')
  const permissionIds = [await permissionId('audit:read')]
  const counts: number[] = []
  for (const more of [1, 20]) {
    for (let count = 0; count < more; count++) await acme.member({ roles: ['Auditor'] })
    statements.splice(0)
    const query = `query($roleId: ID!, $permissionIds: [ID!]!) { previewRoleChange(roleId: $roleId, permissionIds: $permissionIds) {
      memberCount members(first: 100) { nodes { membership { principal { displayName } } gains { key } } } } }`
    const data = await operator.query(query, { roleId, permissionIds })
    expect(data.previewRoleChange.members.nodes).toHaveLength(data.previewRoleChange.memberCount)
    counts.push(statements.length)
  }
  expect(counts).toEqual([5, 5])
})

test('bad input is BAD_USER_INPUT', async () => {
  const { acme, operator } = await world()
  const roleId = await acme.customRole([])
  const many = Array.from({ length: 501 }, () => missingId('Permission'))
  const query = `query($roleId: ID!, $permissionIds: [ID!]!, $first: Int) {
    previewRoleChange(roleId: $roleId, permissionIds: $permissionIds) { members(first: $first) { totalCount } } }`
  for (const variables of [
    { roleId: acme.id, permissionIds: [] },
    { roleId, permissionIds: [acme.id] },
    { roleId, permissionIds: many },
    { roleId, permissionIds: [], first: 101 },
  ])
    expect((await operator.send(query, variables)).errors[0]?.extensions.code).toBe('BAD_USER_INPUT')
})

test('a preview takes as many permissions as the mutation, and tells of each (TPL-4)', async () => {
  const deployment = await world({ isolated: true })
  const { acme, operator } = deployment
  await sql(
    deployment,
    `insert into permission (id, key, description) select gen_random_uuid(), 'thing-' || i || ':read', 'Reads.' from generate_series(1, 240) i`,
  )
  const { organizationTemplate } = await operator.query('{ organizationTemplate { permissions { id key } } }')
  const permissionIds = organizationTemplate.permissions
    .filter((one: Loose) => one.key.startsWith('thing-'))
    .map((one: Loose) => one.id)
  const roleId = await createRole(operator, 'Collector')
  await acme.member({ roles: ['Collector'] })
  const query = `query($roleId: ID!, $permissionIds: [ID!]!) { previewRoleChange(roleId: $roleId, permissionIds: $permissionIds) {
    memberCount permissions { isGained } } }`
  const { previewRoleChange } = await operator.query(query, { roleId, permissionIds })
  expect(previewRoleChange).toMatchObject({ memberCount: 1 })
  expect(previewRoleChange.permissions).toHaveLength(240)
})

test('how many are concerned can be asked without asking who', async () => {
  const { acme, operator } = await world()
  const roleId = await acme.customRole(['member:read'], { name: 'Reader' })
  await acme.member({ roles: ['Reader'] })
  const query =
    'query($id: ID!) { previewRoleChange(roleId: $id, permissionIds: []) { members(first: 1) { totalCount } } }'
  expect((await operator.query(query, { id: roleId })).previewRoleChange.members).toEqual({ totalCount: 1 })
})
