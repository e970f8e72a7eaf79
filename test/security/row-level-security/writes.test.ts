import type { PoolClient } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withClient } from '../../kit/server.ts'
import { world } from '../../kit/world.ts'
import { uuidOf } from '../isolation/rows.ts'
import { openSide, type Side } from '../isolation/side.ts'
import { openWall, refused, type Settings, stateOf, type TenantTable, tablesOf, type Wall } from './wall.ts'

/** What happened is never altered, and only the purge removes an organization: both need the owner of the tables. */
const neverAltered = ['audit_event', 'outbox_event']
const neverDeleted = ['organization', ...neverAltered]

let own: Side
let foreign: Side
let wall: Wall
let tables: TenantTable[]
beforeAll(async () => {
  const here = await world()
  own = await openSide(here)
  foreign = await openSide(here)
  wall = await openWall(here.databaseUrl)
  tables = (await tablesOf(here.databaseUrl)).tenant
})
afterAll(() => wall.close())

/** Ways to hold the right to write somewhere, none of them in the other organization; the viewer sees its rows all the same. */
function elsewhere(): Record<string, Settings> {
  const member = { viewer: uuidOf(foreign.ids.User), management: 'organizations:read audit:read' }
  return {
    'nowhere, though a member': member,
    'in another organization, though a member': { ...member, acting: uuidOf(own.organization.id) },
    'for the deployment': { ...member, acting: '00000000-0000-0000-0000-000000000000' },
    'nowhere, though with every management permission': {
      management: 'organizations:read organizations:write template:write users:read audit:read management:write',
    },
  }
}
const acting = () => ({ viewer: uuidOf(foreign.ownerId), acting: uuidOf(foreign.organization.id) })

/** Inserts a row of the other organization once more: with the right to, its key is in the way. */
async function insertAgain(client: PoolClient, { name, key }: TenantTable): Promise<string> {
  const row = await aRow(name, key)
  const columns = await columnsOf(name)
  const list = columns.map(column => `"${column}"`).join(', ')
  const text = `insert into "${name}" (${list}) select ${list} from jsonb_populate_record(null::"${name}", $1)`
  return stateOf(client.query(text, [row]))
}

async function aRow(name: string, key: string): Promise<unknown> {
  const text = `select to_jsonb(t) as row from "${name}" t where ${key} = $1 limit 1`
  const { rows } = await owners(text, [uuidOf(foreign.organization.id)])
  if (rows[0] === undefined) throw new Error(`${name} has no row to try with: plant one in isolation/side.ts`)
  return rows[0].row
}

async function columnsOf(name: string): Promise<string[]> {
  const text = `select column_name as row from information_schema.columns
    where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'`
  return (await owners(text, [name])).rows.map(({ row }) => String(row))
}

const owners = (text: string, values: unknown[]) =>
  withClient(own.world.databaseUrl, client => client.query<{ row: unknown }>(text, values))

test('nothing is inserted into an organization but by who acts there', async () => {
  for (const table of tables) {
    for (const [how, settings] of Object.entries(elsewhere()))
      expect(await wall.as(settings, client => insertAgain(client, table)), `${table.name} ${how}`).toBe(refused)
    // unique_violation: the wall let it through.
    expect(await wall.as(acting(), client => insertAgain(client, table)), table.name).toBe('23505')
  }
})

test('nothing is updated in an organization but by who acts there', async () => {
  for (const { name, key } of tables) {
    const update = (client: PoolClient) =>
      client.query(`update "${name}" set ${key} = ${key} where ${key} = $1`, [uuidOf(foreign.organization.id)])
    if (neverAltered.includes(name)) {
      expect(await wall.as(acting(), client => stateOf(update(client))), name).toBe(refused)
      continue
    }
    for (const [how, settings] of Object.entries(elsewhere()))
      expect((await wall.as(settings, update)).rowCount, `${name} ${how}`).toBe(0)
    expect((await wall.as(acting(), update)).rowCount, name).toBeGreaterThan(0)
  }
})

test('no row moves to another organization', async () => {
  for (const { name, key } of tables.filter(table => !neverAltered.includes(table.name))) {
    const values = [uuidOf(foreign.organization.id), uuidOf(own.organization.id)]
    const move = (client: PoolClient) =>
      stateOf(client.query(`update "${name}" set ${key} = $2 where ${key} = $1`, values))
    expect(await wall.as(acting(), move), name).toBe(refused)
  }
})

test('nothing is deleted from an organization but by who acts there', async () => {
  for (const { name, key } of tables) {
    const remove = (client: PoolClient) =>
      client.query(`delete from "${name}" where ${key} = $1`, [uuidOf(foreign.organization.id)])
    if (neverDeleted.includes(name)) {
      expect(await wall.as(acting(), client => stateOf(remove(client))), name).toBe(refused)
      continue
    }
    for (const [how, settings] of Object.entries(elsewhere()))
      expect((await wall.as(settings, remove)).rowCount, `${name} ${how}`).toBe(0)
    // Let through: gone, or held by a foreign key.
    const outcome = await wall.as(acting(), client =>
      remove(client).then(
        ({ rowCount }) => rowCount,
        error => error.code,
      ),
    )
    expect([0, refused], name).not.toContain(outcome)
  }
})

test('no table is emptied past the policies', async () => {
  for (const { name } of tables)
    expect(await wall.as({ acting: '*' }, client => stateOf(client.query(`truncate "${name}" cascade`))), name).toBe(
      refused,
    )
})

test('a read transaction writes nothing, whatever it says it acts in', async () => {
  for (const table of tables) {
    const state = await wall.as({}, async client => {
      await client.query('rollback; begin read only')
      await client.query("select set_config('tenantry.acting', $1, true)", [uuidOf(foreign.organization.id)])
      return insertAgain(client, table)
    })
    expect(state, table.name).toBe('25006')
  }
})

test('a role of one organization cannot be held in another, whoever acts', async () => {
  const grant = (client: PoolClient) =>
    stateOf(
      client.query(
        `insert into membership_role (organization_id, membership_id, kind, custom_role_id, assigned_at)
         values ($1, $2, 'USER', $3, now())`,
        [own.organization.id, own.ids.Membership, foreign.ids.OrganizationRole].map(uuidOf),
      ),
    )
  // foreign_key_violation: the organization is part of the key.
  expect(await wall.as({ acting: '*' }, grant)).toBe('23503')
})
