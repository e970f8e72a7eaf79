import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder for one test. */
export async function dataDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-test-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}
