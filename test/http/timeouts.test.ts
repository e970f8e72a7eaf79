import { expect, test } from 'vitest'
import { openOrm } from '../../src/db/orm.ts'
import { uuidOf } from '../kit/journal.ts'
import { withClient } from '../kit/server.ts'
import { type World, world } from '../kit/world.ts'
import { ask } from './requests.ts'

/** While somebody else holds the lock of an organization, and does not let go. */
async function whileLocked<T>({ databaseUrl, acme }: World, run: () => Promise<T>): Promise<T> {
  return withClient(databaseUrl, async client => {
    await client.query('begin')
    await client.query('select from organization where id = $1 for update', [uuidOf(acme.id)])
    const result = await run()
    await client.query('rollback')
    return result
  })
}

const rename = `mutation($id: ID!) { updateOrganization(input: { organizationId: $id, name: "Late" }) { __typename } }`

test('a lock that nobody lets go of ends the wait: CONFLICT, and to be tried again', async () => {
  const w = await world({ env: { DATABASE_LOCK_TIMEOUT: '200' } })
  const { errors } = await whileLocked(w, () => w.owner.send(rename, { id: w.acme.id }))
  expect(errors).toMatchObject([
    {
      message: 'Somebody else is changing the same at this moment. Nothing was changed: try again.',
      extensions: { code: 'CONFLICT', retryable: true },
    },
  ])
  expect((await w.owner.send(rename, { id: w.acme.id })).errors).toEqual([])
})

test('a statement that does not end is ended, and can be tried again', async () => {
  const w = await world({ env: { DATABASE_STATEMENT_TIMEOUT: '200' } })
  const { errors } = await whileLocked(w, () => w.owner.send(rename, { id: w.acme.id }))
  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL', retryable: true, reference: expect.any(String) } }])
  expect(errors[0]?.message).toMatch(/^This took too long: try again later. If it goes on, report the reference /)
  expect(w.log.join()).toContain('the database takes too long')
})

test('who finds no free connection is told in time, and so is who asks whether it is ready', async () => {
  const w = await world({ env: { DATABASE_POOL: '1', DATABASE_POOL_TIMEOUT: '200', DATABASE_LOCK_TIMEOUT: '4000' } })
  await w.owner.id()
  await whileLocked(w, async () => {
    const waiting = w.owner.send(rename, { id: w.acme.id })
    // Once it waits for the lock it holds the only connection.
    await untilBlocked(w)
    const { status, errors } = await w.owner.send('{ viewer { memberships { totalCount } } }')
    expect([status, errors[0]?.extensions]).toMatchObject([500, { code: 'INTERNAL', retryable: true }])
    const ready = await ask(w.app, '/readyz')
    expect([ready.status, ready.text]).toEqual([503, 'the database does not answer\n'])
    await waiting
  })
  expect((await ask(w.app, '/readyz')).status).toBe(200)
})

const members = 'query($id: ID!) { organization(by: { id: $id }) { members { totalCount } } }'

test.each([
  ['writes', rename, 'select from organization for update'],
  ['reads', members, 'lock table membership in access exclusive mode'],
])('a connection that breaks while it %s leaves its place to another', async (_what, query, lock) => {
  const w = await world({ isolated: true, env: { DATABASE_POOL: '1', DATABASE_POOL_TIMEOUT: '2000' } })
  await withClient(w.databaseUrl, async client => {
    await client.query(`begin; ${lock}`)
    const broken = w.owner.send(query, { id: w.acme.id })
    await untilBlocked(w)
    await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
    )
    const { errors } = await broken
    expect(errors.map(error => error.extensions.code)).toEqual(['INTERNAL'])
  })
  expect((await w.owner.send(rename, { id: w.acme.id })).errors).toEqual([])
})

async function untilBlocked({ databaseUrl }: World): Promise<void> {
  const text = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
  await withClient(databaseUrl, async client => {
    while ((await client.query(text)).rowCount === 0);
  })
}

test('the bounds hold where a pooler drops what a connection starts with', async () => {
  const { databaseUrl } = await world()
  const orm = await openOrm(databaseUrl, 'runtime', { pool: 1 })
  const client = await (await orm.em.getConnection().getNativeClient()).connect()
  await client.query('begin')
  await client.query("select tenantry_look(null, null, '', null, 15000, 5000)")
  const { rows } = await client.query(
    "select current_setting('statement_timeout') s, current_setting('lock_timeout') l",
  )
  expect(rows).toEqual([{ s: '15s', l: '5s' }])
  await client.query('rollback')
  client.release()
  await orm.close(true)
})
