import type { Tx } from '../db/transaction.ts'
import { revokeInvitationsOf } from '../invitations/revoke.ts'
import { revokeInviteLinksOf } from '../invite-links/revoke.ts'
import { cancelTransfersOf } from '../ownership/transitions.ts'

/**
 * Ends what a member who goes, or is suspended, had pending there (MEM-4, MEM-11): what is in their name stood on what
 * they may do, and what is offered to them would let them back in. The audit log says why.
 */
export async function cancelPending(
  tx: Tx,
  organizationId: string,
  principalId: string,
  why: 'no longer a member' | 'suspended',
): Promise<void> {
  const is = why === 'suspended' ? 'is suspended' : 'is no longer a member'
  await revokeInvitationsOf(tx, organizationId, principalId, is)
  await revokeInviteLinksOf(tx, organizationId, principalId, `its maker ${is}`)
  await cancelTransfersOf(tx, organizationId, principalId, `one of the two ${is}`)
}
