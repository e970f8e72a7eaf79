import { expect, test } from 'vitest'
import { membershipsOf } from '../jit-provisioning/provisioning.ts'
import type { Client, Loose, Result } from '../kit/client.ts'
import { written } from '../kit/journal.ts'
import { outcomeOf } from '../kit/outcome.ts'
import { actionsOf } from '../kit/rows.ts'
import { connected, employee, ssoWorld } from './connectors.ts'
import { comes, taking } from './taking-in.ts'

type Mapping = { group: string; roleId: string }
type Place = { readonly id: string }

const uses = 'uses { organizationId reappliesGroups viewerCanSetGroupMappings groupMappings { group role { name } } }'
const mapped = (by: Client, { id }: Loose, place: Place, mappings: Mapping[], reapplies?: boolean): Promise<Result> =>
  by.mutate(
    'setSsoGroupMappings',
    { ssoConnectorId: id, organizationId: place.id, mappings, reapplies },
    `... on SetSsoGroupMappingsPayload { ssoConnector { ${uses} } } ... on InvalidInputError { issues { path message } }
     ... on RoleNotAssignableError { roleIds } ... on PermissionEscalationError { missing { key } }
     ... on JitCeilingExceededError { beyond { key } }`,
  )
const rolesOf = (memberships: readonly { roles?: unknown }[]) =>
  memberships.map(one => (one.roles as { name: string }[]).map(role => role.name).toSorted())

/** A connector that takes people in, and two roles for groups. */
async function mapping() {
  const w = await ssoWorld()
  const there = await connected(w)
  await taking(w, there)
  const dev = await w.acme.customRole(['member:read'], { name: 'Developer' })
  const audit = await w.acme.customRole(['audit:read'], { name: 'Auditor' })
  const ada = employee(`ada@${there.domain}`, { groups: ['dev', 'unknown'] })
  const set = (mappings: Mapping[], reapplies?: boolean) =>
    mapped(w.owner, there.connector, w.acme, mappings, reapplies)
  return { w, there, dev, audit, ada, set, connector: there.connector }
}

test('at the first sign-in the groups give their roles beside the default ones, and later nothing (SSO-6)', async () => {
  const { w, dev, audit, ada, set } = await mapping()
  const done = await set([
    { group: 'dev', roleId: dev },
    { group: 'audit', roleId: audit },
  ])
  expect(done.ssoConnector.uses).toMatchObject([
    {
      ...{ reappliesGroups: false, viewerCanSetGroupMappings: true },
      groupMappings: [
        { group: 'audit', role: { name: 'Auditor' } },
        { group: 'dev', role: { name: 'Developer' } },
      ],
    },
  ])
  expect(rolesOf(await membershipsOf(await comes(w, ada)))).toEqual([['Developer', 'Member']])
  const moved = await comes(w, { ...ada, groups: ['audit'] } as typeof ada)
  const [membership] = await membershipsOf(moved)
  expect(rolesOf([membership ?? {}])).toEqual([['Developer', 'Member']])
  // By hand, as ever.
  const input = { membershipId: membership?.id, removeRoleIds: [dev] }
  expect(await outcomeOf(w.owner, 'changeMemberRoles', input)).toBe('ChangeMemberRolesPayload')
})

test('re-applied, the groups decide the mapped roles at each sign-in, and no others (SSO-6)', async () => {
  const { w, dev, audit, ada, set } = await mapping()
  const own = await w.acme.customRole(['domain:read'], { name: 'By hand' })
  const both = [
    { group: 'dev', roleId: dev },
    { group: 'audit', roleId: audit },
  ]
  await set(both, true)
  const [membership] = await membershipsOf(await comes(w, ada))
  await w.owner.mutate('changeMemberRoles', { membershipId: membership?.id, addRoleIds: [own] })
  const { result, ...journal } = await written(w, () => comes(w, { ...ada, groups: ['audit'] } as typeof ada))
  expect(rolesOf(await membershipsOf(result))).toEqual([['Auditor', 'By hand', 'Member']])
  expect(actionsOf(journal)).toEqual({ audit: ['MEMBER_ROLES_CHANGED'], outbox: ['MEMBER_ROLES_CHANGED'] })
  expect(actionsOf(await written(w, () => comes(w, { ...ada, groups: ['audit'] } as typeof ada))).audit).toEqual([])
  expect(rolesOf(await membershipsOf(await comes(w, { ...ada, groups: [] } as typeof ada)))).toEqual([
    ['By hand', 'Member'],
  ])
  // Somebody who does not come through the connector is nobody's but the admins'.
  const other = await w.acme.member({ roles: ['Developer'] })
  const freed = { membershipId: other.membershipId, removeRoleIds: [dev] }
  expect(await outcomeOf(w.owner, 'changeMemberRoles', freed)).toBe('ChangeMemberRolesPayload')
})

test('what groups decide is not changed by hand, one by one or for many at once (SSO-6, ROL-5)', async () => {
  const { w, dev, audit, ada, set } = await mapping()
  await set([{ group: 'dev', roleId: dev }], true)
  const [membership] = await membershipsOf(await comes(w, ada))
  const membershipId = membership?.id
  const roles = '... on RoleManagedByGroupsError { roles { name } }'
  const refused = { __typename: 'RoleManagedByGroupsError', roles: [{ name: 'Developer' }] }
  expect(await w.owner.mutate('changeMemberRoles', { membershipId, removeRoleIds: [dev] }, roles)).toMatchObject(
    refused,
  )
  expect(await w.owner.mutate('replaceMemberRoles', { membershipId, roleIds: [audit] }, roles)).toMatchObject(refused)
  const many = { organizationId: w.acme.id, membershipIds: [membershipId], removeRoleIds: [dev] }
  expect(await w.owner.mutate('changeRolesOfMembers', many, roles)).toMatchObject(refused)
  expect(await outcomeOf(w.owner, 'replaceMemberRoles', { membershipId, roleIds: [dev, audit] })).toBe(
    'ReplaceMemberRolesPayload',
  )
  await set([{ group: 'dev', roleId: dev }], false)
  expect(await outcomeOf(w.owner, 'replaceMemberRoles', { membershipId, roleIds: [] })).toBe(
    'ReplaceMemberRolesPayload',
  )
})

test('a mapping gives no more than who maps holds, nor more than the ceiling, nor ownership (SSO-6, ROL-3, JIT-7)', async () => {
  const { w, connector, dev, audit, set } = await mapping()
  await w.acme.customRole(['sso:read', 'sso:manage', 'member:read', 'role:manage'], { name: 'Manager' })
  const manager = await w.acme.member({ roles: ['Manager'] })
  const by = (mappings: Mapping[], reapplies?: boolean) => mapped(manager, connector, w.acme, mappings, reapplies)
  expect(await by([{ group: 'a', roleId: audit }])).toMatchObject({ missing: [{ key: 'audit:read' }] })
  expect(await by([{ group: 'a', roleId: dev }])).toMatchObject({ __typename: 'SetSsoGroupMappingsPayload' })
  const inviter = await w.acme.customRole(['invitation:create'], { name: 'Inviter' })
  expect(await set([{ group: 'a', roleId: inviter }])).toMatchObject({ beyond: [{ key: 'invitation:create' }] })
  const owner = await w.roleId('Owner')
  expect(await set([{ group: 'a', roleId: owner }])).toMatchObject({ __typename: 'RoleNotAssignableError' })
  // What stands there stays, but is not made to take effect by who does not hold it.
  await set([{ group: 'a', roleId: audit }])
  expect(await by([{ group: 'a', roleId: audit }], true)).toMatchObject({ missing: [{ key: 'audit:read' }] })
  const foreign = await (await w.organization(w.owner)).customRole(['member:read'])
  expect(await set([{ group: 'a', roleId: foreign }])).toMatchObject({ __typename: 'RoleNotAssignableError' })
  for (const group of ['', ' ', 'x'.repeat(257), 'two\nlines'])
    expect(await set([{ group, roleId: dev }])).toMatchObject({ __typename: 'InvalidInputError' })
})

test('what the ceiling has come to forbid is not given any more, and whoever holds it keeps it (JIT-7)', async () => {
  const { w, there, audit, ada, set } = await mapping()
  await set([{ group: 'dev', roleId: audit }], true)
  expect(rolesOf(await membershipsOf(await comes(w, ada)))).toEqual([['Auditor', 'Member']])
  await w.operator.mutate('setJitCeiling', { organizationId: w.acme.id, permissionIds: [] })
  expect(rolesOf(await membershipsOf(await comes(w, ada)))).toEqual([['Auditor', 'Member']])
  const bob = employee(`bob@${there.domain}`, { groups: ['dev'] })
  expect(rolesOf(await membershipsOf(await comes(w, bob)))[0]).not.toContain('Auditor')
})

test('each organization maps for itself, and sees its own mappings alone (SSO-6)', async () => {
  const { w, connector, dev, ada, set } = await mapping()
  const rival = await w.person()
  const elsewhere = await w.organization(rival)
  await set([{ group: 'dev', roleId: dev }], true)
  expect(
    await outcomeOf(rival, 'setSsoGroupMappings', {
      ssoConnectorId: connector.id,
      organizationId: elsewhere.id,
      mappings: [],
    }),
  ).toBe('NOT_FOUND')
  await w.operator.mutate('shareSsoConnector', { ssoConnectorId: connector.id, organizationId: elsewhere.id })
  const theirs = await elsewhere.customRole(['member:read'], { name: 'Theirs' })
  const done = await mapped(rival, connector, elsewhere, [{ group: 'dev', roleId: theirs }], true)
  expect(done.ssoConnector.uses).toMatchObject([{ groupMappings: [{ group: 'dev', role: { name: 'Theirs' } }] }])
  const foreign = { ssoConnectorId: connector.id, organizationId: w.acme.id, mappings: [] }
  expect(await outcomeOf(rival, 'setSsoGroupMappings', foreign)).toBe('NOT_FOUND')
  await rival.mutate('updateJitProvisioning', {
    organizationId: elsewhere.id,
    isEnabled: true,
    ssoConnectorIds: [connector.id],
  })
  const person = await comes(w, ada)
  expect(rolesOf(await membershipsOf(person)).toSorted()).toEqual([
    ['Developer', 'Member'],
    ['Member', 'Theirs'],
  ])
  const away = await comes(w, { ...ada, groups: [] } as typeof ada)
  expect(rolesOf(await membershipsOf(away))).toEqual([['Member'], ['Member']])
})

test('a role that a group stands for is in use, and gives way to its replacement (TPL-6)', async () => {
  const { w, dev, audit, ada, set } = await mapping()
  await set([{ group: 'dev', roleId: dev }])
  const refused = await w.owner.mutate(
    'deleteRole',
    { roleId: dev },
    '... on RoleInUseError { groupMappingCount memberCount }',
  )
  expect(refused).toMatchObject({ groupMappingCount: 1, memberCount: 0 })
  expect(await outcomeOf(w.owner, 'deleteRole', { roleId: dev, replacementRoleId: audit })).toBe('DeleteRolePayload')
  expect(rolesOf(await membershipsOf(await comes(w, ada)))).toEqual([['Auditor', 'Member']])
})
