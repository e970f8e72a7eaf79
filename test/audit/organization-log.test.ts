import { expect, test } from 'vitest'
import type { Client, Loose } from '../kit/client.ts'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { world } from '../kit/world.ts'

const text = `query($id: ID!, $filter: AuditEventFilter, $first: Int, $after: String, $last: Int, $before: String) {
  organization(by: { id: $id }) {
    auditEvents(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      edges { cursor } nodes { id action targetLabel } } } }`

async function logOf(client: Client, variables: { id: string } & Loose): Promise<Loose> {
  return (await client.query(text, variables)).organization.auditEvents
}
const labels = (log: Loose) => log.nodes.map((event: Loose) => event.targetLabel)

test('an event tells who did what to what, when, and what changed (MGT-3)', async () => {
  const { acme, owner, clock } = await world({ isolated: true })
  await owner.mutate('createCustomRole', { organizationId: acme.id, name: 'Desk', permissionIds: [] })
  const fields = `action occurredAt ipAddress actorLabel actor { id } targetLabel targetId
    changes { field before after }`
  const data = await owner.query(
    `query($id: ID!) { organization(by: { id: $id }) { roles(filter: { isCustom: true }) { id }
      auditEvents(first: 1) { nodes { ${fields} } } } }`,
    { id: acme.id },
  )
  const [event] = data.organization.auditEvents.nodes
  expect(event).toMatchObject({
    action: 'ROLE_CREATED',
    occurredAt: clock().toISOString(),
    ipAddress: null,
    actor: { id: await owner.id() },
    targetLabel: 'Desk',
    targetId: data.organization.roles[0].id,
    changes: [
      { field: 'name', before: null, after: 'Desk' },
      { field: 'kind', before: null, after: 'USER' },
    ],
  })
  expect(event.actorLabel).toMatch(/^Person/)
})

test('the log is newest first, and counts all of it (MGT-4)', async () => {
  const { acme, owner } = await world({ isolated: true })
  for (const name of ['One', 'Two', 'Three']) await acme.customRole([], { name })
  const log = await logOf(owner, { id: acme.id })
  expect(log.totalCount).toBe(5)
  expect(log.nodes.map((event: Loose) => event.action)).toEqual([
    'ROLE_CREATED',
    'ROLE_CREATED',
    'ROLE_CREATED',
    'ORGANIZATION_CREATED',
    'MEMBER_ADDED',
  ])
  expect(labels(log).slice(0, 3)).toEqual(['Three', 'Two', 'One'])
})

test('the log is paged forward and backward, 20 by default, at most 100 (MGT-4)', async () => {
  const { acme, owner } = await world({ isolated: true })
  for (let number = 1; number <= 23; number++) await acme.customRole([], { name: `Role ${number}` })
  const page = await logOf(owner, { id: acme.id })
  expect([page.nodes.length, page.totalCount]).toEqual([20, 25])
  expect(page.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
  expect(page.pageInfo.endCursor).toBe(page.edges[19].cursor)
  const rest = await logOf(owner, { id: acme.id, after: page.pageInfo.endCursor })
  expect(labels(rest).slice(0, 3)).toEqual(['Role 3', 'Role 2', 'Role 1'])
  expect([rest.nodes.length, rest.pageInfo.hasNextPage, rest.totalCount]).toEqual([5, false, 25])
  const back = await logOf(owner, { id: acme.id, last: 2, before: rest.pageInfo.startCursor })
  expect(labels(back)).toEqual(['Role 5', 'Role 4'])
  expect(back.pageInfo.hasPreviousPage).toBe(true)
  expect((await logOf(owner, { id: acme.id, first: 100 })).nodes).toHaveLength(25)
  expect((await logOf(owner, { id: acme.id, first: 0 })).nodes).toEqual([])
})

test('a cursor holds its place while events come in (MGT-4)', async () => {
  const { acme, owner } = await world({ isolated: true })
  for (const name of ['One', 'Two', 'Three']) await acme.customRole([], { name })
  const page = await logOf(owner, { id: acme.id, first: 2 })
  await acme.customRole([], { name: 'Four' })
  expect(labels(await logOf(owner, { id: acme.id, first: 1, after: page.pageInfo.endCursor }))).toEqual(['One'])
})

test('page sizes out of bounds and cursors that are none are BAD_USER_INPUT (MGT-4)', async () => {
  const { acme, owner, operator } = await world()
  const other = (await operator.query('{ organizations(first: 1) { pageInfo { endCursor } } }')).organizations
  const wrong = [
    { first: 101 },
    { first: -1 },
    { last: 101 },
    { first: 1, last: 1 },
    { after: 'nonsense' },
    { after: '' },
  ]
  for (const given of [...wrong, { after: other.pageInfo.endCursor }, { before: '\u0000' }]) {
    const { errors } = await owner.send(text, { id: acme.id, ...given })
    expect([given, errors[0]?.extensions.code]).toEqual([given, 'BAD_USER_INPUT'])
  }
})

test('events are filtered by action, actor, target and time, alone and together', async () => {
  const { acme, owner, clock } = await world({ isolated: true })
  const admin = await acme.member({ roles: ['Admin'] })
  const created = '... on CreateCustomRolePayload { role { id } }'
  const input = { organizationId: acme.id, permissionIds: [] }
  clock.advance({ minutes: 1 })
  const from = clock().toISOString()
  const { role } = await admin.mutate('createCustomRole', { ...input, name: 'By admin' }, created)
  clock.advance({ minutes: 1 })
  const to = clock().toISOString()
  await owner.mutate('createCustomRole', { ...input, name: 'By owner' })
  await owner.mutate('updateRole', { roleId: role.id, name: 'Renamed' })
  const seen = async (filter: object) => labels(await logOf(owner, { id: acme.id, filter }))

  expect(await seen({ actions: ['ROLE_CREATED'] })).toEqual(['By owner', 'By admin'])
  expect(await seen({ actions: ['ROLE_UPDATED', 'ROLE_DELETED'] })).toEqual(['Renamed'])
  expect(await seen({ actions: [] })).toEqual([])
  expect(await seen({ actorId: await admin.id() })).toEqual(['By admin'])
  expect(await seen({ targetId: role.id })).toEqual(['Renamed', 'By admin'])
  expect(await seen({ since: to })).toEqual(['Renamed', 'By owner'])
  expect(await seen({ since: from, until: to })).toEqual(['By admin'])
  expect(await seen({ actions: ['ROLE_CREATED'], actorId: await owner.id(), since: from })).toEqual(['By owner'])
  const nothing = { actions: null, actorId: null, targetId: null, since: null, until: null }
  expect(await seen(nothing)).toEqual(await seen({}))
  expect((await logOf(owner, { id: acme.id, filter: { targetId: role.id } })).totalCount).toBe(2)
})

test('a filter that is malformed is BAD_USER_INPUT; one for what is not there finds nothing', async () => {
  const { acme, owner, permissionId } = await world()
  const wrong = [
    { actions: ['EVERYTHING'] },
    { actions: [null] },
    { actorId: 'nonsense' },
    { actorId: acme.id },
    { targetId: 'nonsense' },
    { since: 'yesterday' },
    { until: '2026-13-01T00:00:00Z' },
  ]
  for (const filter of wrong) {
    const { errors } = await owner.send(text, { id: acme.id, filter })
    expect([filter, errors[0]?.extensions.code]).toEqual([filter, 'BAD_USER_INPUT'])
  }
  const absent = [{ actorId: missingId('User') }, { targetId: await permissionId('audit:read') }]
  for (const filter of absent) expect((await logOf(owner, { id: acme.id, filter })).totalCount).toBe(0)
})

test('whoever holds audit:read there reads the log, for everyone else it is null (MGT-2)', async () => {
  const deployment = await world({ isolated: true })
  const { acme, owner } = deployment
  const readers = [
    owner,
    await memberWith(acme, ['audit:read']),
    await operatorWith(deployment, ['ORGANIZATIONS_READ', 'AUDIT_READ']),
  ]
  for (const client of readers) expect((await logOf(client, { id: acme.id })).totalCount).toBeGreaterThan(0)
  const others = ['organization:update', 'organization:delete', 'member:read', 'role:manage', 'invitation:read']
  const blind = [
    await memberWith(acme, others),
    await acme.member(),
    await operatorWith(deployment, ['ORGANIZATIONS_READ']),
  ]
  for (const client of blind) expect(await logOf(client, { id: acme.id })).toBeNull()
})

test('an operator who may do what an owner may, reads what an owner reads (MGT-1)', async () => {
  const deployment = await world({ isolated: true })
  const { acme, owner } = deployment
  const rules = await operatorWith(deployment, ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE'])
  expect(await logOf(rules, { id: acme.id })).toEqual(await logOf(owner, { id: acme.id }))
})

test('the logs of two organizations never mix, whatever the filter and the cursor', async () => {
  const { acme, owner, person, organization } = await world({ isolated: true })
  const stranger = await person()
  const other = await organization(stranger)
  const role = await other.customRole([], { name: 'Elsewhere' })
  await organization(owner)
  expect((await stranger.query(text, { id: acme.id })).organization).toBeNull()
  expect((await logOf(owner, { id: acme.id, filter: { targetId: role } })).nodes).toEqual([])
  expect((await logOf(owner, { id: acme.id, filter: { actorId: await stranger.id() } })).nodes).toEqual([])
  const theirs = await logOf(stranger, { id: other.id, first: 1 })
  const page = await logOf(owner, { id: acme.id, after: theirs.pageInfo.endCursor })
  expect(labels(page)).not.toContain('Elsewhere')
  expect(page.totalCount).toBe(2)
})
