import { afterAll, beforeAll, expect, test } from 'vitest'
import { runtimeRole } from '../../../src/db/runtime-role.ts'
import { withClient } from '../../kit/server.ts'
import { world } from '../../kit/world.ts'
import { uuidOf } from '../isolation/rows.ts'
import { openSide, type Side } from '../isolation/side.ts'
import { openWall, refused, stateOf, tablesOf, type Wall } from './wall.ts'

/** Tables of the deployment: no organization has a part of its own in them. The program alone guards them. */
const ofTheDeployment: Readonly<Record<string, string>> = {
  oidc_record: 'sessions, grants and tokens of the built-in issuer, which belong to people; ids as hashes',
  sign_in_address: 'who signs in at the built-in issuer',
  sign_in_code: 'codes that people asked for, as hashes',
  sso_start: 'sign-ins that were started at providers, by where from, as hashes',
  second_factor: 'what makes the codes of a user’s second factor, encrypted',
  recovery_code: 'codes for who has lost that, as hashes',
  passkey: 'public keys by which people sign in',
  passkey_challenge: 'what a browser is asked to sign in an interaction, once',
  signing_key: 'keys of the built-in issuer, encrypted',
  api_resource: 'the template',
  permission: 'the template',
  template_role: 'the template',
  template_role_permission: 'the template',
  template_version: 'the template',
  principal: 'people and machines belong to the deployment',
  identity: 'as principals',
  management_grant: 'operators are for the whole deployment',
  mail_template: 'mail is written in one way for the whole deployment',
  migration: 'of the migrator; the role that serves requests has no privilege on it',
}

let side: Side
let wall: Wall
let url: string
beforeAll(async () => {
  side = await openSide(await world())
  url = side.world.databaseUrl
  wall = await openWall(url)
})
afterAll(() => wall.close())

const owners = async (text: string) =>
  (await withClient(url, client => client.query<Record<string, unknown>>(text))).rows

test('every table belongs to organizations, under forced row-level security, or is known to be of the deployment', async () => {
  const { tenant, others } = await tablesOf(url)
  expect(others.sort()).toEqual(Object.keys(ofTheDeployment).sort())
  const forced = await owners(
    `select relname as name from pg_class where relrowsecurity and relforcerowsecurity and relnamespace = 'public'::regnamespace order by 1`,
  )
  expect(forced.map(row => row.name)).toEqual(tenant.map(table => table.name).sort())
})

test('every table of organizations leads its primary key with the organization', async () => {
  const rows = await owners(
    `select c.conrelid::regclass::text as table, (select attname from pg_attribute where attrelid = c.conrelid and attnum = c.conkey[1]) as first
     from pg_constraint c where c.contype = 'p' and c.connamespace = 'public'::regnamespace`,
  )
  const first = new Map(rows.map(row => [row.table, row.first]))
  for (const { name, key } of (await tablesOf(url)).tenant) expect(first.get(name), name).toBe(key)
})

test('every foreign key between tables of organizations leads with the organization', async () => {
  const names = (await tablesOf(url)).tenant.map(table => table.name)
  const rows = await owners(
    `select c.conrelid::regclass::text as from, c.confrelid::regclass::text as to, (select attname from pg_attribute where attrelid = c.conrelid and attnum = c.conkey[1]) as first
     from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace`,
  )
  const between = rows.filter(row => names.includes(String(row.from)) && names.includes(String(row.to)))
  expect(between.length).toBeGreaterThan(0)
  const others = between.filter(row => row.first !== 'organization_id').map(row => `${row.from} to ${row.to}`)
  // A connector that its owner shares with other organizations.
  expect(others).toEqual(['sso_connector_use to sso_connector'])
})

test('the role that serves requests owns nothing, and has no attribute that passes row-level security', async () => {
  expect(
    await owners(
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin,
         (select count(*)::int from pg_class where relowner = r.oid) as owns,
         (select count(*)::int from pg_proc where proowner = r.oid) as functions,
         (select count(*)::int from pg_auth_members where member = r.oid) as memberships
       from pg_roles r where rolname = '${runtimeRole}'`,
    ),
  ).toEqual([
    {
      ...{ rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false, rolreplication: false },
      ...{ rolcanlogin: false, owns: 0, functions: 0, memberships: 0 },
    },
  ])
})

test('the role that serves requests cannot take the wall down', async () => {
  const attempts = [
    'alter table membership disable row level security',
    'alter table membership no force row level security',
    'drop policy membership_read on membership',
    'alter policy membership_read on membership using (true)',
    'create policy everything on membership using (true)',
    'alter table membership owner to tenantry_app',
    'alter role tenantry_app bypassrls',
    'create table public.mine (id int)',
    'create or replace function tenantry_sees_all() returns boolean language sql as $$ select true $$',
    'drop trigger principal_display_name on principal',
    'select * from migration',
    'set session_replication_role = replica',
  ]
  for (const attempt of attempts)
    expect(await wall.as({}, client => stateOf(client.query(attempt))), attempt).toBe(refused)
})

test('the role that serves requests cannot grant itself what it lacks', async () => {
  const held = await wall.as({}, async client => {
    await client.query('grant all on organization, audit_event to tenantry_app')
    const { rows } = await client.query(
      "select has_table_privilege('organization', 'delete') as purges, has_table_privilege('audit_event', 'update') as rewrites",
    )
    return rows
  })
  expect(held).toEqual([{ purges: false, rewrites: false }])
})

test('row_security = off refuses to read rather than showing more', async () => {
  const read = (client: Parameters<Parameters<Wall['as']>[1]>[0]) =>
    stateOf(client.query('set local row_security = off').then(() => client.query('select * from membership')))
  expect(await wall.as({}, read)).toBe(refused)
})

test('every connection starts in the restricted role, and RESET ROLE leads back to it', async () => {
  const roles = await wall.as({}, async client => {
    const start = await client.query('select current_user as role')
    await client.query('reset role')
    const reset = await client.query('select current_user as role')
    return [start.rows[0].role, reset.rows[0].role]
  })
  expect(roles).toEqual([runtimeRole, runtimeRole])
})

test('who can run SQL of their own is past the wall: it holds against forgotten checks, not against injected SQL', async () => {
  const count = async (text: string) =>
    wall.as({}, async client => {
      await client.query(text)
      return (await client.query('select 1 from organization where id = $1', [uuidOf(side.organization.id)])).rowCount
    })
  expect(await count('select 1')).toBe(0)
  // The login behind the connections owns the tables, and the settings are anybody's to set.
  expect(await count('set local role none')).toBe(1)
  expect(await count("set local tenantry.management = 'organizations:read'")).toBe(1)
})

test('functions that run as their owner look nowhere but in the public schema', async () => {
  const rows = await owners(
    `select proname as name, proconfig as config from pg_proc where prosecdef and pronamespace = 'public'::regnamespace`,
  )
  expect(rows.length).toBeGreaterThan(0)
  for (const { name, config } of rows) expect(config, String(name)).toEqual(['search_path=public, pg_temp'])
})
