import { expect, test } from 'vitest'
import { accept, invite, seen } from '../invitations/offers.ts'
import type { Client } from '../kit/client.ts'
import { testClock } from '../kit/clock.ts'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, nothing, sql } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'

const restore = 'restoreOrganization'
const selection = '... on RestoreOrganizationPayload { organization { id slug version deletedAt purgesAt } }'
const mine = '{ viewer { deletedOrganizations { totalCount nodes { organizationId slug name deletedAt purgesAt } } } }'

/** What the viewer finds among the deleted organizations. */
const found = async (by: Client) => (await by.query(mine)).viewer.deletedOrganizations
const remove = (by: Client, { id }: { id: string }) => by.mutate('deleteOrganization', { organizationId: id })
const tables = [
  'membership',
  'membership_role',
  'custom_role',
  'custom_role_permission',
  'invitation',
  'invitation_role',
]

/** Every row of the organization, as text. */
async function rowsOf(w: World, { id }: { id: string }) {
  const parts = tables.map(name => `select '${name}' || t::text as row from ${name} t where organization_id = $1`)
  const rows = await sql<{ row: string }>(w, `${parts.join(' union all ')} order by 1`, [uuidOf(id)])
  return rows.map(one => one.row)
}

test('its owner finds a deleted organization, with what it takes to restore it and nothing more (ORG-6)', async () => {
  const clock = testClock(new Date('2030-01-31T08:00:00.250Z'))
  const w = await world({ isolated: true, clock, env: { RESTORE_DAYS: '14' } })
  expect(await found(w.owner)).toEqual({ totalCount: 0, nodes: [] })
  const { name } = (await w.owner.query('query($id: ID!) { organization(by: { id: $id }) { name } }', w.acme))
    .organization
  await remove(w.owner, w.acme)
  const [deletedAt, purgesAt] = ['2030-01-31T08:00:00.250Z', '2030-02-14T08:00:00.250Z']
  expect(await found(w.owner)).toEqual({
    totalCount: 1,
    nodes: [{ organizationId: w.acme.id, slug: w.acme.slug, name, deletedAt, purgesAt }],
  })
  const node = 'query($id: ID!) { node(id: $id) { id } organization(by: { id: $id }) { id } }'
  expect(await w.owner.query(node, w.acme)).toEqual({ node: null, organization: null })
})

test('an owner restores exactly what was there: members, roles, invitations (ORG-6)', async () => {
  const w = await world()
  const member = await memberWith(w.acme, ['member:read'])
  const invitee = await w.person()
  const offer = await invite(w.owner, w.acme, invitee.email, { roleIds: [await w.roleId('Admin')] })
  const before = await rowsOf(w, w.acme)
  await remove(w.owner, w.acme)
  const result = await w.owner.mutate(restore, { organizationId: w.acme.id }, selection)
  expect(result.organization).toEqual({ id: w.acme.id, slug: w.acme.slug, version: 3, deletedAt: null, purgesAt: null })
  expect(await rowsOf(w, w.acme)).toEqual(before)
  const query = 'query($id: ID!) { organization(by: { id: $id }) { members { totalCount } } }'
  expect((await member.query(query, w.acme)).organization.members.totalCount).toBe(2)
  expect((await accept(invitee, offer)).__typename).toBe('AcceptInvitationPayload')
  expect(await found(w.owner)).toEqual({ totalCount: 0, nodes: [] })
})

test('an invitation that expired meanwhile stays expired (INV-1)', async () => {
  const clock = testClock()
  const w = await world({ isolated: true, clock })
  const offer = await invite(w.owner, w.acme, 'slow@people.test')
  await remove(w.owner, w.acme)
  clock.advance({ days: 8 })
  const owner = await w.person(w.owner.email)
  expect((await owner.mutate(restore, { organizationId: w.acme.id })).__typename).toBe('RestoreOrganizationPayload')
  expect(await seen(owner, offer, 'status')).toEqual({ status: 'EXPIRED' })
})

test('restoring is one audit entry and one event (MGT-3)', async () => {
  const w = await world()
  await remove(w.owner, w.acme)
  const journal = await written(w, () => w.owner.mutate(restore, { organizationId: w.acme.id }))
  expect(actionsOf(journal)).toEqual({ audit: ['ORGANIZATION_RESTORED'], outbox: ['ORGANIZATION_RESTORED'] })
  expect(journal.audit[0]?.where).toBe(uuidOf(w.acme.id))
})

test('an operator restores with organizations:write, and is told so; one who only reads is FORBIDDEN', async () => {
  const w = await world()
  await remove(w.owner, w.acme)
  const [reader, ruler] = [
    await operatorWith(w, ['ORGANIZATIONS_READ']),
    await operatorWith(w, ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE']),
  ]
  const query = 'query($id: ID!) { organization(by: { id: $id }) { viewerCanRestore } }'
  expect((await reader.query(query, w.acme)).organization.viewerCanRestore).toBe(false)
  expect(await reader.refusal(restore, { organizationId: w.acme.id })).toBe('FORBIDDEN')
  expect((await ruler.query(query, w.acme)).organization.viewerCanRestore).toBe(true)
  expect((await ruler.mutate(restore, { organizationId: w.acme.id })).__typename).toBe('RestoreOrganizationPayload')
  expect((await ruler.query(query, w.acme)).organization.viewerCanRestore).toBe(false)
})

test('to everybody else a deleted organization is one that does not exist (ORG-6)', async () => {
  const w = await world()
  const others = [
    await w.acme.member({ roles: ['Admin'] }),
    await memberWith(w.acme, ['organization:delete']),
    await w.person(),
  ]
  await remove(w.owner, w.acme)
  const { result, ...journal } = await written(w, async () => {
    const refusals = []
    for (const by of others)
      for (const id of [w.acme.id, missingId('Organization')])
        refusals.push(await refusalOf(by, restore, { organizationId: id }))
    return refusals
  })
  expect(new Set(result.map(error => JSON.stringify(error))).size).toBe(1)
  expect(result[0]?.extensions.code).toBe('NOT_FOUND')
  expect(actionsOf(journal)).toEqual(nothing)
  for (const by of others) expect(await found(by)).toEqual({ totalCount: 0, nodes: [] })
  expect(await w.anonymous().refusal(restore, { organizationId: w.acme.id })).toBe('UNAUTHENTICATED')
})

test('who was an owner and is none any more does not find it', async () => {
  const w = await world()
  const former = await w.acme.member({ roles: ['Owner'] })
  await w.owner.mutate('replaceMemberRoles', { membershipId: former.membershipId, roleIds: [await w.roleId('Admin')] })
  await remove(w.owner, w.acme)
  expect(await found(former)).toEqual({ totalCount: 0, nodes: [] })
  expect(await former.refusal(restore, { organizationId: w.acme.id })).toBe('NOT_FOUND')
})

test('what is not deleted cannot be restored, nor a second time', async () => {
  const w = await world()
  expect(await w.owner.refusal(restore, { organizationId: w.acme.id })).toBe('NOT_FOUND')
  expect(await w.operator.refusal(restore, { organizationId: w.acme.id })).toBe('NOT_FOUND')
  await remove(w.owner, w.acme)
  await w.owner.mutate(restore, { organizationId: w.acme.id })
  expect(await w.owner.refusal(restore, { organizationId: w.acme.id })).toBe('NOT_FOUND')
})

test('from purgesAt on it cannot be restored, by nobody, though no purge has run (ORG-6)', async () => {
  const clock = testClock()
  const w = await world({ isolated: true, clock, env: { RESTORE_DAYS: '10' } })
  await remove(w.owner, w.acme)
  clock.advance({ days: 10 })
  const [owner, operator] = [await w.person(w.owner.email), await w.person(w.operator.email)]
  expect(await found(owner)).toEqual({ totalCount: 0, nodes: [] })
  for (const by of [owner, operator]) expect(await by.refusal(restore, { organizationId: w.acme.id })).toBe('NOT_FOUND')
  const query = 'query($id: ID!) { organization(by: { id: $id }) { viewerCanRestore viewerCanPurge } }'
  const { organization } = await operator.query(query, w.acme)
  expect(organization).toEqual({ viewerCanRestore: false, viewerCanPurge: true })
})

test('with OWNERS_RESTORE=false only operators restore, and its owner finds nothing', async () => {
  const w = await world({ isolated: true, env: { OWNERS_RESTORE: 'false' } })
  await remove(w.owner, w.acme)
  expect(await found(w.owner)).toEqual({ totalCount: 0, nodes: [] })
  expect(await w.owner.refusal(restore, { organizationId: w.acme.id })).toBe('NOT_FOUND')
  expect((await w.operator.mutate(restore, { organizationId: w.acme.id })).__typename).toBe(
    'RestoreOrganizationPayload',
  )
})

test('deleted organizations are paged, the one deleted last first (MGT-4)', async () => {
  const clock = testClock()
  const w = await world({ isolated: true, clock })
  const made = [w.acme, await w.organization(w.owner), await w.organization(w.owner)]
  for (const one of made) {
    clock.advance({ minutes: 1 })
    await remove(w.owner, one)
  }
  const page = `query($after: String) { viewer { deletedOrganizations(first: 2, after: $after) {
    nodes { slug } pageInfo { hasNextPage endCursor } } } }`
  const first = (await w.owner.query(page)).viewer.deletedOrganizations
  const second = (await w.owner.query(page, { after: first.pageInfo.endCursor })).viewer.deletedOrganizations
  expect([...first.nodes, ...second.nodes]).toEqual(made.toReversed().map(({ slug }) => ({ slug })))
  expect(second.pageInfo.hasNextPage).toBe(false)
})
