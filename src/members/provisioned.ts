import type { Tx } from '../db/transaction.ts'
import type { MembershipRow } from './membership.loaders.ts'
import { removeMembers } from './membership.service.ts'
import { suspendMembers } from './suspension.ts'

/** What becomes of members when what they came by goes. */
export type MembersFate = 'KEEP' | 'SUSPEND' | 'REMOVE'

/**
 * Suspends or removes members who came by something that goes, as one by one; whoever does it stays as they are: nobody
 * locks themselves out by this. Returns how many it was.
 * @throws LastOwnerError when no other owner is active (MEM-6)
 */
export async function settleProvisioned(
  tx: Tx,
  organizationId: string,
  came: readonly MembershipRow[],
  fate: MembersFate,
): Promise<number> {
  const members = came.filter(member => member.principalId !== tx.actorId)
  if (fate === 'KEEP') return 0
  if (fate === 'SUSPEND') return suspendMembers(tx, organizationId, members)
  await removeMembers(tx, organizationId, members)
  return members.length
}
