import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { readConfig } from '../src/config.ts'
import { startEmbedded } from '../src/db/embedded.ts'
import { reachDatabase } from '../src/db/reach.ts'
import type { Outcome, Prepare, Run } from './load.ts'

/** Something started for the bench, to be stopped at its end. */
interface Stoppable {
  stop(): Promise<void>
}
export interface Database extends Stoppable {
  readonly url: string
  /** Holds the key of the development issuer, and the database where that is our own. */
  readonly dataDir: string
}
export interface Server extends Stoppable {
  readonly port: number
  readonly pid: number
}
export interface Load extends Stoppable {
  prepare(message: Prepare): void
  run(message: Run): Promise<Outcome>
}

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** The database of DATABASE_URL; else one that is kept from run to run. */
export async function openDatabase(say: (line: string) => void): Promise<Database> {
  const { databaseUrl } = readConfig()
  const dataDir = path('../.data/bench')
  if (databaseUrl === undefined) return { ...(await startEmbedded({ dataDir, say })), dataDir }
  await reachDatabase(databaseUrl)
  return { url: databaseUrl, dataDir, stop: async () => {} }
}

/** Seeds by the script itself, with its defaults. */
export async function seed({ url, dataDir }: Database): Promise<void> {
  const child = spawn(process.execPath, [path('../scripts/seed.ts')], {
    env: { ...process.env, DATABASE_URL: url, DATA_DIR: dataDir },
    stdio: 'inherit',
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error('the seed failed')
}

/** The product, as it runs: its log lines are written, and thrown away by whoever reads them. */
export async function startTenantry({ url, dataDir }: Database): Promise<Server> {
  const child = spawn(process.execPath, [...process.execArgv, path('../src/main.ts')], {
    env: {
      ...process.env,
      NODE_ENV: 'development',
      DEMO: 'false',
      LOG_LEVEL: 'info',
      PORT: '0',
      HOST: '127.0.0.1',
      DATABASE_URL: url,
      DATA_DIR: dataDir,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  child.once('exit', code => reject(new Error(`Tenantry ended with ${code}`)))
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const found = /GraphiQL: http:\/\/127\.0\.0\.1:(\d+)\//.exec(text)?.[1]
    if (found !== undefined) resolve(Number(found))
  })
  return { port: await promise, pid: child.pid ?? 0, stop: () => end(child) }
}

export async function startPlain({ url }: Database): Promise<Server> {
  const child = fork(path('plain-server.ts'), { env: { ...process.env, DATABASE_URL: url } })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return { port, pid: child.pid ?? 0, stop: () => end(child) }
}

export function startLoad(): Load {
  const child = fork(path('load.ts'))
  return {
    prepare: message => void child.send(message),
    async run(message) {
      child.send(message)
      const [outcome] = (await once(child, 'message')) as [Outcome | { error: string }]
      if ('error' in outcome) throw new Error(`${message.run}: ${outcome.error}`)
      return outcome
    },
    stop: () => end(child),
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}
