import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'

interface Revoked {
  organizationId: string
  id: string
  label: string
}

const revokeOf = statement(
  'revoke_invite_links_of',
  `update invite_link set revoked_at = $3 where organization_id = $1 and created_by = any($2::uuid[])
   and revoked_at is null and expires_at > $3 and (max_uses is null or uses < max_uses) returning id, label`,
)
const revokeAllOf = statement(
  'revoke_all_invite_links_of',
  `update invite_link set revoked_at = $2 where created_by = $1
   and revoked_at is null and expires_at > $2 and (max_uses is null or uses < max_uses)
   returning organization_id as "organizationId", id, label`,
)

/** Closes the links of makers who have no say any more (MEM-4). */
export async function revokeInviteLinksOf(
  tx: Tx,
  organizationId: string,
  principalIds: readonly string[],
  reason: string,
): Promise<void> {
  const revoked = await tx.rows<{ id: string; label: string }>(revokeOf, [organizationId, principalIds, tx.now])
  for (const link of revoked) recordRevocation(tx, { organizationId, ...link }, reason)
}

/** Closes every link of somebody whose account goes, in whichever organization (MEM-9). */
export async function revokeAllInviteLinksOf(tx: Tx, principalId: string, reason: string): Promise<void> {
  const revoked = await tx.rows<Revoked>(revokeAllOf, [principalId, tx.now])
  for (const link of revoked) recordRevocation(tx, link, reason)
}

/** The audit entry and the event of one revocation. */
export function recordRevocation(tx: Tx, { organizationId, id, label }: Revoked, reason: string | null): void {
  const changes = reason === null ? [] : [{ field: 'reason', before: null, after: reason }]
  tx.record({ organizationId, action: 'INVITE_LINK_REVOKED', target: { type: 'InviteLink', id, label }, changes })
  tx.emit(organizationId, 'INVITE_LINK_REVOKED', { organizationId, inviteLinkId: id })
}
