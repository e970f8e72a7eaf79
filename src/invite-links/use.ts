import { notFound } from '../auth/policy.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { EmailDomainBlockedError, EmailNotVerifiedError, type UserError } from '../errors.ts'
import { alreadyThere, join } from '../members/join.ts'
import { mayStillGrant, membershipOf, standingRoleIds } from '../members/offer.ts'
import { blockedDomainOf } from '../users/blocked-domain.ts'
import { EmailDomainNotAllowedError, InviteLinkClosedError } from './errors.ts'
import { type InviteLinkRow, statusAt } from './invite-link.loaders.ts'
import { recordRevocation } from './revoke.ts'

export interface Joined {
  membershipId: string
}

const ofDomains = statement('is_of_domains', 'select tenantry_is_of_domains($1, $2::text[]) as "isAllowed"')
const count = statement(
  'use_invite_link',
  `update invite_link set uses = uses + 1 where organization_id = $1 and id = $2
   and revoked_at is null and expires_at > $3 and (max_uses is null or uses < max_uses) returning uses`,
)
const revoke = statement(
  'close_invite_link',
  'update invite_link set revoked_at = $3 where organization_id = $1 and id = $2',
)

/**
 * Makes the viewer a member by a link, and counts the use, both or neither (LNK-3). A link whose maker could no longer
 * make it is revoked, and stays so: that refusal is returned, not thrown (LNK-4).
 * @throws AlreadyMemberError and MembershipSuspendedError before all else, InviteLinkClosedError, EmailNotVerifiedError, EmailDomainBlockedError,
 * EmailDomainNotAllowedError, SeatLimitReachedError
 */
export async function joinByInviteLink(tx: Tx, linkId: string): Promise<Joined | UserError> {
  const [link, viewerId] = [await tx.load.inviteLinkById.load(linkId), tx.actorId]
  if (link === null || viewerId === null) throw notFound('invite link')
  const { organizationId, id, label, createdBy } = link
  const member = await membershipOf(tx, organizationId, viewerId)
  if (member !== undefined) throw alreadyThere(tx, member)
  const status = statusAt(link, tx.now)
  if (status !== 'ACTIVE') throw new InviteLinkClosedError(status)
  await refuseAddress(tx, link)
  const roleIds = await standingRoleIds(tx, () => tx.load.roleIdsByInviteLink.load(id))
  const offer = { organizationId, by: createdBy, permission: 'invite-link:create' } as const
  if (!(await mayStillGrant(tx, offer, roleIds))) return close(tx, link)

  const [use] = await tx.rows<{ uses: number }>(count, [organizationId, id, tx.now])
  if (use === undefined) throw new InviteLinkClosedError('USED_UP')
  const way = { organizationId, principalId: viewerId, origin: 'LINK', addedBy: createdBy, roleIds } as const
  const membership = await join(tx, { ...way, ceiling: 'NONE' })
  const changes = [{ field: 'uses', before: String(use.uses - 1), after: String(use.uses) }]
  tx.record({ organizationId, action: 'INVITE_LINK_USED', target: { type: 'InviteLink', id, label }, changes })
  tx.emit(organizationId, 'INVITE_LINK_USED', { organizationId, inviteLinkId: id, membershipId: membership.id })
  return { membershipId: membership.id }
}

/** Whoever comes by a secret that others may know as well is at least somebody whom an address vouches for (LNK-5). */
async function refuseAddress(tx: Tx, { allowedEmailDomains }: InviteLinkRow): Promise<void> {
  const emailKey = tx.actor.kind === 'USER' ? tx.actor.emailKey : null
  if (emailKey === null) throw new EmailNotVerifiedError()
  const blocked = blockedDomainOf(emailKey, tx.config.blockedEmailDomains)
  if (blocked !== null) throw new EmailDomainBlockedError(blocked)
  if (allowedEmailDomains.length === 0) return
  const [row] = await tx.rows<{ isAllowed: boolean }>(ofDomains, [emailKey, allowedEmailDomains])
  if (row?.isAllowed !== true) throw new EmailDomainNotAllowedError()
}

async function close(tx: Tx, link: InviteLinkRow): Promise<InviteLinkClosedError> {
  await tx.rows(revoke, [link.organizationId, link.id, tx.now])
  recordRevocation(tx, link, 'its maker may no longer make this offer')
  return new InviteLinkClosedError('REVOKED')
}
