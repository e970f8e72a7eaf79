import type { PoolClient } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withClient } from '../../kit/server.ts'
import { world } from '../../kit/world.ts'
import { insider, openParties, type Parties } from '../isolation/callers.ts'
import { uuidOf } from '../isolation/rows.ts'
import { openWall, refused, stateOf, type TenantTable, tablesOf, type Wall } from './wall.ts'

// What a token for one organization leaves of a member of two, who is invited to a third and an operator: past every
// check of the program, by the database alone.

let parties: Parties
let wall: Wall
let tables: TenantTable[]
let viewer: string
let here: string
let elsewhere: string
beforeAll(async () => {
  parties = await openParties(await world())
  const { databaseUrl } = parties.world
  wall = await openWall(databaseUrl)
  tables = (await tablesOf(databaseUrl)).tenant
  const caller = await parties.callers[insider].query('{ viewer { principal { id } } }')
  viewer = uuidOf(caller.viewer.principal.id)
  here = uuidOf(parties.own.organization.id)
  elsewhere = uuidOf(parties.foreign.organization.id)
})
afterAll(() => wall.close())

const management = 'organizations:read organizations:write audit:read applications:write'
const bound = () => ({ viewer, viewer_email: parties.foreign.written.invitee, management, boundTo: here })

test('every table shows rows of the one organization alone (TOK-7)', async () => {
  for (const { name, key } of tables) {
    const places = await wall.as(bound(), async client => {
      const { rows } = await client.query<{ id: string }>(`select distinct ${key} as id from "${name}"`)
      return rows.map(row => row.id)
    })
    expect(places, name).toEqual([here])
  }
})

test('the same person sees both without it', async () => {
  const places = await wall.as({ viewer }, async client => {
    const { rows } = await client.query<{ id: string }>('select id from organization')
    return rows.map(row => row.id)
  })
  expect(places).toEqual(expect.arrayContaining([here, elsewhere]))
})

test('no write acts elsewhere, or everywhere (TOK-7)', async () => {
  const enter = (place: string) => (client: PoolClient) => stateOf(client.query('select tenantry_enter($1)', [place]))
  expect(await wall.as(bound(), enter(elsewhere))).toBe(refused)
  expect(await wall.as(bound(), enter('*'))).toBe(refused)
  expect(await wall.as(bound(), enter(here))).toBe('none')
})

/** Functions that pass row-level security for a viewer, and what they must not tell. */
const asked = [
  'select organization_name as told from tenantry_suspensions()',
  'select name as told from tenantry_deleted_organizations()',
  'select name as told from tenantry_requested_organizations()',
  'select id as told from unnest(tenantry_pending_invitations()) as id',
  'select id as told from unnest(tenantry_offered_roles()) as id',
]

test.each(asked)('nothing is told past it: %s (TOK-7)', async text => {
  const owner = uuidOf(parties.own.ownerId)
  const told = (boundTo?: string) =>
    wall.as(
      { viewer: owner, viewer_email: parties.foreign.written.invitee, ...(boundTo && { boundTo }) },
      async client => {
        const { rows } = await client.query<{ told: string }>(text)
        return rows.length
      },
    )
  expect(await told(here)).toBe(0)
  if (!text.includes('suspensions')) expect(await told()).toBeGreaterThan(0)
})

test('a bound viewer is led nowhere by an address, and suggested nothing (TOK-7)', async () => {
  const { foreign, world: here_ } = parties
  const organizationId = uuidOf(foreign.organization.id)
  const address = `somebody@${foreign.written.domain}`
  await withClient(here_.databaseUrl, client =>
    client.query(
      "update email_domain set status = 'VERIFIED', verified_at = now(), provisions = true where organization_id = $1",
      [organizationId],
    ),
  )
  const viewer = uuidOf(parties.own.ownerId)
  const told = (boundTo?: string) =>
    wall.as({ viewer, viewer_email: address, ...(boundTo && { boundTo }) }, async client => {
      const places = await client.query('select from tenantry_jit_places($1, $2)', [address, viewer])
      const suggested = await client.query('select from tenantry_suggested_organizations(now())')
      return [places.rowCount, suggested.rowCount]
    })
  expect([await told(), await told(here)]).toEqual([
    [1, 1],
    [0, 0],
  ])
})

test('every function that asks for the viewer is known to answer for a bound one, or for nobody', async () => {
  const { rows } = await withClient(parties.world.databaseUrl, client =>
    client.query<{ name: string }>(
      `select proname as name from pg_proc where pronamespace = 'public'::regnamespace and prosecdef
         and prosrc ~ '(viewer|person)' order by 1`,
    ),
  )
  // A new one is added here once it is tried above, or reaches nothing beyond the bound organization.
  expect(rows.map(row => row.name)).toEqual([
    'tenantry_deleted_organizations',
    'tenantry_jit_connector_places',
    'tenantry_jit_places',
    'tenantry_jit_ways',
    'tenantry_joinable_organization',
    'tenantry_offered_roles',
    'tenantry_organization_labels',
    'tenantry_organizations_of',
    'tenantry_pending_invitations',
    'tenantry_requested_organizations',
    'tenantry_suggested_organizations',
    'tenantry_suspensions',
  ])
})
