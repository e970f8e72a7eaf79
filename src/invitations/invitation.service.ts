import type { Tx } from '../db/transaction.ts'
import { PermissionEscalationError, UserError } from '../errors.ts'
import type { Offer } from './draft.ts'
import type { InvitationRow } from './invitation.loaders.ts'
import { invite } from './invite.ts'
import { recordRevocation } from './revoke.ts'
import { closed } from './transitions.ts'

/**
 * Offers a membership to an address: a batch of one.
 * @throws InvalidInputError, AlreadyMemberError, AlreadyInvitedError, RoleNotAssignableError, PermissionEscalationError
 */
export async function inviteMember(tx: Tx, input: Offer & { organizationId: string }) {
  const [outcome] = await invite(tx, input.organizationId, [input], () => ['input'])
  if (outcome === undefined || outcome instanceof UserError) throw outcome ?? new Error('one offer has one outcome')
  return outcome
}

/** Offers memberships to many addresses; what is refused among them does not stop the others (INV-16). */
export async function inviteMembers(tx: Tx, input: { organizationId: string; invitations: readonly Offer[] }) {
  const { organizationId, invitations } = input
  const results = await invite(tx, organizationId, invitations, index => ['input', 'invitations', String(index)])
  const escalation = results.find(one => one instanceof PermissionEscalationError)
  if (escalation !== undefined) {
    // A refusal of security interest is recorded, as it is where it stands alone (MGT-3).
    const target = { type: 'Mutation', id: null, label: 'inviteMembers' }
    const changes = [{ field: 'reason', before: null, after: escalation.message }]
    tx.record({ organizationId, action: 'WRITE_REFUSED', target, changes })
  }
  return { results }
}

/** Takes a pending invitation back. */
export async function revokeInvitation(tx: Tx, invitation: InvitationRow) {
  await closed(tx, invitation, 'REVOKED')
  recordRevocation(tx, invitation.organizationId, invitation.id, invitation.email, null)
  return { invitationId: invitation.id }
}
