import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { lockOrganizations } from '../organizations/lock.ts'
import { emailKey } from '../users/email.ts'
import type { ProvidedIdentity } from './protocol.ts'

const concerns = statement(
  'sso_concerns',
  'select organization_id as "organizationId" from tenantry_sso_concerns($1, $2, $3, $4, $5)',
)

interface At {
  readonly organizationId: string
  readonly connectorId: string
}

/**
 * Locks the organizations that this sign-in may change something in, in one order, before anything is written: whoever
 * changes them, or the connector, locks first, too. The transaction acts in them from here on. Nothing is locked for a
 * sign-in that changes nobody's membership.
 */
export async function lockConcerned(tx: Tx, { organizationId, connectorId }: At, identity: ProvidedIdentity) {
  const { issuer, subject, email } = identity
  const key = email === null ? null : emailKey(email)
  const found = await tx.rows<At>(concerns, [organizationId, connectorId, issuer, subject, key])
  const ids = found.map(one => one.organizationId)
  if (ids.length === 0) return ids
  if (ids.some(id => id !== organizationId)) await tx.enter('*')
  await lockOrganizations(tx, ids)
  tx.refresh()
  return ids
}
