import { timingSafeEqual } from 'node:crypto'
import type { JSONWebKeySet } from 'jose'
import type { Services } from '../context.ts'
import { type Instant, statement } from '../db/statement.ts'
import { hashToken } from '../secret-token.ts'
import type { PublicKey } from './public-keys.ts'

/** A machine application as an OAuth client. */
export interface MachineClient {
  readonly clientId: string
  readonly principalId: string
  readonly name: string
  /** Its public keys for private_key_jwt; null when it has none. */
  readonly jwks: JSONWebKeySet | null
}

type Asking = Pick<Services, 'pool' | 'clock'>

// Nobody is signed in yet: these go past row-level security by functions that answer to a client id alone.
const client = statement('machine_client', 'select id, name, jwks from tenantry_machine_client($1)')
const secrets = statement(
  'machine_secrets',
  `select organization_id as "organizationId", id, secret_hash as "secretHash", last_used_at as "lastUsedAt"
   from tenantry_machine_secrets($1, $2)`,
)
const used = statement('machine_secret_used', 'select tenantry_machine_secret_used($1, $2, $3)')
/** When a secret was used last is kept to within a minute: not every sign-in is a write. */
const USE_MILLISECONDS = 60_000

interface SecretRow {
  organizationId: string
  id: string
  secretHash: string
  lastUsedAt: Instant | Date | null
}

/** The machine application with this client id; null when there is none, or its organization is deleted (ORG-6). */
export async function findClient({ pool }: Asking, clientId: string): Promise<MachineClient | null> {
  const { rows } = await pool.query<{ id: string; name: string; jwks: PublicKey[] }>(client.text, [clientId])
  const [row] = rows
  if (row === undefined) return null
  const keys = row.jwks.map(({ thumbprint: _, ...key }) => key)
  return { clientId, principalId: row.id, name: row.name, jwks: keys.length === 0 ? null : { keys } }
}

/**
 * Whether this is a secret of the application that is neither revoked nor expired. How long it takes tells nothing of
 * the secrets that there are: hashes are compared, all of them, each in constant time.
 */
export async function verifyClientSecret({ pool, clock }: Asking, clientId: string, secret: string): Promise<boolean> {
  const now = clock()
  const given = Buffer.from(hashToken(secret))
  const { rows } = await pool.query<SecretRow>(secrets.text, [clientId, now])
  const fitting = rows.filter(row => isEqual(Buffer.from(row.secretHash), given))
  const [found] = fitting
  if (found === undefined) return false
  const last = found.lastUsedAt === null ? null : new Date(found.lastUsedAt)
  if (last === null || now.getTime() - last.getTime() >= USE_MILLISECONDS)
    await pool.query(used.text, [found.organizationId, found.id, now])
  return true
}

const isEqual = (one: Buffer, other: Buffer) => one.length === other.length && timingSafeEqual(one, other)
