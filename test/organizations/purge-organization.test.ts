import { expect, test } from 'vitest'
import { purgeOverdue } from '../../src/organizations/purge.ts'
import { testClock } from '../kit/clock.ts'
import { missingId, operatorWith } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, nothing, seedMembers, sql } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'
import { openSide } from '../security/isolation/side.ts'
import { openWall } from '../security/row-level-security/wall.ts'
import { replica, rowsOf, rowsWith } from './purging.ts'

const purge = 'purgeOrganization'
const remove = (w: World, { id }: { id: string }) => w.operator.mutate('deleteOrganization', { organizationId: id })
const users = async (w: World) =>
  (await sql<{ count: number }>(w, `select count(*)::int as count from principal where kind = 'USER'`))[0]?.count
const applications = async (w: World) =>
  (await sql<{ id: string }>(w, `select id from principal where kind = 'MACHINE'`)).map(row => row.id)

test('an operator purges a deleted organization at once; the log of the deployment tells of it, once (ORG-6, MGT-3)', async () => {
  const w = await world()
  await remove(w, w.acme)
  const selection = '... on PurgeOrganizationPayload { purgedOrganizationId }'
  const { result, audit, outbox } = await written(w, () =>
    w.operator.mutate(purge, { organizationId: w.acme.id }, selection),
  )
  expect(result).toMatchObject({ purgedOrganizationId: w.acme.id })
  expect(audit).toMatchObject([
    { where: 'deployment', action: 'ORGANIZATION_PURGED', target: expect.stringMatching(/^Organization Acme/) },
  ])
  expect(outbox).toMatchObject([{ where: 'deployment', payload: { organizationId: uuidOf(w.acme.id) } }])
  for (const name of [purge, 'restoreOrganization'])
    expect(await w.operator.refusal(name, { organizationId: w.acme.id })).toBe('NOT_FOUND')
  const again = await w.owner.mutate('createOrganization', { name: 'Again', slug: w.acme.slug })
  expect(again.__typename).toBe('CreateOrganizationPayload')
})

test('nothing that names it is left but the audit trail and the event of its end, and no user is gone (ORG-6)', async () => {
  const w = await world({ isolated: true })
  const side = await openSide(w)
  const { organization: here } = side
  await side.owner.mutate('updateOrganization', { organizationId: here.id, slug: `${side.tag}-moved` })
  await remove(w, here)
  const { audit_event: trail, ...before } = await rowsOf(w, here)
  expect(Object.keys(before).length).toBeGreaterThan(8)
  const people = await users(w)
  await w.operator.mutate(purge, { organizationId: here.id })
  expect(await rowsOf(w, here)).toEqual({ audit_event: trail })
  expect(await users(w)).toBe(people)
  // What the organization owned goes with it; what is of the deployment stays (APP-1).
  expect(await applications(w)).toEqual([uuidOf(side.ids.MachineApplication)])
  const left = (await rowsWith(w, uuidOf(here.id))).map(row =>
    row.replace(/^(\w+: ).*?(ORGANIZATION_PURGED)?.*$/s, '$1'),
  )
  expect([...new Set(left)].sort()).toEqual(['audit_event: ', 'outbox_event: '])
  const events = await sql<{ type: string }>(
    w,
    `select type from outbox_event where payload::text like '%' || $1 || '%'`,
    [uuidOf(here.id)],
  )
  expect(events).toEqual([{ type: 'ORGANIZATION_PURGED' }])
})

test('its audit trail is read by operators with audit:read, by the id in the entry that tells of its end (ORG-6)', async () => {
  const w = await world()
  const reader = await operatorWith(w, ['AUDIT_READ'])
  await remove(w, w.acme)
  await w.operator.mutate(purge, { organizationId: w.acme.id })
  const log = `query($of: ID, $filter: AuditEventFilter) { auditEvents(organizationId: $of, filter: $filter) {
    totalCount nodes { action actorLabel targetId } } }`
  const ended = await reader.query(log, { filter: { actions: ['ORGANIZATION_PURGED'], targetId: w.acme.id } })
  expect(ended.auditEvents.nodes).toEqual([
    { action: 'ORGANIZATION_PURGED', actorLabel: 'Operator', targetId: w.acme.id },
  ])
  const { auditEvents } = await reader.query(log, { of: w.acme.id })
  expect(auditEvents.nodes.map(({ action }: { action: string }) => action)).toEqual([
    ...['ORGANIZATION_DELETED', 'ORGANIZATION_CREATED', 'MEMBER_ADDED'],
  ])
  expect((await reader.query(log, { of: missingId('Organization') })).auditEvents).toEqual({ totalCount: 0, nodes: [] })
  for (const by of [w.owner, await w.person(), await operatorWith(w, ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE'])])
    expect((await by.send(log, { of: w.acme.id })).errors[0]?.extensions).toMatchObject({ permission: 'audit:read' })
})

test('the key with which it was created keeps no id of it either (ORG-6)', async () => {
  const w = await world({ isolated: true })
  const input = { name: 'Once', idempotencyKey: 'once' }
  const create = () =>
    w.owner.mutate('createOrganization', input, '... on CreateOrganizationPayload { organization { id } }')
  const { organization: here } = await create()
  expect((await create()).organization.id).toBe(here.id)
  await remove(w, here)
  await w.operator.mutate(purge, { organizationId: here.id })
  const tables = (await rowsWith(w, uuidOf(here.id))).map(row => row.split(':')[0])
  expect([...new Set(tables)].sort()).toEqual(['audit_event', 'outbox_event'])
})

test('what is not deleted is not purged, whoever asks', async () => {
  const w = await world()
  const { result, ...journal } = await written(w, async () => [
    await refusalOf(w.operator, purge, { organizationId: w.acme.id }),
    await refusalOf(w.operator, purge, { organizationId: missingId('Organization') }),
    await refusalOf(w.owner, purge, { organizationId: w.acme.id }),
  ])
  expect(new Set(result.map(error => JSON.stringify(error))).size).toBe(1)
  expect(result[0]?.extensions.code).toBe('NOT_FOUND')
  expect(actionsOf(journal)).toEqual(nothing)
})

test('its owner purges nothing, and an operator who only reads is FORBIDDEN', async () => {
  const w = await world()
  await remove(w, w.acme)
  const reader = await operatorWith(w, ['ORGANIZATIONS_READ'])
  expect(await w.owner.refusal(purge, { organizationId: w.acme.id })).toBe('NOT_FOUND')
  expect(await reader.refusal(purge, { organizationId: w.acme.id })).toBe('FORBIDDEN')
  expect(await w.anonymous().refusal(purge, { organizationId: w.acme.id })).toBe('UNAUTHENTICATED')
  const query = 'query($id: ID!) { organization(by: { id: $id }) { viewerCanPurge } }'
  expect((await reader.query(query, w.acme)).organization.viewerCanPurge).toBe(false)
  expect((await w.operator.query(query, w.acme)).organization.viewerCanPurge).toBe(true)
})

test('the purge takes what is overdue by the clock, and leaves the rest (ORG-6)', async () => {
  const clock = testClock()
  const w = await world({ isolated: true, clock, env: { RESTORE_DAYS: '10' } })
  const [early, late, alive] = [w.acme, await w.organization(w.owner), await w.organization(w.owner)]
  await remove(w, early)
  clock.advance({ hours: 1 })
  await remove(w, late)
  const other = await replica(w)
  expect(await purgeOverdue(other)).toEqual([])
  clock.advance({ days: 10, minutes: -60 })
  const { result, audit } = await written(w, () => purgeOverdue(other))
  expect(result).toEqual([uuidOf(early.id)])
  expect(audit).toMatchObject([{ where: 'deployment', action: 'ORGANIZATION_PURGED', actor: null }])
  for (const one of [late, alive]) expect(await rowsOf(w, one)).toMatchObject({ organization: 1, membership: 1 })
})

test('a large organization goes in batches, each a statement of its own, and its users stay', async () => {
  const clock = testClock()
  const w = await world({ isolated: true, clock, env: { RESTORE_DAYS: '0' } })
  const members = Array.from({ length: 12_000 }, (_, index) => ({ name: `Member ${index}` }))
  await seedMembers(w, w.acme, members)
  await remove(w, w.acme)
  const [people, other] = [await users(w), await replica(w)]
  w.statements.splice(0)
  expect(await purgeOverdue(other)).toEqual([uuidOf(w.acme.id)])
  expect(w.statements.filter(({ name }) => name.startsWith('purge_organization')).length).toBe(4)
  expect(Object.keys(await rowsOf(w, w.acme))).toEqual(['audit_event'])
  expect(await users(w)).toBe(people)
})

test('the database itself refuses to purge what is neither overdue nor asked for by an operator', async () => {
  const w = await world()
  await remove(w, w.acme)
  const wall = await openWall(w.databaseUrl)
  const rows = (settings: object, asked: string | null) =>
    wall.as({ acting: uuidOf(w.acme.id), ...settings }, async client => {
      const text = 'select purged from tenantry_purge(to_timestamp(0), 1000, $1)'
      return (await client.query(text, [asked])).rows
    })
  expect(await rows({}, null)).toEqual([])
  expect(await rows({}, uuidOf(w.acme.id))).toEqual([])
  expect(await rows({ management: 'organizations:read' }, uuidOf(w.acme.id))).toEqual([])
  expect(await rows({ management: 'organizations:write' }, uuidOf(w.acme.id))).toEqual([{ purged: uuidOf(w.acme.id) }])
  await wall.close()
})

test('the server purges by itself, every PURGE_SECONDS, and says so in its log', async () => {
  const w = await world({ isolated: true, env: { PURGE_SECONDS: '1', RESTORE_DAYS: '0' } })
  await remove(w, w.acme)
  await expect.poll(() => rowsOf(w, w.acme), { timeout: 30_000 }).not.toHaveProperty('organization')
  await expect.poll(() => w.log.join(), { timeout: 30_000 }).toContain('an organization was purged')
  expect(w.log.join()).toContain(uuidOf(w.acme.id))
})
