import { once } from 'node:events'
import { access } from 'node:fs/promises'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dataDir, freePort, postgresPid, query, startTenantry, type Tenantry } from './tenantry.ts'

describe('starting', { timeout: 120_000 }, () => {
  let shared: Tenantry
  let sharedData: string
  let answers: Response[]
  const cleanups: (() => Promise<void>)[] = []
  const afterAllTests = (clean: () => Promise<void>) => void cleanups.unshift(clean)

  beforeAll(async () => {
    sharedData = await dataDir(afterAllTests)
    // An unusual machine: none of it must reach the database.
    shared = await startTenantry({ DATA_DIR: sharedData, TZ: 'Asia/Tokyo', LC_ALL: 'de_DE.UTF-8' }, afterAllTests)
    answers = await shared.ready()
  }, 120_000)

  afterAll(async () => {
    for (const clean of cleanups) await clean()
  })

  test('requests that come too early are told to come again', () => {
    const [first] = answers
    expect(first?.status).toBe(503)
    expect(first?.headers.get('retry-after')).toBe('1')
  })

  test('development tells how to get a token, with a database of one’s own too', async () => {
    const hint = 'A token for anybody, by email address or client id: npm run -s token -- <email or client id>'
    expect(shared.output.stdout).toContain(hint)
    const [row] = await query(sharedData, "select current_setting('port') as port")
    const { port } = row as { port: string }
    await query(sharedData, "create role owner_of_another superuser login password 'right'")
    const DATABASE_URL = `postgres://owner_of_another:right@127.0.0.1:${port}/tenantry`
    const other = await startTenantry({ DATA_DIR: await dataDir(), DATABASE_URL })
    await other.ready()
    while (!other.output.stdout.includes(hint)) await delay(20)
  })

  test('a second start finds the data of the first', async () => {
    const env = { DATA_DIR: await dataDir() }
    const first = await startTenantry(env)
    await first.ready()
    await query(env.DATA_DIR, 'create table kept as select 42 as answer')
    first.signal('SIGTERM')
    await first.ended

    const second = await startTenantry(env)
    await second.ready()
    expect(await query(env.DATA_DIR, 'select answer from kept')).toEqual([{ answer: 42 }])
    expect(second.output.stdout).not.toContain('Creating the database')
  })

  test('the embedded database depends on nothing of the machine, and lets nobody in without its password', async () => {
    const settings = `select current_setting('TimeZone') as zone, current_setting('listen_addresses') as listens,
      current_setting('server_encoding') as encoding, datlocale as locale, lower('É') as lower
      from pg_database where datname = current_database()`
    expect(await query(sharedData, settings)).toEqual([
      { zone: 'UTC', listens: '127.0.0.1', encoding: 'UTF8', locale: 'C.UTF-8', lower: 'é' },
    ])
    const methods = "select distinct auth_method from pg_hba_file_rules where type = 'host'"
    expect(await query(sharedData, methods)).toEqual([{ auth_method: 'scram-sha-256' }])
  })

  test('a taken port is one line, before anything is made', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    const data = await dataDir()
    const tenantry = await startTenantry({ DATA_DIR: data, PORT: port })
    expect(await tenantry.ended).toEqual({
      code: 1,
      stdout: '',
      stderr: `Port ${port} is taken on 127.0.0.1: set PORT to a free one\n`,
    })
    await expect(access(data)).rejects.toThrow()
    other.close()
  })

  test('an unreachable database is one line that names it without the password', async () => {
    const port = await freePort()
    const data = await dataDir()
    const DATABASE_URL = `postgres://someone:secret@127.0.0.1:${port}/product`
    const tenantry = await startTenantry({ DATA_DIR: data, DATABASE_URL })
    expect(await tenantry.ended).toEqual({
      code: 1,
      stdout: '',
      stderr: `DATABASE_URL: 127.0.0.1:${port}/product refuses the connection: is PostgreSQL running there?\n`,
    })
    await expect(access(data)).rejects.toThrow()
  })

  test('a wrong password and a missing database are told apart', async () => {
    await query(sharedData, "create role someone login password 'right'")
    const [row] = await query(sharedData, "select current_setting('port') as port")
    const { port } = row as { port: string }
    const errorOf = async (DATABASE_URL: string) => (await (await startTenantry({ DATABASE_URL })).ended).stderr

    expect(await errorOf(`postgres://someone:wrong@127.0.0.1:${port}/tenantry`)).toBe(
      `DATABASE_URL: 127.0.0.1:${port}/tenantry refuses the password of user someone\n`,
    )
    expect(await errorOf(`postgres://someone:right@127.0.0.1:${port}/nowhere`)).toBe(
      `DATABASE_URL: 127.0.0.1:${port}/nowhere has no such database: create it first\n`,
    )
  })

  test('a bad variable is one line that names it', async () => {
    const tenantry = await startTenantry({ PORT: 'eighty' })
    const { code, stdout, stderr } = await tenantry.ended
    expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({ code: 1, stdout: '', lines: 1 })
    expect(stderr).toContain('PORT')
  })

  test('production without settings is refused in one line that names them all', async () => {
    const tenantry = await startTenantry({ NODE_ENV: 'production' })
    const { code, stdout, stderr } = await tenantry.ended
    expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({ code: 1, stdout: '', lines: 1 })
    for (const name of ['DATABASE_URL', 'ISSUER_SECRET', 'PUBLIC_URL']) expect(stderr).toContain(name)
  })

  test('a data folder in use by a live Tenantry is one line, and the other goes on', async () => {
    const postgres = await postgresPid(sharedData)
    const { code, stderr } = await (await startTenantry({ DATA_DIR: sharedData })).ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/^\S+ is in use by another Tenantry \(process \d+\): stop it, or set DATA_DIR\n$/)
    expect(await postgresPid(sharedData)).toBe(postgres)
    expect((await fetch(`${shared.url}/readyz`)).status).toBe(200)
  })
})
