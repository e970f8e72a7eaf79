import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import type { UserError } from '../errors.ts'
import type { EmailDomainRow } from './email-domain.loaders.ts'
import { DomainNotVerifiedError } from './errors.ts'
import { dnsRecordOf, type Finding, proves } from './proof.ts'
import { lapseDomain, proveDomain } from './transitions.ts'

const looked = statement(
  'note_email_domain_look',
  'update email_domain set last_checked_at = $3 where organization_id = $1 and id = $2',
)
const holder = statement(
  'holder_of_email_domain',
  `select organization_id as "organizationId", id, domain from email_domain
   where domain = $1 and status = 'VERIFIED' and organization_id <> $2`,
)

/**
 * Proves a claim by what the DNS said just before, outside of the transaction. A finding for another claim than the one
 * that is there now proves nothing (JIT-4).
 * @throws DomainTakenError
 */
export async function verifyEmailDomain(
  tx: Tx,
  claim: EmailDomainRow,
  finding: Finding,
): Promise<{ emailDomainId: string } | UserError> {
  const { organizationId, id } = claim
  // An operator's word stands without a record.
  if (claim.isVouchedFor) return { emailDomainId: id }
  if (proves(finding, claim)) {
    await proveDomain(tx, claim, 'RECORD')
    return { emailDomainId: id }
  }
  if (finding.found !== null) await tx.rows(looked, [organizationId, id, tx.now])
  return new DomainNotVerifiedError(dnsRecordOf(claim), finding.found ?? 'NO_ANSWER')
}

/**
 * Says that a domain is an organization's, by the word of an operator, who can also decide between two: whoever held it
 * holds it no longer (JIT-3).
 * @throws DomainTakenError when another holds it, and the operator did not say to take it
 */
export async function setEmailDomainVerified(tx: Tx, claim: EmailDomainRow, takesOver: boolean) {
  if (takesOver) await takeAway(tx, claim)
  await proveDomain(tx, claim, 'OPERATOR')
  return { emailDomainId: claim.id }
}

async function takeAway(tx: Tx, { organizationId, domain }: EmailDomainRow): Promise<void> {
  const [held] = await tx.rows<EmailDomainRow>(holder, [domain, organizationId])
  if (held === undefined) return
  // Both get an entry in their log, which is written at the end.
  await tx.enter('*')
  await lapseDomain(tx, held, 'DECIDED_BY_OPERATOR')
}
