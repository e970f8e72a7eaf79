import { chmod, lstat, mkdir, mkdtemp, readlink, realpath, rm, stat, symlink } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { StartError } from '../../errors.ts'
import { type Account, canEnter, exists, run, sharedFolder } from './programs.ts'

/** Where a database lives, and who serves it. */
export interface Place {
  /** Holds PostgreSQL's data folder `postgres`, its log, the password and the lock. Mostly the data folder itself. */
  folder: string
  account: Account
}

/** The data folder, made if it is missing, by the one name that every way of writing it leads to. */
export async function openDataFolder(dataDir: string): Promise<string> {
  const created = await mkdir(resolve(dataDir), { recursive: true })
  // Whatever the umask: PostgreSQL may run as another user, who has to pass through; what is secret in it is 0600.
  if (created !== undefined) await chmod(resolve(dataDir), 0o711)
  return realpath(dataDir)
}

/**
 * PostgreSQL refuses to run as root. Started by root it runs as another user, who may be unable to reach the data
 * folder; then the database lives elsewhere, and a link in the data folder leads to it. So removing the data folder
 * still means to start afresh, and moving it loses nothing.
 */
export async function findPlace(dataFolder: string, say: (line: string) => void): Promise<Place> {
  const link = join(dataFolder, 'postgres')
  const account = await chooseAccount(link)
  const target = await linkedFolder(link)
  if (target !== undefined && (await exists(target))) return { folder: target, account }
  if (target !== undefined) {
    say(`The database that was in ${target} is gone.`)
    await rm(link)
  }
  if (account.uid === undefined || (await canEnter(dataFolder, account))) return { folder: dataFolder, account }
  if (await exists(link)) throw new StartError(`The user who owns ${link} can no longer reach it: mend its permissions`)
  return { folder: await settleElsewhere(dataFolder, account, say), account }
}

async function chooseAccount(cluster: string): Promise<Account> {
  if (!isRoot()) return {}
  const found = await stat(cluster).catch(() => undefined)
  if (found !== undefined && found.uid !== 0) return { uid: found.uid, gid: found.gid }
  for (const name of ['postgres', 'nobody']) {
    const ids = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]).catch(() => undefined)
    if (ids !== undefined) return { uid: Number(ids[0]), gid: Number(ids[1]) }
  }
  throw new StartError('PostgreSQL does not run as root: add a user named postgres, or start Tenantry as another user')
}

function isRoot(): boolean {
  try {
    return userInfo().uid === 0
  } catch {
    // A container may run us under an id that has no name.
    return false
  }
}

async function linkedFolder(link: string): Promise<string | undefined> {
  const found = await lstat(link).catch(() => undefined)
  return found?.isSymbolicLink() ? dirname(resolve(dirname(link), await readlink(link))) : undefined
}

async function settleElsewhere(dataFolder: string, account: Account, say: (line: string) => void): Promise<string> {
  const folder = await mkdtemp(join(await sharedFolder(account), `${basename(dirname(dataFolder))}-`))
  await chmod(folder, 0o711)
  await symlink(join(folder, 'postgres'), join(dataFolder, 'postgres'))
  say(`Started by root, PostgreSQL runs as another user, who cannot reach ${dataFolder}: the database is in ${folder}`)
  return folder
}
