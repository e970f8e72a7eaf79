import { afterAll, beforeAll, expect, test } from 'vitest'
import { deploymentId } from '../../../src/ids.ts'
import { world } from '../../kit/world.ts'
import { openParties, type Parties } from '../isolation/callers.ts'
import { uuidOf } from '../isolation/rows.ts'
import { openWall, type Settings, type TenantTable, tablesOf, type Wall } from './wall.ts'

let parties: Parties
let wall: Wall
let tables: TenantTable[]
beforeAll(async () => {
  parties = await openParties(await world())
  wall = await openWall(parties.world.databaseUrl)
  tables = (await tablesOf(parties.world.databaseUrl)).tenant
})
afterAll(() => wall.close())

/** Of which organizations each table shows rows. */
async function seen(settings: Settings): Promise<Record<string, string[]>> {
  return wall.as(settings, async client => {
    const found: Record<string, string[]> = {}
    for (const { name, key } of tables) {
      const { rows } = await client.query<{ id: string }>(`select distinct ${key} as id from "${name}" order by 1`)
      found[name] = rows.map(row => row.id)
    }
    return found
  })
}

const inEach = (ids: string[]) => Object.fromEntries(tables.map(({ name }) => [name, ids]))

test('no table shows a row while nobody looks', async () => {
  expect(await seen({})).toEqual(inEach([]))
  expect(await seen({ viewer_email: '', management: '' })).toEqual(inEach([]))
})

test('no table shows a row to somebody without organizations', async () => {
  const { viewer } = await parties.callers['a user without organizations'].query('{ viewer { principal { id } } }')
  expect(await seen({ viewer: uuidOf(viewer.principal.id) })).toEqual(inEach([]))
})

test('no table shows a row to a suspended member (MEM-11)', async () => {
  const { organization, owner } = parties.own
  const member = await organization.member({ roles: ['Admin'] })
  const viewer = uuidOf(await member.id())
  await owner.mutate('suspendMember', { membershipId: member.membershipId })
  expect(await seen({ viewer })).toEqual(inEach([]))
})

test('every table shows a member the rows of their organizations, and no other', async () => {
  const own = [uuidOf(parties.own.organization.id)]
  expect(await seen({ viewer: uuidOf(parties.own.ids.User) })).toEqual(inEach(own))
})

test('a management permission that is not of reading shows no row', async () => {
  const others = 'organizations:write template:write users:read management:write'
  expect(await seen({ management: others })).toEqual(inEach([]))
})

test('who manages applications of the deployment sees nothing of an organization', async () => {
  const places = Object.values(await seen({ management: 'applications:write' })).flat()
  expect(places.filter(place => place !== deploymentId)).toEqual([])
})

test('a permission whose name only contains that of another is another', async () => {
  expect(await seen({ management: 'organizations:read-not xorganizations:read' })).toEqual(inEach([]))
})

test('acting somewhere shows that organization, and no other', async () => {
  expect(await seen({ acting: uuidOf(parties.own.organization.id) })).toEqual(
    inEach([uuidOf(parties.own.organization.id)]),
  )
})

test('a deleted organization is gone for its members', async () => {
  const owner = await parties.world.person()
  const gone = await parties.world.organization(owner)
  const viewer = uuidOf(await owner.id())
  expect(await seen({ viewer })).toMatchObject({ organization: [uuidOf(gone.id)] })
  await owner.mutate('deleteOrganization', { organizationId: gone.id })
  expect(await seen({ viewer })).toEqual(inEach([]))
})

/** What each table shows an invitee: the invitation alone, and what it offers. */
async function invitee() {
  const { callers } = parties
  const { viewer } = await callers['an outsider whom the other organization invited'].query(
    '{ viewer { principal { id ... on User { email } } } }',
  )
  const settings = { viewer: uuidOf(viewer.principal.id), viewer_email: viewer.principal.email }
  const idsIn = async (table: string, column: string) => {
    const { rows } = await wall.as(settings, client =>
      client.query<{ id: string }>(`select distinct ${column} as id from ${table}`),
    )
    return rows.map(row => row.id)
  }
  return { settings, idsIn }
}

test('an invitation shows what it offers, and of the rest not a row, of the organization neither (INV-13)', async () => {
  const { foreign, invitations } = parties
  const { settings, idsIn } = await invitee()
  const there = [uuidOf(foreign.organization.id)]
  const shown = ['custom_role', 'custom_role_permission', 'invitation', 'invitation_role']
  const none = tables.filter(({ name }) => !shown.includes(name)).map(({ name }) => [name, []])
  expect(await seen(settings)).toEqual(Object.fromEntries([...none, ...shown.map(name => [name, there])]))
  const [mine, offered] = [[uuidOf(invitations[0] ?? '')], [uuidOf(foreign.ids.OrganizationRole)]]
  expect(await idsIn('invitation', 'id')).toEqual(mine)
  expect(await idsIn('invitation_role', 'invitation_id')).toEqual(mine)
  expect(await idsIn('custom_role', 'id')).toEqual(offered)
  expect(await idsIn('custom_role_permission', 'role_id')).toEqual(offered)
})

test('of an organization an invitee gets name and logo, and nobody else does', async () => {
  const label = (settings: Settings, id: string) =>
    wall.as(settings, async client => {
      const text = 'select name, logo_url, is_deleted from tenantry_organization_labels(array[$1::uuid])'
      return (await client.query(text, [uuidOf(id)])).rows
    })
  const { foreign, own } = parties
  const { name, logoUrl } = foreign.written
  const { settings } = await invitee()
  expect(await label(settings, foreign.organization.id)).toEqual([{ name, logo_url: logoUrl, is_deleted: false }])
  expect(await label(settings, own.organization.id)).toEqual([])
  expect(await label({ viewer: uuidOf(own.ids.User) }, foreign.organization.id)).toEqual([])
  expect(await label({}, foreign.organization.id)).toEqual([])
})

test('an invitation that was answered offers nothing any more', async () => {
  const { invitations, callers } = parties
  const { settings, idsIn } = await invitee()
  const input = { invitation: { id: invitations[0] } }
  await callers['an outsider whom the other organization invited'].mutate('declineInvitation', input)
  expect(await seen(settings)).toEqual({
    ...inEach([]),
    invitation: [uuidOf(parties.foreign.organization.id)],
  })
  expect(await idsIn('invitation', 'id')).toEqual([uuidOf(invitations[0] ?? '')])
})

test('the views of roles show what their tables show', async () => {
  const ofOrganizations = (settings: Settings, view: string) =>
    wall.as(settings, async client => {
      const { rows } = await client.query(
        `select distinct organization_id as id from ${view} where organization_id is not null`,
      )
      return rows.map(row => row.id)
    })
  for (const view of ['organization_role', 'organization_role_permission']) {
    expect(await ofOrganizations({}, view)).toEqual([])
    expect(await ofOrganizations({ viewer: uuidOf(parties.own.ids.User) }, view)).toEqual([
      uuidOf(parties.own.organization.id),
    ])
  }
})

test('policies are evaluated once per statement, not per row', async () => {
  for (const { name } of tables) {
    const plan = await wall.as({ viewer: uuidOf(parties.own.ids.User) }, client =>
      client.query<Record<string, string>>(`explain (costs off, verbose) select count(*) from "${name}"`),
    )
    const lines = plan.rows.map(row => row['QUERY PLAN'] ?? '')
    const perRow = lines.filter(line => /(Filter|Cond):/.test(line) && /tenantry_|current_setting/.test(line))
    expect(perRow, name).toEqual([])
    expect(lines.join('\n'), name).toContain('InitPlan')
  }
})
