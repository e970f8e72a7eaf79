import { listChange } from '../audit/changes.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { ApplicationKey } from './machine-application.entity.ts'
import type { ApplicationRow } from './machine-application.loaders.ts'
import { targetOf } from './machine-application.service.ts'
import { publicKeysIn } from './public-keys.ts'

const lock = statement('lock_application', 'select id from principal where id = $1 for no key update')
const remove = statement(
  'remove_application_keys',
  'delete from application_key where organization_id = $1 and application_id = $2 and key_id = any($3::text[])',
)

/**
 * Makes these the public keys of an application, by difference; with none, it signs in by its secrets alone. A key that
 * is there under the same id is replaced.
 * @throws InvalidInputError for what is no public key that is strong enough
 */
export async function setApplicationKeys(tx: Tx, input: { jwks: object }, application: ApplicationRow) {
  const { id: applicationId, organizationId, displayName } = application
  const keys = await publicKeysIn(input.jwks, ['input', 'jwks'])
  await tx.rows(lock, [applicationId])
  const before = await tx.load.keysByApplication.load(applicationId)
  const wanted = new Map(keys.map(jwk => [jwk.kid, jwk]))
  const isSame = (row: (typeof before)[number]) => wanted.get(row.keyId)?.thumbprint === row.jwk.thumbprint
  const removed = before.filter(row => !isSame(row)).map(row => row.keyId)
  const kept = new Set(before.filter(isSame).map(row => row.keyId))
  const added = keys.filter(({ kid }) => !kept.has(kid))
  if (removed.length > 0) await tx.rows(remove, [organizationId, applicationId, removed])
  if (added.length > 0)
    await tx.em.insertMany(
      ...([
        ApplicationKey,
        added.map(jwk => ({ organizationId, applicationId, keyId: jwk.kid, jwk, createdAt: tx.now })),
      ] as const),
    )
  const changes = listChange(
    'keys',
    removed,
    added.map(({ kid }) => kid),
  )
  if (changes.length === 0) return { applicationId }
  const target = targetOf(applicationId, displayName)
  tx.record({ organizationId, action: 'APPLICATION_KEYS_SET', target, changes })
  tx.emit(organizationId, 'APPLICATION_KEYS_SET', { applicationId })
  return { applicationId }
}
