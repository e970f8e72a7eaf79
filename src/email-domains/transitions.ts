import type { AuditChange } from '../audit/audit-event.entity.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import type { EmailDomainRow } from './email-domain.loaders.ts'
import { DomainTakenError } from './errors.ts'

type Named = Pick<EmailDomainRow, 'organizationId' | 'id' | 'domain'>

const isHeld = statement('is_email_domain_held', 'select tenantry_is_domain_held($1, $2) as "isHeld"')
// Guarded by the claim that the proof was for: one that was made anew meanwhile has another token (JIT-4).
const prove = statement(
  'prove_email_domain',
  `update email_domain set status = 'VERIFIED', is_vouched_for = $5, last_checked_at = $4, next_check_at = $6, missed_checks = 0,
     verified_at = case when status = 'VERIFIED' then verified_at else $4 end
   where organization_id = $1 and id = $2 and token = $3 returning id`,
)
const lapse = statement(
  'lapse_email_domain',
  `update email_domain set status = 'LAPSED', is_vouched_for = false, next_check_at = $3, missed_checks = 0
   where organization_id = $1 and id = $2 and status = 'VERIFIED' returning id`,
)
const lapseAll = statement(
  'lapse_email_domains_of',
  `update email_domain set status = 'LAPSED', is_vouched_for = false, next_check_at = $2, missed_checks = 0
   where organization_id = $1 and status = 'VERIFIED' returning organization_id as "organizationId", id, domain`,
)
const miss = statement(
  'miss_email_domain_check',
  `update email_domain set last_checked_at = $3, missed_checks = missed_checks + 1
   where organization_id = $1 and id = $2 and status = 'VERIFIED'`,
)

/**
 * From now on the organization holds the proof of the domain, by a record or by an operator's word.
 * @throws DomainTakenError while another organization holds it
 */
export async function proveDomain(tx: Tx, claim: EmailDomainRow, by: 'RECORD' | 'OPERATOR'): Promise<void> {
  const { organizationId, id, domain, token } = claim
  const [answer] = await tx.rows<{ isHeld: boolean }>(isHeld, [domain, organizationId])
  if (answer?.isHeld === true) throw new DomainTakenError()
  const next = by === 'RECORD' ? nextCheckAt(tx) : null
  const made = await tx.rows(prove, [organizationId, id, token, tx.now, by === 'OPERATOR', next])
  const isNews = claim.status !== 'VERIFIED' || claim.isVouchedFor !== (by === 'OPERATOR')
  if (made.length === 0 || !isNews) return
  noteDomain(tx, 'DOMAIN_VERIFIED', claim, [{ field: 'provedBy', before: null, after: by }])
}

/** The proof does not stand any more; once the record is back, so is the proof, unless another organization has it by then. */
export async function lapseDomain(tx: Tx, claim: Named, reason: 'RECORD_GONE' | 'DECIDED_BY_OPERATOR'): Promise<void> {
  const made = await tx.rows(lapse, [claim.organizationId, claim.id, nextCheckAt(tx)])
  if (made.length > 0) noteDomain(tx, 'DOMAIN_LAPSED', claim, [{ field: 'reason', before: null, after: reason }])
}

/** A deleted organization stands in nobody's way; once it is restored, the next check proves its domains again. */
export async function lapseDomainsOf(tx: Tx, organizationId: string): Promise<void> {
  const reason = { field: 'reason', before: null, after: 'ORGANIZATION_DELETED' }
  for (const claim of await tx.rows<Named>(lapseAll, [organizationId, nextCheckAt(tx)]))
    noteDomain(tx, 'DOMAIN_LAPSED', claim, [reason])
}

/** A check found the DNS without the record; so many in a row, and the proof lapses. */
export async function missDomain(tx: Tx, claim: EmailDomainRow): Promise<void> {
  if (claim.status !== 'VERIFIED') return
  await tx.rows(miss, [claim.organizationId, claim.id, tx.now])
  if (claim.missedChecks + 1 >= tx.config.emailDomains.missedChecks) await lapseDomain(tx, claim, 'RECORD_GONE')
}

/** When the record is looked for again. */
export function nextCheckAt({ now, config }: Pick<Tx, 'now' | 'config'>): Date | null {
  const { checkSeconds } = config.emailDomains
  return checkSeconds === 0 ? null : new Date(now.getTime() + checkSeconds * 1000)
}

/** The audit entry and the event of what happened to a domain. */
export function noteDomain(
  tx: Tx,
  action: `DOMAIN_${'ADDED' | 'VERIFIED' | 'LAPSED' | 'REMOVED'}`,
  { organizationId, id, domain }: Named,
  changes: readonly AuditChange[] = [],
): void {
  tx.record({ organizationId, action, target: { type: 'EmailDomain', id, label: domain }, changes })
  tx.emit(organizationId, action, { organizationId, emailDomainId: id, domain })
}
