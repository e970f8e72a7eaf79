import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import { StartError } from '../../errors.ts'
import { seal, unseal } from './sealed.ts'
import type { DeriveKey } from './secret.ts'

/** A key with its private half, as the issuer holds it in memory. */
export interface SigningKeyPair {
  readonly kid: string
  readonly publicJwk: JWK
  readonly privateJwk: JWK
}
/** Where statements run. */
export type Run = <Row>(sql: string, values: readonly unknown[]) => Promise<Row[]>

/** How long a new key is known before it signs: longer than verifiers keep what they fetched. */
const AHEAD_MILLISECONDS = 15 * 60_000
/** How long a replaced key stays known: as long as the longest token that it signed (an hour), and what clocks differ. */
const AFTER_MILLISECONDS = 65 * 60_000

interface Row {
  kid: string
  publicJwk: JWK
  encrypted: string
}

/** The keys that are published, the one that signs now first. */
export async function readSigningKeys(run: Run, derive: DeriveKey, now: Date): Promise<SigningKeyPair[]> {
  const rows = await run<Row>(
    `select kid, public_jwk as "publicJwk", encrypted_private_jwk as encrypted
     from signing_key where retires_at is null or retires_at > $1
     order by activates_at <= $1 desc, activates_at desc, kid`,
    [now],
  )
  return rows.map(({ encrypted, ...row }) => ({
    ...row,
    privateJwk: JSON.parse(unseal(encrypted, derive('signing keys'))) as JWK,
  }))
}

/**
 * Makes the first key, if there is none. In development, keys of another secret are thrown away.
 * @throws StartError when the secret is not the one that the keys were encrypted with
 */
export async function ensureSigningKey(run: Run, derive: DeriveKey, now: Date, isDevelopment: boolean): Promise<void> {
  try {
    if ((await readSigningKeys(run, derive, now)).length > 0) return
  } catch (error) {
    if (!isDevelopment)
      throw new StartError(
        `The signing keys in the database cannot be read with this ISSUER_SECRET (${String(error)}). Bring the old one back; or, to end every session and every token, run npm run rotate-keys -- --forget.`,
      )
    await run('delete from signing_key', [])
  }
  await insertKey(run, derive, now, now)
}

/**
 * A new key: published at once, used in a quarter of an hour; those before it stay published until what they signed is
 * over. With `isCompromised` it is used at once, and the others are gone at once: what they signed is worth nothing.
 */
export async function rotateSigningKeys(
  run: Run,
  derive: DeriveKey,
  now: Date,
  isCompromised: boolean,
): Promise<{ kid: string; activatesAt: Date }> {
  const activatesAt = isCompromised ? now : new Date(now.getTime() + AHEAD_MILLISECONDS)
  if (isCompromised) await run('delete from signing_key', [])
  else {
    const retiresAt = new Date(activatesAt.getTime() + AFTER_MILLISECONDS)
    await run('update signing_key set retires_at = $1 where retires_at is null', [retiresAt])
    await run('delete from signing_key where retires_at < $1', [now])
  }
  return { kid: await insertKey(run, derive, now, activatesAt), activatesAt }
}

async function insertKey(run: Run, derive: DeriveKey, now: Date, activatesAt: Date): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const [privateJwk, bare] = await Promise.all([exportJWK(privateKey), exportJWK(publicKey)])
  const kid = await calculateJwkThumbprint(bare)
  const publicJwk = { ...bare, kid, alg: 'ES256', use: 'sig' }
  await run(
    `insert into signing_key (kid, algorithm, public_jwk, encrypted_private_jwk, created_at, activates_at)
     values ($1, 'ES256', $2, $3, $4, $5)`,
    [
      kid,
      JSON.stringify(publicJwk),
      seal(JSON.stringify({ ...privateJwk, kid, alg: 'ES256', use: 'sig' }), derive('signing keys')),
      now,
      activatesAt,
    ],
  )
  return kid
}
