import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { InvalidInputError } from '../errors.ts'
import { newId } from '../ids.ts'
import { type MembersFate, settleProvisioned } from '../members/provisioned.ts'
import { mintToken } from '../secret-token.ts'
import { unclaimable } from './claimable.ts'
import type { EmailDomainRow } from './email-domain.loaders.ts'
import { DomainAlreadyClaimedError, DomainLimitReachedError } from './errors.ts'
import { noteDomain } from './transitions.ts'

const insert = statement(
  'insert_email_domain',
  'insert into email_domain (organization_id, id, domain, token, created_at) values ($1, $2, $3, $4, $5)',
)
const remove = statement('remove_email_domain', 'delete from email_domain where organization_id = $1 and id = $2')

export interface AddEmailDomain {
  organizationId: string
  domain: string
}

/**
 * Claims a domain. That gives nobody anything until it is proved (JIT-3); whether another organization has it, one learns
 * with the proof, and not by guessing names here.
 * @throws InvalidInputError, DomainAlreadyClaimedError, DomainLimitReachedError
 */
export async function addEmailDomain(tx: Tx, { organizationId, domain }: AddEmailDomain) {
  const why = unclaimable(domain, tx.config.blockedEmailDomains)
  if (why !== null) throw new InvalidInputError([{ path: ['input', 'domain'], message: why }])
  const claimed = await tx.load.emailDomainsByOrganization.load(organizationId)
  const same = claimed.find(one => one.domain === domain)
  if (same !== undefined) throw new DomainAlreadyClaimedError(same.id)
  const limit = tx.config.emailDomains.limit
  if (claimed.length >= limit) throw new DomainLimitReachedError(limit)

  const id = newId(tx.now)
  await tx.rows(insert, [organizationId, id, domain, mintToken().token, tx.now])
  noteDomain(tx, 'DOMAIN_ADDED', { organizationId, id, domain })
  return { emailDomainId: id }
}

/**
 * Gives a claim up, with its proof; what becomes of whoever joined by it is said.
 * @throws LastOwnerError
 */
export async function removeEmailDomain(tx: Tx, claim: EmailDomainRow, fate: MembersFate) {
  const { organizationId, id } = claim
  const came = fate === 'KEEP' ? [] : await tx.load.membersByEmailDomain.load(id)
  const settledMembersCount = await settleProvisioned(tx, organizationId, came, fate)
  await tx.rows(remove, [organizationId, id])
  noteDomain(tx, 'DOMAIN_REMOVED', claim, [{ field: 'members', before: null, after: fate }])
  return { removedEmailDomainId: id, organizationId, settledMembersCount }
}
