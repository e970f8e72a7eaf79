import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'

const revoke = statement(
  'revoke_invitations_of',
  `update invitation set status = 'REVOKED', closed_at = $3
   where organization_id = $1 and inviter_id = $2 and status = 'PENDING' and expires_at > $3 returning id, email`,
)

/** Revokes what somebody still offers in their name who has no say any more (MEM-4, MEM-11). */
export async function revokeInvitationsOf(
  tx: Tx,
  organizationId: string,
  principalId: string,
  reason: string,
): Promise<void> {
  const revoked = await tx.rows<{ id: string; email: string }>(revoke, [organizationId, principalId, tx.now])
  for (const { id, email } of revoked) recordRevocation(tx, organizationId, id, email, reason)
}

/** The audit entry and the event of one revocation. */
export function recordRevocation(
  tx: Tx,
  organizationId: string,
  id: string,
  email: string,
  reason: string | null,
): void {
  const changes = reason === null ? [] : [{ field: 'reason', before: null, after: reason }]
  tx.record({ organizationId, action: 'INVITATION_REVOKED', target: { type: 'Invitation', id, label: email }, changes })
  tx.emit(organizationId, 'INVITATION_REVOKED', { organizationId, invitationId: id })
}
