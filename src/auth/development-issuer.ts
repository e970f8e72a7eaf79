import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWTPayload,
  SignJWT,
} from 'jose'
import { z } from 'zod'
import { RequestError, StartError } from '../errors.ts'

/** Signs tokens for anybody who asks: whoever trusts it has no security at all, so production never opens it. */
export interface DevelopmentIssuer {
  readonly issuer: string
  readonly audience: string
  jwks(): JSONWebKeySet
  /** A token for the person with this address, which counts as verified. */
  sign(email: string, options?: { lifetimeSeconds?: number }): Promise<string>
  /** A token for a machine: `sub` and `client_id` are the same (RFC 9068, section 2.2). */
  signMachine(clientId: string, options?: { lifetimeSeconds?: number }): Promise<string>
}

const ISSUER = 'urn:tenantry:development'
const AUDIENCE = 'urn:tenantry:gateway'
const LIFETIME_SECONDS = 12 * 60 * 60

const keyFile = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
})
type KeyFile = z.infer<typeof keyFile>

export async function openDevelopmentIssuer(dataDir: string, clock: () => Date): Promise<DevelopmentIssuer> {
  const jwk = await readOrCreateKey(dataDir)
  const { d: _, ...publicJwk } = jwk
  const kid = await calculateJwkThumbprint(publicJwk)
  const key = await importJWK(jwk, 'ES256')

  const signClaims = (claims: JWTPayload, lifetimeSeconds = LIFETIME_SECONDS) => {
    const issuedAt = Math.floor(clock().getTime() / 1000)
    const times = { iat: issuedAt, auth_time: issuedAt, exp: issuedAt + lifetimeSeconds }
    return new SignJWT({ ...claims, iss: ISSUER, aud: AUDIENCE, ...times })
      .setProtectedHeader({ alg: 'ES256', kid, typ: 'JWT' })
      .setJti(randomUUID())
      .sign(key)
  }

  return {
    issuer: ISSUER,
    audience: AUDIENCE,
    jwks: () => ({ keys: [{ ...publicJwk, kid, alg: 'ES256', use: 'sig' }] }),
    sign: async (email, options) => signClaims(personClaims(email), options?.lifetimeSeconds),
    signMachine: async (clientId, options) => signClaims(machineClaims(clientId), options?.lifetimeSeconds),
  }
}

function personClaims(email: string): JWTPayload {
  if (email.length > 254 || !z.email().safeParse(email).success)
    throw new RequestError('BAD_USER_INPUT', `${JSON.stringify(email)} is not an email address.`)
  return { sub: email.toLowerCase(), email, email_verified: true, name: nameFrom(email) }
}

function machineClaims(clientId: string): JWTPayload {
  // Without "@", so that no machine has the subject of a person (RFC 9068, section 5).
  if (!/^[\w.:~/-]{1,128}$/.test(clientId))
    throw new RequestError(
      'BAD_USER_INPUT',
      `${JSON.stringify(clientId)} is not a client id: letters, digits, . : ~ / - _`,
    )
  return { sub: clientId, client_id: clientId }
}

/** "ada.lovelace+spam@acme.test" -> "Ada Lovelace" */
function nameFrom(email: string): string {
  const local = email.slice(0, email.lastIndexOf('@'))
  const words = local
    .replace(/\+.*$/, '')
    .split(/[._-]+/)
    .filter(word => word !== '')
  if (words.length === 0) return local
  return words.map(word => word.charAt(0).toUpperCase() + word.slice(1)).join(' ')
}

async function readOrCreateKey(dataDir: string): Promise<KeyFile> {
  const path = join(dataDir, 'development-issuer.json')
  return (await readKey(path)) ?? (await createKey(dataDir, path))
}

async function readKey(path: string): Promise<KeyFile | null> {
  try {
    const jwk = keyFile.parse(JSON.parse(await readFile(path, 'utf8')))
    await importJWK(jwk, 'ES256')
    return jwk
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT') return null
    const why = code === undefined ? 'holds no ES256 key; delete it, and a new one is made' : `cannot be read (${code})`
    throw new StartError(`${path} ${why}.`)
  }
}

/** Of processes that race here, one key wins and all of them read it: `link` is atomic, whole and never overwrites. */
async function createKey(dataDir: string, path: string): Promise<KeyFile> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const draft = `${path}.${randomUUID()}`
  try {
    await mkdir(dataDir, { recursive: true })
    await writeFile(draft, JSON.stringify(await exportPrivateKey(privateKey)), { flag: 'wx', mode: 0o600 })
    await link(draft, path).catch(error => {
      if (errorCode(error) !== 'EEXIST') throw error
    })
  } catch (error) {
    throw new StartError(`${path} cannot be written (${errorCode(error) ?? 'unknown error'}).`)
  } finally {
    await unlink(draft).catch(() => undefined)
  }
  const key = await readKey(path)
  if (key === null) throw new StartError(`${path} was deleted while it was being made; start again.`)
  return key
}

async function exportPrivateKey(key: CryptoKey): Promise<KeyFile> {
  const { kty, crv, x, y, d } = await exportJWK(key)
  return keyFile.parse({ kty, crv, x, y, d })
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
