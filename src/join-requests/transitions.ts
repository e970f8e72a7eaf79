import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { JoinRequestClosedError } from './errors.ts'
import type { JoinRequestRow } from './join-request.loaders.ts'

const claim = statement(
  'close_join_request',
  `update join_request set status = $3, closed_at = $4, decided_by = $5, refusal_reason = $6
   where organization_id = $1 and id = $2 and status = 'PENDING' returning id`,
)
const supersede = statement(
  'supersede_join_request',
  `update join_request r set status = 'SUPERSEDED', closed_at = $3 from principal p
   where r.organization_id = any($1::uuid[]) and r.requester_id = $2 and r.status = 'PENDING' and p.id = r.requester_id
   returning r.organization_id as "organizationId", r.id, p.display_name as label`,
)

/**
 * Takes a request out of PENDING, the only state that can be left (REQ-6). Of several who try, one wins: the update is
 * guarded by the state itself.
 * @throws JoinRequestClosedError when it was no longer pending
 */
export async function closed(
  tx: Tx,
  request: JoinRequestRow,
  status: 'APPROVED' | 'REFUSED' | 'WITHDRAWN',
  reason: string | null = null,
): Promise<void> {
  const { organizationId, id } = request
  const by = status === 'WITHDRAWN' ? null : tx.actorId
  const rows = await tx.rows(claim, [organizationId, id, status, tx.now, by, reason])
  if (rows.length > 0) return
  throw new JoinRequestClosedError(request.status === 'PENDING' ? 'WITHDRAWN' : request.status)
}

/** Closes what somebody asked for who now is a member by another way (REQ-7). */
export async function supersedeJoinRequests(
  tx: Tx,
  organizationIds: readonly string[],
  principalId: string,
): Promise<void> {
  const values = [organizationIds, principalId, tx.now]
  const rows = await tx.rows<{ organizationId: string; id: string; label: string }>(supersede, values)
  for (const { organizationId, id, label } of rows) {
    const action = 'JOIN_REQUEST_SUPERSEDED'
    tx.record({ organizationId, action, target: { type: 'JoinRequest', id, label } })
    tx.emit(organizationId, action, { organizationId, joinRequestId: id })
  }
}
