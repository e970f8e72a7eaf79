import type { Tx } from '../db/transaction.ts'
import type { MembershipRow } from './membership.loaders.ts'

/** How the audit log calls members, in their order. */
export async function labelsOf(tx: Tx, members: readonly MembershipRow[]): Promise<string[]> {
  const principals = await Promise.all(members.map(one => tx.load.principalById.load(one.principalId)))
  return principals.map(principal => principal?.displayName ?? '')
}
