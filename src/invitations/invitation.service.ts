import type { Tx } from '../db/transaction.ts'
import { UserError } from '../errors.ts'
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

/** Takes a pending invitation back. */
export async function revokeInvitation(tx: Tx, invitation: InvitationRow) {
  await closed(tx, invitation, 'REVOKED')
  recordRevocation(tx, invitation.organizationId, invitation.id, invitation.email, null)
  return { invitationId: invitation.id }
}
