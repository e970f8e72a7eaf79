import { changesOf } from '../audit/changes.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { InvalidInputError } from '../errors.ts'
import type { JoinRequestAccess } from './join-request.entity.ts'

export interface UpdateJoinRequestPolicy {
  organizationId: string
  access: JoinRequestAccess
  emailDomains?: readonly string[] | null | undefined
}

const upsert = statement(
  'set_join_policy',
  `insert into join_policy (organization_id, access, email_domains) values ($1, $2, $3)
   on conflict (organization_id) do update set access = excluded.access, email_domains = excluded.email_domains`,
)

/** Says who may ask to join. Requests that are pending stay so, whatever it says from now on (REQ-1). */
export async function updateJoinRequestPolicy(tx: Tx, input: UpdateJoinRequestPolicy) {
  const { organizationId, access } = input
  const emailDomains = [...(input.emailDomains ?? [])]
  const isOfDomains = access === 'EMAIL_DOMAINS'
  if (isOfDomains !== emailDomains.length > 0) {
    const message = isOfDomains ? 'Name at least one domain.' : 'Domains go with EMAIL_DOMAINS alone.'
    throw new InvalidInputError([{ path: ['input', 'emailDomains'], message }])
  }
  const before = await tx.load.joinPolicyByOrganization.load(organizationId)
  const was = { access: before?.access ?? 'CLOSED', emailDomains: before?.emailDomains ?? [] }
  const changes = changesOf(was, { access, emailDomains })
  if (changes.length === 0) return { organizationId }
  await tx.rows(upsert, [organizationId, access, emailDomains])
  const label = (await tx.load.organizationById.load(organizationId))?.name ?? ''
  const action = 'JOIN_REQUEST_POLICY_UPDATED'
  tx.record({ organizationId, action, target: { type: 'Organization', id: organizationId, label }, changes })
  tx.emit(organizationId, action, { organizationId, access })
  return { organizationId }
}
