import { dateOf, statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { EmailDomainBlockedError, InvalidInputError, InvitationClosedError, RequestError } from '../errors.ts'
import { holdToLimits } from '../mail/limits.ts'
import { queueInvitationMail } from '../mail/queue.ts'
import { refuseEscalation } from '../roles/assignable.ts'
import { blockedDomainOf } from '../users/blocked-domain.ts'
import { expiryIssues } from './draft.ts'
import { type InvitationRow, statusAt } from './invitation.loaders.ts'
import { expiryChange, inviterChange, offeredRoles } from './update.ts'

const renew = statement(
  'renew_invitation',
  `update invitation set expires_at = $4, inviter_id = $5
   where organization_id = $1 and id = $2 and status = 'PENDING' and expires_at > $3 returning id`,
)
const forgetLinks = statement(
  'forget_links',
  'delete from invitation_token where organization_id = $1 and invitation_id = $2',
)
const cancelOlder = statement(
  'cancel_older_mail',
  `update invitation_mail set status = 'CANCELLED', closed_at = $3
   where organization_id = $1 and invitation_id = $2 and status = 'QUEUED'`,
)

/**
 * Mails a pending invitation once more. The link is a new one, and every earlier one is dead from here on (INV-10).
 * Whoever gives it another expiry vouches for it, as of any change of it (ROL-3, INV-6).
 * @throws InvalidInputError, EmailDomainBlockedError, InvitationClosedError, PermissionEscalationError;
 *   RATE_LIMITED with when to try again (INV-11)
 */
export async function resendInvitation(tx: Tx, invitation: InvitationRow, expiresAt: Date | null) {
  const { organizationId, id, email, inviterId } = invitation
  if (tx.config.mail === null)
    throw new RequestError('CONFLICT', 'No mail is sent here: SMTP_URL is not set. The invitation is as it was.')
  const issues = expiresAt === null ? [] : expiryIssues(tx, expiresAt, ['input'])
  if (issues.length > 0) throw new InvalidInputError(issues)
  const blocked = blockedDomainOf(invitation.emailKey, tx.config.blockedEmailDomains)
  if (blocked !== null) throw new EmailDomainBlockedError(blocked)
  const before = dateOf(invitation.expiresAt)
  const after = expiresAt ?? before
  const expiry = expiryChange(before, after)
  const isChanged = expiry.length > 0
  const renewed = await tx.rows(renew, [organizationId, id, tx.now, after, isChanged ? tx.actorId : inviterId])
  if (renewed.length === 0) {
    const status = statusAt(invitation, tx.now)
    throw new InvitationClosedError(status === 'PENDING' ? 'EXPIRED' : status)
  }
  if (isChanged) await refuseEscalation(tx, organizationId, await offeredRoles(tx, id))
  const changes = isChanged ? [...expiry, ...(await inviterChange(tx, invitation))] : []
  await holdToLimits(tx, invitation)
  await tx.rows(forgetLinks, [organizationId, id])
  await tx.rows(cancelOlder, [organizationId, id, tx.now])
  await queueInvitationMail(tx, organizationId, [id])
  tx.record({ organizationId, action: 'INVITATION_RESENT', target: { type: 'Invitation', id, label: email }, changes })
  tx.emit(organizationId, 'INVITATION_RESENT', { organizationId, invitationId: id })
  return { invitationId: id }
}
