import { createPublicKey } from 'node:crypto'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { z } from 'zod'
import { InvalidInputError } from '../errors.ts'

/** A public key as it is kept: what signs and verifies, and nothing that somebody added. */
export interface PublicKey extends JWK {
  readonly kid: string
  /** RFC 7638: by which a key is known whatever it is called. */
  readonly thumbprint: string
}

/** How many keys one application may have. */
const limit = 10
const shape = z.object({ keys: z.array(z.record(z.string(), z.unknown())).max(limit, `At most ${limit} keys.`) })
const base64url = z.string().regex(/^[\w-]{1,2048}$/)
const kid = z
  .string()
  .regex(/^[\w.:~/+=-]{1,128}$/)
  .optional()
const kinds = z.union([
  z.object({ kty: z.literal('EC'), crv: z.enum(['P-256', 'P-384', 'P-521']), x: base64url, y: base64url, kid }),
  z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: base64url, kid }),
  z.object({ kty: z.literal('RSA'), n: base64url, e: base64url, kid }),
])

/**
 * The public keys of a JWK set (RFC 7517), cut to what a public key is.
 * @throws InvalidInputError that names the key: a private or symmetric one, a weak or broken one, two of one id
 */
export async function publicKeysIn(jwks: object, path: readonly string[]): Promise<PublicKey[]> {
  const set = shape.safeParse(jwks)
  if (!set.success) throw wrong(path, set.error.issues[0]?.message ?? 'A JWK set has "keys" (RFC 7517).')
  const keys = await Promise.all(set.data.keys.map((key, index) => publicKey(key, [...path, 'keys', String(index)])))
  const known = new Set<string>()
  for (const [index, key] of keys.entries()) {
    if (known.has(key.kid)) throw wrong([...path, 'keys', String(index)], `Another key has this id: ${key.kid}.`)
    known.add(key.kid)
  }
  return keys
}

async function publicKey(given: Record<string, unknown>, path: readonly string[]): Promise<PublicKey> {
  // Whoever sends a private key has shown it: it must not seem to be in order.
  if ('d' in given || 'k' in given)
    throw wrong(path, 'This is a private key. Send public keys alone, and make a new one.')
  const parsed = kinds.safeParse(given)
  if (!parsed.success)
    throw wrong(path, 'A key is of the type EC (P-256, P-384, P-521), OKP (Ed25519) or RSA (RFC 7517).')
  const { kid: named, ...key } = parsed.data
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key, format: 'jwk' })
    if (key.kty === 'RSA' && (asymmetricKeyDetails?.modulusLength ?? 0) < 2048)
      throw wrong(path, 'An RSA key has at least 2048 bits.')
  } catch (error) {
    throw error instanceof InvalidInputError ? error : wrong(path, 'This is not a key: its numbers do not fit.')
  }
  const thumbprint = await calculateJwkThumbprint(key)
  return { ...key, kid: named ?? thumbprint, use: 'sig', thumbprint }
}

function wrong(path: readonly string[], message: string): InvalidInputError {
  return new InvalidInputError([{ path, message }])
}
