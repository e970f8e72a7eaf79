import { chmod, mkdtemp, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A data folder of its own for one embedded database, not made yet. */
export async function temporaryDataDir(): Promise<{ path: string; remove(): Promise<void> }> {
  const parent = await mkdtemp(join(tmpdir(), 'tenantry-test-'))
  // Run by root, PostgreSQL is another user and has to pass through.
  await chmod(parent, 0o755)
  const path = join(parent, 'data')
  return { path, remove: () => removeDataDir(path) }
}

/** Removes the parent, the data folder in it, and the database that it may only link to. */
async function removeDataDir(path: string): Promise<void> {
  const linked = await readlink(join(path, 'postgres')).catch(() => undefined)
  if (linked !== undefined) await rm(dirname(linked), { recursive: true, force: true })
  await rm(dirname(path), { recursive: true, force: true, maxRetries: 5 })
}
