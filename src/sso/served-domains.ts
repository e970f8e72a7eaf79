import type { AuditChange } from '../audit/audit-event.entity.ts'
import { listChange } from '../audit/changes.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import type { EmailDomainRow } from '../email-domains/email-domain.loaders.ts'
import { DomainNotVerifiedError } from '../email-domains/errors.ts'
import { dnsRecordOf } from '../email-domains/proof.ts'
import { InvalidInputError } from '../errors.ts'

const taken = statement(
  'sso_domains_taken',
  `select email_domain_id as id from sso_connector_domain
   where organization_id = $1 and email_domain_id = any($2::uuid[]) and connector_id <> $3`,
)
const add = statement(
  'add_sso_domains',
  'insert into sso_connector_domain (organization_id, connector_id, email_domain_id) select $1, $2, unnest($3::uuid[])',
)
const drop = statement(
  'drop_sso_domains',
  'delete from sso_connector_domain where organization_id = $1 and connector_id = $2 and email_domain_id = any($3::uuid[])',
)

/**
 * Has a connector serve these domains, and no others. Absent: those that it serves stay. They are the organization's own,
 * proved, and served by one connector at most.
 * @throws InvalidInputError, DomainNotVerifiedError
 */
export async function serveDomains(
  tx: Tx,
  { organizationId, id }: { readonly organizationId: string; readonly id: string },
  wanted: readonly string[] | null | undefined,
): Promise<AuditChange[]> {
  if (wanted === undefined) return []
  const claims = await tx.load.emailDomainsByOrganization.load(organizationId)
  const byId = new Map(claims.map(claim => [claim.id, claim]))
  const served = (await tx.load.domainsBySsoConnector.load(id)).map(one => one.emailDomainId)
  const asked = new Set(wanted ?? [])
  const added = [...asked].filter(one => !served.includes(one))
  const removed = served.filter(one => !asked.has(one))
  const named = added.map(one => byId.get(one))
  for (const claim of named) refuseUnusable(claim)
  const others = await tx.rows<{ id: string }>(taken, [organizationId, added, id])
  if (others.length > 0)
    throw invalid(`Another connector serves ${others.map(one => byId.get(one.id)?.domain).join(', ')} already.`)
  if (removed.length > 0) await tx.rows(drop, [organizationId, id, removed])
  if (added.length > 0) await tx.rows(add, [organizationId, id, added])
  const namesOf = (ids: readonly string[]) => ids.flatMap(one => byId.get(one)?.domain ?? [])
  return listChange('domains', namesOf(removed), namesOf(added))
}

function refuseUnusable(claim: EmailDomainRow | undefined): void {
  if (claim === undefined) throw invalid('One of these is no email domain of the organization.')
  if (claim.status !== 'VERIFIED') throw new DomainNotVerifiedError(dnsRecordOf(claim), 'NOT_ASKED')
}

function invalid(message: string): InvalidInputError {
  return new InvalidInputError([{ path: ['input', 'emailDomainIds'], message }])
}
