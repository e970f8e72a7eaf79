import type { Tx } from '../db/transaction.ts'
import { revokeInvitationsOf } from '../invitations/revoke.ts'
import { revokeInviteLinksOf } from '../invite-links/revoke.ts'
import { cancelTransfersOf } from '../ownership/transitions.ts'
import { revokeSetupLinksOf } from '../sso-setup-links/close.ts'
import type { MembershipRow } from './membership.loaders.ts'

/**
 * Ends what members who go, or are suspended, had pending there (MEM-4, MEM-11): what is in their name stood on what
 * they may do, and what is offered to them would let them back in. The audit log says why.
 */
export async function cancelPending(
  tx: Tx,
  organizationId: string,
  members: readonly Pick<MembershipRow, 'principalId'>[],
  why: 'no longer a member' | 'suspended',
): Promise<void> {
  const is = why === 'suspended' ? 'is suspended' : 'is no longer a member'
  const principalIds = members.map(member => member.principalId)
  await revokeInvitationsOf(tx, organizationId, principalIds, is)
  await revokeInviteLinksOf(tx, organizationId, principalIds, `its maker ${is}`)
  await revokeSetupLinksOf(tx, organizationId, principalIds, `its maker ${is}`)
  await cancelTransfersOf(tx, organizationId, principalIds, `one of the two ${is}`)
}
