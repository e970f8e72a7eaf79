import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { bornAt } from '../../src/db/embedded/lock.ts'
import { temporaryDataDir } from '../kit/data-dir.ts'
import { withClient } from '../kit/server.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

export type Tenantry = Awaited<ReturnType<typeof startTenantry>>

/** Takes what cleans up: by default for when the test has finished. */
type Afterwards = (clean: () => Promise<void>) => void

/** The real process with nothing in its environment but what is given here; killed afterwards. */
export async function startTenantry(env: Record<string, string>, afterwards: Afterwards = onTestFinished) {
  const port = env.PORT ?? String(await freePort())
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: port, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, as a shell gives it: what the terminal signals on Ctrl-C.
    detached: true,
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', text => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', text => (output.stderr += text))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }))
  afterwards(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const url = `http://127.0.0.1:${port}`
  return {
    port,
    url,
    output,
    /** Its exit code and all that it printed, once it has ended. */
    ended,
    /** Waits until it answers; returns the answers up to then. */
    ready: () => answersUntilReady(url, ended),
    signal: (name: NodeJS.Signals) => child.kill(name),
    /** What Ctrl-C in a terminal does. */
    interruptGroup: () => process.kill(-Number(child.pid), 'SIGINT'),
  }
}

/** A data folder that is removed afterwards, with whatever serves it. */
export async function dataDir(afterwards: Afterwards = onTestFinished): Promise<string> {
  const { path, remove } = await temporaryDataDir()
  afterwards(async () => {
    const pid = await postgresPid(path)
    if (pid !== undefined) await untilGone(pid, 'SIGQUIT')
    await remove()
  })
  return path
}

/** Runs a statement as the superuser of the embedded database that is running on the data folder. */
export async function query(dataDir: string, text: string): Promise<unknown[]> {
  const cluster = join(dataDir, 'postgres')
  const password = await readFile(join(await placeOf(dataDir), 'postgres.password'), 'utf8')
  const port = (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n')[3]
  const { rows } = await withClient(`postgres://postgres:${password}@127.0.0.1:${port}/tenantry`, client =>
    client.query(text),
  )
  return rows
}

/** The id of the PostgreSQL that serves the data folder, if one does. */
export async function postgresPid(dataDir: string): Promise<number | undefined> {
  const noted = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number.parseInt(noted, 10)
  return (await isAlive(pid)) ? pid : undefined
}

export async function untilGone(pid: number, signal?: NodeJS.Signals): Promise<void> {
  if (signal !== undefined && (await isAlive(pid))) process.kill(pid, signal)
  while (await isAlive(pid)) await delay(20)
}

/** A process that has ended and only waits to be buried counts as gone. */
export async function isAlive(pid: number): Promise<boolean> {
  return (await bornAt(pid)) !== undefined
}

/** Ends the helper that stops PostgreSQL when Tenantry dies, as a kill of everything in sight would. */
export async function killWatchdog(postgres: number): Promise<void> {
  const { stdout } = await promisify(execFile)('ps', ['-e', '-o', 'pid=,args='])
  const line = stdout.split('\n').find(text => text.endsWith(`tenantry-watchdog ${postgres}`))
  if (line === undefined) throw new Error('there is no watchdog')
  await untilGone(Number.parseInt(line, 10), 'SIGKILL')
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function placeOf(dataDir: string): Promise<string> {
  const { stdout } = await promisify(execFile)('realpath', [join(dataDir, 'postgres')])
  return join(stdout.trim(), '..')
}

async function answersUntilReady(url: string, ended: Promise<{ stderr: string }>): Promise<Response[]> {
  const answers: Response[] = []
  let over: string | undefined
  void ended.then(({ stderr }) => (over = stderr))
  for (;;) {
    if (over !== undefined) throw new Error(`it ended: ${over}`)
    const answer = await fetch(`${url}/readyz`, { headers: { connection: 'close' } }).catch(() => undefined)
    if (answer !== undefined) answers.push(answer)
    if (answer?.status === 200) return answers
    await delay(20)
  }
}
