import { hkdfSync, randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { StartError } from '../../errors.ts'

/** What the secret is used for: each purpose has a key of its own, and none tells anything of another. */
type Purpose =
  | 'signing keys'
  | 'cookies'
  | 'forms'
  | 'sign-in codes'
  | 'addresses of the network'
  | 'second factors'
  | 'offered second factors'
  | 'recovery codes'
  | 'connector secrets'
  | 'sign-ins elsewhere'
  | 'requests elsewhere'
  | 'ways elsewhere'
  | 'setup sessions'

/** 32 bytes for one purpose (RFC 5869). */
export type DeriveKey = (purpose: Purpose) => Buffer

/** The keys of the configured secret; without one, of a secret that is made once and kept in the data folder. */
export async function openSecret({ issuer, dataDir }: Pick<Config, 'issuer' | 'dataDir'>): Promise<DeriveKey> {
  const secret = issuer?.secret ?? (await readOrCreate(dataDir))
  return purpose => Buffer.from(hkdfSync('sha256', secret, '', `tenantry ${purpose}`, 32))
}

/** Of processes that race here, one secret wins and all of them read it: `link` is atomic and never overwrites. */
async function readOrCreate(dataDir: string): Promise<string> {
  const path = join(dataDir, 'issuer-secret')
  const draft = `${path}.${randomUUID()}`
  const read = () => readFile(path, 'utf8').then(text => (text.length >= 32 ? text : null))
  try {
    const known = await read().catch(() => null)
    if (known !== null) return known
    await mkdir(dataDir, { recursive: true })
    await writeFile(draft, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 })
    await link(draft, path).catch(() => undefined)
    const made = await read()
    if (made !== null) return made
  } catch (error) {
    throw new StartError(`${path} cannot be written (${String(error)}): set ISSUER_SECRET.`)
  } finally {
    await unlink(draft).catch(() => undefined)
  }
  throw new StartError(`${path} holds no secret; delete it, and a new one is made.`)
}
