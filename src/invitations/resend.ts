import { dateOf, type Instant, statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { EmailDomainBlockedError, InvalidInputError, InvitationClosedError, RequestError } from '../errors.ts'
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
// Two at once to one address, of different organizations, are held to the limit one after the other.
const lockAddress = statement('lock_address', 'select pg_advisory_xact_lock(hashtextextended($1, 7263021))')
const inTheWay = statement(
  'mail_in_the_way',
  `select greatest(
     tenantry_mail_in_the_way($3, $4, $5),
     (select queued_at from invitation_mail where organization_id = $1 and invitation_id = $2 and queued_at > $4
      order by queued_at desc offset $6 - 1 limit 1)
   )::text as "queuedAt"`,
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

/** Every mail of the window counts, the first one too: whoever gets them does not care how they came about. */
async function holdToLimits(tx: Tx, { organizationId, id, emailKey }: InvitationRow): Promise<void> {
  const { minutes, perAddress, perInvitation } = tx.config.mailLimits
  const window = minutes * 60_000
  const since = new Date(tx.now.getTime() - window)
  await tx.rows(lockAddress, [emailKey])
  const [row] = await tx.rows<{ queuedAt: Instant | null }>(inTheWay, [
    ...[organizationId, id, emailKey, since, perAddress, perInvitation],
  ])
  if (row === undefined || row.queuedAt === null) return
  const retryAt = new Date(dateOf(row.queuedAt).getTime() + window)
  const retryAfter = Math.ceil((retryAt.getTime() - tx.now.getTime()) / 1000)
  throw new RequestError(
    'RATE_LIMITED',
    `This was mailed as often as it may be for now. Try again in ${retryAfter} seconds.`,
    { retryAfter, retryAt: retryAt.toISOString() },
  )
}
