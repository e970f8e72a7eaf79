import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { OwnershipTransferClosedError } from './errors.ts'
import { type OwnershipTransferRow, transferStatusAt } from './ownership-transfer.loaders.ts'

const close = statement(
  'close_ownership_transfer',
  `update ownership_transfer set status = $3, closed_at = $4
   where organization_id = $1 and id = $2 and status = 'PENDING' and expires_at > $4 returning id`,
)
const cancelOf = statement(
  'cancel_ownership_transfers_of',
  `update ownership_transfer t set status = 'CANCELED', closed_at = $3
   where t.organization_id = $1 and (t.owner_id = any($2::uuid[]) or t.new_owner_id = any($2::uuid[]))
     and t.status = 'PENDING' and t.expires_at > $3
   returning t.id, (select p.display_name from principal p where p.id = t.new_owner_id) as label`,
)

/**
 * Takes an offer out of PENDING, the only state that can be left. Of several who try, one wins: the update is guarded by
 * the state itself. It is one audit entry and one event.
 * @throws OwnershipTransferClosedError when it was no longer pending, or overdue
 */
export async function closeTransfer(
  tx: Tx,
  transfer: OwnershipTransferRow,
  status: 'ACCEPTED' | 'DECLINED' | 'CANCELED',
  reason: string | null = null,
): Promise<void> {
  const { organizationId, id, newOwnerId } = transfer
  const rows = await tx.rows(close, [organizationId, id, status, tx.now])
  if (rows.length === 0) {
    const now = transferStatusAt(transfer, tx.now)
    throw new OwnershipTransferClosedError(now === 'PENDING' ? 'EXPIRED' : now)
  }
  const label = newOwnerId === null ? '' : ((await tx.load.principalById.load(newOwnerId))?.displayName ?? '')
  recordTransfer(tx, { organizationId, id, label }, status, reason)
}

/** Ends the offers that members made or were made who have no say there any more. */
export async function cancelTransfersOf(
  tx: Tx,
  organizationId: string,
  principalIds: readonly string[],
  reason: string,
): Promise<void> {
  const rows = await tx.rows<{ id: string; label: string }>(cancelOf, [organizationId, principalIds, tx.now])
  for (const row of rows) recordTransfer(tx, { organizationId, ...row }, 'CANCELED', reason)
}

/** The audit entry and the event of one transition; `label` is the name of who is to become an owner. */
export function recordTransfer(
  tx: Tx,
  { organizationId, id, label }: { organizationId: string; id: string; label: string },
  status: 'ACCEPTED' | 'DECLINED' | 'CANCELED' | 'EXPIRED',
  reason: string | null = null,
): void {
  const action = `OWNERSHIP_TRANSFER_${status}` as const
  const changes = reason === null ? [] : [{ field: 'reason', before: null, after: reason }]
  tx.record({ organizationId, action, target: { type: 'OwnershipTransfer', id, label }, changes })
  tx.emit(organizationId, action, { organizationId, ownershipTransferId: id })
}
