import { isRecipient } from '../auth/invitation-policy.ts'
import { ownIssuer } from '../auth/own-issuer.ts'
import { isAccepted, signInUnder } from '../auth/required-sso-policy.ts'
import type { Tx } from '../db/transaction.ts'
import {
  EmailDomainBlockedError,
  EmailMismatchError,
  InvitationClosedError,
  MembershipSuspendedError,
  SsoRequiredError,
  type UserError,
} from '../errors.ts'
import { join } from '../members/join.ts'
import { addOfferedRoles } from '../members/member-roles.ts'
import { mayStillGrant, membershipOf, standingRoleIds } from '../members/offer.ts'
import { blockedDomainOf } from '../users/blocked-domain.ts'
import { maskEmail } from '../users/email.ts'
import type { InvitationRow } from './invitation.loaders.ts'
import { recordRevocation } from './revoke.ts'
import { closed } from './transitions.ts'

export interface Accepted {
  invitationId: string
  membershipId: string
}

/**
 * Accepts an invitation: membership, roles, audit entry and event in one transaction, at most once, whoever races
 * (INV-8). Roles deleted meanwhile are dropped. An offer that its inviter may no longer make is revoked, and stays so:
 * that refusal is returned, not thrown (INV-6).
 * A domain that was blocked meanwhile lets nobody in; the offer stays as it is (INV-17).
 * @throws EmailMismatchError, EmailDomainBlockedError, InvitationClosedError, MembershipSuspendedError,
 *   SeatLimitReachedError, SsoRequiredError
 */
export async function acceptInvitation(tx: Tx, invitation: InvitationRow): Promise<Accepted | UserError> {
  const viewerId = recipient(tx, invitation)
  const { organizationId, id, email, inviterId } = invitation
  await refuseSignIn(tx)
  const blocked = blockedDomainOf(invitation.emailKey, tx.config.blockedEmailDomains)
  if (blocked !== null) throw new EmailDomainBlockedError(blocked)
  const roleIds = await standingRoleIds(tx, () => tx.load.roleIdsByInvitation.load(id))
  const offer = { organizationId, by: inviterId, permission: 'invitation:create' } as const
  if (!(await mayStillGrant(tx, offer, roleIds))) return withdraw(tx, invitation)
  await closed(tx, invitation, 'ACCEPTED')
  const member = await membershipOf(tx, organizationId, viewerId)
  // What a suspended member was offered waits with them: it neither lifts the suspension nor grows their roles (MEM-11).
  if (member?.suspendedAt != null) throw new MembershipSuspendedError()
  if (member !== undefined) await addOfferedRoles(tx, member, roleIds)
  const way = {
    organizationId,
    principalId: viewerId,
    origin: 'INVITATION',
    addedBy: inviterId,
    roleIds,
    ceiling: 'NONE',
  } as const
  const membershipId = member?.id ?? (await join(tx, way)).id
  tx.record({ organizationId, action: 'INVITATION_ACCEPTED', target: { type: 'Invitation', id, label: email } })
  tx.emit(organizationId, 'INVITATION_ACCEPTED', { organizationId, invitationId: id, membershipId })
  return { invitationId: id, membershipId }
}

/** Declines an invitation. */
export async function declineInvitation(tx: Tx, invitation: InvitationRow) {
  recipient(tx, invitation)
  const { organizationId, id, email } = invitation
  await closed(tx, invitation, 'DECLINED')
  tx.record({ organizationId, action: 'INVITATION_DECLINED', target: { type: 'Invitation', id, label: email } })
  tx.emit(organizationId, 'INVITATION_DECLINED', { organizationId, invitationId: id })
  return { invitationId: id }
}

/** @throws EmailMismatchError for everybody but the invited (INV-7) */
function recipient(tx: Tx, invitation: InvitationRow): string {
  if (tx.actorId === null || !isRecipient(tx, invitation)) throw new EmailMismatchError(maskEmail(invitation.email))
  return tx.actorId
}

/** The gateway remembers tokens for a while; nobody becomes a member with one that does not count any more (SSO-5). */
async function refuseSignIn(tx: Tx): Promise<void> {
  const required = await tx.load.viewerRequiredSso()
  if (required === null || tx.actor.kind === 'ANONYMOUS' || tx.actor.isConfiguredOperator) return
  if (isAccepted(signInUnder(required, tx.actor.shown ?? null, ownIssuer(tx.config).issuer))) return
  throw new SsoRequiredError(required.connectorId, required.connectorName)
}

async function withdraw(tx: Tx, invitation: InvitationRow): Promise<InvitationClosedError> {
  await closed(tx, invitation, 'REVOKED')
  recordRevocation(
    tx,
    invitation.organizationId,
    invitation.id,
    invitation.email,
    'the inviter may no longer make this offer',
  )
  return new InvitationClosedError(
    'REVOKED',
    'The inviter may no longer make this offer: the invitation is revoked now.',
  )
}
