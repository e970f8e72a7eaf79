import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { InvitationClosedError } from '../errors.ts'
import { type InvitationRow, statusAt } from './invitation.loaders.ts'

const claim = statement(
  'close_invitation',
  `update invitation set status = $3, closed_at = $4, accepted_by = $5
   where organization_id = $1 and id = $2 and status = 'PENDING' and expires_at > $4 returning id`,
)

/**
 * Takes an invitation out of PENDING, the only state that can be left (INV-1). Of several who try, one wins: the update
 * is guarded by the state itself.
 * @throws InvitationClosedError when it was no longer pending, or overdue (INV-9)
 */
export async function closed(
  tx: Tx,
  invitation: InvitationRow,
  status: 'ACCEPTED' | 'DECLINED' | 'REVOKED',
): Promise<void> {
  const by = status === 'ACCEPTED' ? tx.actorId : null
  const rows = await tx.rows(claim, [invitation.organizationId, invitation.id, status, tx.now, by])
  if (rows.length > 0) return
  const now = statusAt(invitation, tx.now)
  throw new InvitationClosedError(now === 'PENDING' ? 'EXPIRED' : now)
}
