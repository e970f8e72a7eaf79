import { dateOf, type Instant, statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { InvalidInputError } from '../errors.ts'
import { newId } from '../ids.ts'
import { mintToken } from '../secret-token.ts'
import { SecretLimitReachedError } from './errors.ts'
import { ApplicationSecret } from './machine-application.entity.ts'
import type { ApplicationRow, ApplicationSecretRow } from './machine-application.loaders.ts'
import { targetOf } from './machine-application.service.ts'

/** How many secrets of one application may work at once. */
const limit = 10
const day = 86_400_000
/** How long a secret works of which nothing is said, and how long it may. */
const [defaultDays, maxDays] = [365, 730]

export interface CreateApplicationSecret {
  label?: string | null | undefined
  expiresAt?: Date | null | undefined
}

// Two secrets made at once come one after the other: the limit is of what is there.
const lock = statement('lock_application', 'select id from principal where id = $1 for no key update')
const count = statement(
  'count_working_secrets',
  `select count(*)::int as count from application_secret
   where application_id = $1 and revoked_at is null and expires_at > $2`,
)
const revoke = statement(
  'revoke_application_secret',
  `update application_secret set revoked_at = $3
   where organization_id = $1 and id = $2 and revoked_at is null and expires_at > $3 returning expires_at as "expiresAt"`,
)

/**
 * Makes a secret by which an application signs in. It is in the outcome, once; only its hash is kept.
 * @throws InvalidInputError, SecretLimitReachedError
 */
export async function createApplicationSecret(tx: Tx, input: CreateApplicationSecret, application: ApplicationRow) {
  const { id: applicationId, organizationId, displayName } = application
  const expiresAt = input.expiresAt ?? new Date(tx.now.getTime() + defaultDays * day)
  refuseExpiry(tx, expiresAt)
  await tx.rows(lock, [applicationId])
  const [row] = await tx.rows<{ count: number }>(count, [applicationId, tx.now])
  if ((row?.count ?? 0) >= limit) throw new SecretLimitReachedError(limit)

  const id = newId(tx.now)
  const label = input.label ?? tx.now.toISOString().slice(0, 10)
  const { token: secret, hash: secretHash } = mintToken()
  const made = { createdBy: tx.actorId, createdAt: tx.now, expiresAt }
  await tx.em.insert(ApplicationSecret, { organizationId, id, applicationId, label, secretHash, ...made })
  const changes = [
    { field: 'secret', before: null, after: label },
    { field: 'expiresAt', before: null, after: expiresAt.toISOString() },
  ]
  const target = targetOf(applicationId, displayName)
  tx.record({ organizationId, action: 'APPLICATION_SECRET_CREATED', target, changes })
  tx.emit(organizationId, 'APPLICATION_SECRET_CREATED', { applicationId, secretId: id })
  return { secretId: id, secret }
}

/**
 * Ends a secret at once.
 * @throws InvalidInputError when it is revoked or has expired already
 */
export async function revokeApplicationSecret(tx: Tx, secret: ApplicationSecretRow) {
  const { organizationId, id, applicationId, label } = secret
  const rows = await tx.rows<{ expiresAt: Instant }>(revoke, [organizationId, id, tx.now])
  if (rows.length === 0) {
    const message = dateOf(secret.expiresAt) <= tx.now ? 'This secret has expired.' : 'This secret is revoked already.'
    throw new InvalidInputError([{ path: ['input', 'secretId'], message }])
  }
  const name = (await tx.load.machineApplicationById.load(applicationId))?.displayName ?? ''
  const changes = [{ field: 'secret', before: label, after: null }]
  tx.record({ organizationId, action: 'APPLICATION_SECRET_REVOKED', target: targetOf(applicationId, name), changes })
  tx.emit(organizationId, 'APPLICATION_SECRET_REVOKED', { applicationId, secretId: id })
  return { secretId: id }
}

function refuseExpiry(tx: Tx, expiresAt: Date): void {
  const path = ['input', 'expiresAt']
  if (expiresAt <= tx.now) throw new InvalidInputError([{ path, message: 'This must be in the future.' }])
  if (expiresAt.getTime() > tx.now.getTime() + maxDays * day)
    throw new InvalidInputError([{ path, message: `This must be at most ${maxDays} days away.` }])
}
