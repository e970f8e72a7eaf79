import { randomBytes } from 'node:crypto'
import { chown, mkdir, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { StartError } from '../../errors.ts'
import type { Place } from './place.ts'
import { type Account, exists, programIn, run } from './programs.ts'

/** One PostgreSQL data folder with all that is needed to serve it. */
export interface Cluster {
  folder: string
  log: string
  programs: string
  account: Account
  password: string
}

/** The cluster of a place. The caller holds the lock. */
export async function openCluster(place: Place, programs: string, say: (line: string) => void): Promise<Cluster> {
  const cluster: Cluster = {
    folder: join(place.folder, 'postgres'),
    log: join(place.folder, 'postgres.log'),
    programs,
    account: place.account,
    password: await keepPassword(join(place.folder, 'postgres.password')),
  }
  if (await exists(join(cluster.folder, 'PG_VERSION'))) {
    await stopOrphan(cluster, say)
  } else {
    say('Creating the database…')
    await create(cluster)
  }
  return cluster
}

async function keepPassword(path: string): Promise<string> {
  const kept = await readFile(path, 'utf8').catch(() => '')
  if (kept !== '') return kept
  const password = randomBytes(32).toString('hex')
  await writeFile(`${path}.new`, password, { mode: 0o600 })
  await rename(`${path}.new`, path)
  return password
}

/** Made beside its place and moved there when it is whole: a start that was killed leaves nothing half made. */
async function create(cluster: Cluster): Promise<void> {
  const draft = `${cluster.folder}.new`
  const passwordFile = `${draft}.password`
  await rm(draft, { recursive: true, force: true, maxRetries: 5 })
  await mkdir(draft, { mode: 0o700 })
  await writeFile(passwordFile, cluster.password, { mode: 0o600 })
  await give(draft, cluster.account)
  await give(passwordFile, cluster.account)
  // The builtin C.UTF-8 sorts and changes case the same on every machine, whatever locales it has.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const access = ['--auth=scram-sha-256', '--username=postgres', `--pwfile=${passwordFile}`]
  const flags = ['--no-instructions', ...locale, ...access, `--pgdata=${draft}`]
  try {
    await run(programIn(cluster.programs, 'initdb'), flags, cluster.account)
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n').at(-1) : error
    throw new StartError(`The database could not be created in ${cluster.folder}: ${why}`)
  } finally {
    await rm(passwordFile, { force: true })
  }
  await rename(draft, cluster.folder)
}

export async function give(path: string, account: Account): Promise<void> {
  if (account.uid !== undefined && account.gid !== undefined) await chown(path, account.uid, account.gid)
}

/** After a `kill -9` of ours the server may live on, and its `postmaster.pid` with or without it. */
async function stopOrphan(cluster: Cluster, say: (line: string) => void): Promise<void> {
  const pidFile = join(cluster.folder, 'postmaster.pid')
  const noted = await readFile(pidFile, 'utf8').catch(() => '')
  const pid = Math.abs(Number.parseInt(noted, 10))
  const command = Number.isNaN(pid) ? undefined : await commandOf(pid)
  // Nobody has that id: PostgreSQL clears the file itself, after it made sure that no child of the dead server is left.
  if (command === undefined) return
  if (!(await serves(pid, command, cluster.folder))) {
    // The id went to a stranger, whom PostgreSQL would take for a running server.
    await rm(pidFile, { force: true })
    return
  }
  say('Stopping the PostgreSQL that an earlier run left behind…')
  const stop = (how: string) =>
    run(
      programIn(cluster.programs, 'pg_ctl'),
      ['stop', '-s', '-w', '-t', '30', '-m', how, '-D', cluster.folder],
      cluster.account,
    )
  await stop('fast').catch(() => stop('immediate'))
}

async function commandOf(pid: number): Promise<string[] | undefined> {
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined)
  if (line !== undefined) return line.split('\0')
  const text = await run('ps', ['-o', 'args=', '-p', String(pid)]).catch(() => undefined)
  return text?.trim().split(' -D ')
}

async function serves(pid: number, command: string[], folder: string): Promise<boolean> {
  if (!basename(command[0] ?? '').startsWith('postgres')) return false
  if (command.some(part => part === folder || part.startsWith(`${folder} `))) return true
  // Its folder may have been moved since; PostgreSQL stays in it.
  return (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === folder
}
