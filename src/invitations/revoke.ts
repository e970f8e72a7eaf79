import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'

const revoke = statement(
  'revoke_invitations_of',
  `update invitation set status = 'REVOKED', closed_at = $3
   where organization_id = $1 and status = 'PENDING' and expires_at > $3
     and (inviter_id = any($2::uuid[]) or email_key in (
       select p.email_key from principal p where p.id = any($2::uuid[]) and p.is_email_verified))
   returning id, email, inviter_id = any($2::uuid[]) as "isTheirs"`,
)
const revokeTo = statement(
  'revoke_invitations_to',
  `update invitation set status = 'REVOKED', closed_at = $3
   where organization_id = any($1::uuid[]) and status = 'PENDING' and expires_at > $3
     and email_key = (select p.email_key from principal p where p.id = $2 and p.is_email_verified)
   returning organization_id as "organizationId", id, email`,
)

/**
 * Revokes what those still offer in their name who have no say any more, and what they are still offered there: an
 * older offer would undo the decision to end their access (MEM-4, MEM-11).
 */
export async function revokeInvitationsOf(
  tx: Tx,
  organizationId: string,
  principalIds: readonly string[],
  is: string,
): Promise<void> {
  const values = [organizationId, principalIds, tx.now]
  const revoked = await tx.rows<{ id: string; email: string; isTheirs: boolean | null }>(revoke, values)
  for (const { id, email, isTheirs } of revoked)
    recordRevocation(tx, organizationId, id, email, `the ${isTheirs === true ? 'inviter' : 'recipient'} ${is}`)
}

/** Revokes what somebody whose account goes is still offered where they were a member: a new account is no way back (MEM-9). */
export async function revokeInvitationsTo(
  tx: Tx,
  organizationIds: readonly string[],
  principalId: string,
  reason: string,
): Promise<void> {
  const values = [organizationIds, principalId, tx.now]
  const revoked = await tx.rows<{ organizationId: string; id: string; email: string }>(revokeTo, values)
  for (const { organizationId, id, email } of revoked) recordRevocation(tx, organizationId, id, email, reason)
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
