import { chmod, readFile, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { dataDir, isAlive, killWatchdog, postgresPid, query, startTenantry, untilGone } from './tenantry.ts'

const isRoot = userInfo().uid === 0

describe('recovering', { timeout: 120_000 }, () => {
  test('kill -9 stops PostgreSQL too, and nothing committed is lost', async () => {
    const env = { DATA_DIR: await dataDir() }
    const tenantry = await startTenantry(env)
    await tenantry.ready()
    await query(env.DATA_DIR, 'create table kept as select 42 as answer')
    const postgres = Number(await postgresPid(env.DATA_DIR))
    tenantry.signal('SIGKILL')
    await untilGone(postgres)

    await (await startTenantry(env)).ready()
    expect(await query(env.DATA_DIR, 'select answer from kept')).toEqual([{ answer: 42 }])
  })

  test('a PostgreSQL that was left behind is stopped, and its data served', async () => {
    const env = { DATA_DIR: await dataDir() }
    const tenantry = await startTenantry(env)
    await tenantry.ready()
    await query(env.DATA_DIR, 'create table kept as select 42 as answer')
    const orphan = Number(await postgresPid(env.DATA_DIR))
    await killWatchdog(orphan)
    tenantry.signal('SIGKILL')
    await tenantry.ended
    expect(await isAlive(orphan)).toBe(true)

    const next = await startTenantry(env)
    await next.ready()
    expect(await isAlive(orphan)).toBe(false)
    expect(next.output.stdout).toContain('Stopping the PostgreSQL that an earlier run left behind')
    expect(await query(env.DATA_DIR, 'select answer from kept')).toEqual([{ answer: 42 }])
  })

  test('a pid file and a lock that point to strangers are not in the way, and the strangers are left alone', async () => {
    const env = { DATA_DIR: await dataDir() }
    const tenantry = await startTenantry(env)
    await tenantry.ready()
    const pidFile = join(env.DATA_DIR, 'postgres', 'postmaster.pid')
    const noted = await readFile(pidFile, 'utf8')
    tenantry.signal('SIGTERM')
    await tenantry.ended
    await writeFile(pidFile, noted.replace(/^\d+/, String(process.pid)))
    await writeFile(join(env.DATA_DIR, 'tenantry.lock'), `${process.pid} 1`)

    await (await startTenantry(env)).ready()
  })

  test('when PostgreSQL ends by itself, that is one line and the end, and the next start goes on', async () => {
    const env = { DATA_DIR: await dataDir() }
    const tenantry = await startTenantry(env)
    await tenantry.ready()
    await untilGone(Number(await postgresPid(env.DATA_DIR)), 'SIGINT')
    const { code, stderr } = await tenantry.ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/^PostgreSQL ended by itself \(its log: \S+\)\n$/)
    await (await startTenantry(env)).ready()
  })

  test.runIf(isRoot)(
    'started by root in a folder closed to others, the data is elsewhere and found again',
    async () => {
      const env = { DATA_DIR: await dataDir() }
      await chmod(dirname(env.DATA_DIR), 0o700)
      const first = await startTenantry(env)
      await first.ready()
      expect(first.output.stdout).toMatch(/^Started by root, .* the database is in \S+$/m)
      await query(env.DATA_DIR, 'create table kept as select 42 as answer')
      first.signal('SIGTERM')
      expect(await first.ended).toMatchObject({ code: 0, stderr: '' })

      await (await startTenantry(env)).ready()
      expect(await query(env.DATA_DIR, 'select answer from kept')).toEqual([{ answer: 42 }])
    },
  )
})
