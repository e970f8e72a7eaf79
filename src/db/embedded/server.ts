import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile, rename } from 'node:fs/promises'
import { createServer } from 'node:net'
import { platform } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { StartError } from '../../errors.ts'
import { type Cluster, give } from './cluster.ts'
import { programIn, run, surroundings } from './programs.ts'

export interface Server {
  url: string
  /** Settles when PostgreSQL has ended, for whatever reason. */
  ended: Promise<unknown>
  stop(): Promise<void>
}

const settings = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=200',
  'jit=off',
  'timezone=UTC',
  'log_timezone=UTC',
]

/** Serves the cluster on a free port, and returns once `database` is there and answers. */
export async function serve(cluster: Cluster, database: string, flags: string[]): Promise<Server> {
  await rename(cluster.log, `${cluster.log}.1`).catch(() => undefined)
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const child = await launch(cluster, port, flags)
    const watchdog = watch(child, cluster)
    const ended = new Promise(resolve => child.once('exit', resolve).once('error', resolve)).finally(watchdog)
    try {
      const base = `postgres://postgres:${cluster.password}@127.0.0.1:${port}`
      await untilReady(child, base, database)
      return { url: `${base}/${database}`, ended, stop: () => stop(child, ended, cluster) }
    } catch (error) {
      await stop(child, ended, cluster)
      const reason = await lastWords(cluster, error)
      // Someone took the port in between, or the last children of a killed server are still leaving.
      if (attempt === 5 || !/bind|shared memory block/.test(reason)) throw new StartError(reason)
      await delay(500)
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function launch(cluster: Cluster, port: number, flags: string[]): Promise<ChildProcess> {
  const log = await open(cluster.log, 'a', 0o600)
  await give(cluster.log, cluster.account)
  const options = [...settings, ...flags].flatMap(setting => ['-c', setting])
  const child = spawn(programIn(cluster.programs, 'postgres'), ['-D', cluster.folder, '-p', `${port}`, ...options], {
    ...surroundings,
    ...cluster.account,
    stdio: ['ignore', log.fd, log.fd],
  })
  await log.close()
  return child
}

async function untilReady(child: ChildProcess, base: string, database: string): Promise<void> {
  for (;;) {
    if (hasEnded(child)) throw new Error('it ended at once')
    try {
      await makeDatabase(`${base}/postgres`, database)
      return
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      // 57P03: it is starting, or recovering from a crash, which may take its time.
      if (code !== 'ECONNREFUSED' && code !== 'ECONNRESET' && code !== '57P03') throw error
      await delay(30)
    }
  }
}

async function makeDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`)
  } finally {
    await client.end()
  }
}

/**
 * Stops PostgreSQL when this process ends without having done so (kill -9, a crash, a second Ctrl-C): the pipe closes
 * with us, and the shell that reads it wakes up. Returns how to call it off.
 */
function watch(server: ChildProcess, cluster: Cluster): () => void {
  if (platform() === 'win32' || server.pid === undefined) return () => undefined
  const dog = spawn('sh', ['-c', 'read -r _; kill -INT "$1"', 'tenantry-watchdog', `${server.pid}`], {
    ...surroundings,
    ...cluster.account,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  dog.on('error', () => undefined)
  dog.unref()
  return () => dog.kill('SIGKILL')
}

async function stop(child: ChildProcess, ended: Promise<unknown>, cluster: Cluster): Promise<void> {
  if (hasEnded(child)) return
  if (platform() === 'win32') {
    await run(programIn(cluster.programs, 'pg_ctl'), ['stop', '-s', '-w', '-m', 'fast', '-D', cluster.folder])
  }
  // "Fast": clients are cut off, everything committed is written. "Immediate" if that hangs: the next start recovers.
  child.kill('SIGINT')
  const late = setTimeout(() => child.kill('SIGQUIT'), 30_000)
  await ended
  clearTimeout(late)
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null
}

async function lastWords(cluster: Cluster, error: unknown): Promise<string> {
  const log = await readFile(cluster.log, 'utf8').catch(() => '')
  const fatal = log.split('\n').findLast(line => /(FATAL|PANIC): /.test(line))
  const why = fatal?.replace(/^.*(FATAL|PANIC): +/, '') ?? (error instanceof Error ? error.message : error)
  return `PostgreSQL does not start: ${why} (its log: ${cluster.log})`
}
