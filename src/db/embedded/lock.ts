import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { platform } from 'node:os'
import { join } from 'node:path'
import { kill, pid as ownPid } from 'node:process'
import { StartError } from '../../errors.ts'
import { run } from './programs.ts'

/**
 * Takes the folder for this process and returns how to give it back. A lock whose holder is dead is taken over.
 * @throws StartError when the holder lives.
 */
export async function takeLock(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'tenantry.lock')
  const draft = `${path}.${randomUUID()}`
  // A process id is soon given to another process; with the time of its birth it is given once.
  const mine = `${ownPid} ${await bornAt(ownPid)}`
  await writeFile(draft, mine)
  try {
    while (!(await linkTo(draft, path))) await removeStale(path, folder)
  } finally {
    await rm(draft, { force: true })
  }
  return async () => {
    if ((await read(path)) === mine) await rm(path, { force: true })
  }
}

/** When a process was started, or undefined if there is none of that id. */
export async function bornAt(pid: number): Promise<string | undefined> {
  if (platform() === 'linux') return bornAtByProc(pid)
  if (platform() === 'win32') return isAlive(pid) ? 'alive' : undefined
  return run('ps', ['-o', 'lstart=', '-p', String(pid)]).then(
    text => text.trim().replaceAll(/\s+/g, '-'),
    () => undefined,
  )
}

/** By link, because a file made by link is never seen half written. */
async function linkTo(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

async function removeStale(path: string, folder: string): Promise<void> {
  const holder = await read(path)
  if (holder === undefined) return
  const [pid, born] = holder.split(' ')
  if (born !== undefined && (await bornAt(Number(pid))) === born) {
    throw new StartError(`${folder} is in use by another Tenantry (process ${pid}): stop it, or set DATA_DIR`)
  }
  // Moved and looked at again: another start may have seen the same dead holder and put its own lock here since.
  const aside = `${path}.${randomUUID()}`
  await rename(path, aside).catch(() => undefined)
  const moved = await read(aside)
  if (moved !== undefined && moved !== holder) await linkTo(aside, path)
  await rm(aside, { force: true })
}

async function read(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}

/** Fields 3 (state) and 22 (start) of /proc/<pid>/stat; the name before them may hold spaces and parentheses. */
async function bornAtByProc(pid: number): Promise<string | undefined> {
  const text = await read(`/proc/${pid}/stat`)
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields === undefined || fields[0] === 'Z' ? undefined : fields[19]
}

function isAlive(pid: number): boolean {
  try {
    return kill(pid, 0)
  } catch {
    return false
  }
}
