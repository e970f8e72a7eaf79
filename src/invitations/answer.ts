import { isRecipient } from '../auth/policy.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { EmailDomainBlockedError, EmailMismatchError, InvitationClosedError, type UserError } from '../errors.ts'
import { managementOf } from '../management/management.ts'
import { join } from '../members/join.ts'
import { addOfferedRoles } from '../members/member-roles.ts'
import { type MembershipRow, membershipColumns } from '../members/membership.loaders.ts'
import { keepTemplateRoles } from '../roles/lock.ts'
import { blockedDomainOf } from '../users/blocked-domain.ts'
import { maskEmail } from '../users/email.ts'
import type { InvitationRow } from './invitation.loaders.ts'
import { recordRevocation } from './revoke.ts'
import { closed } from './transitions.ts'

export interface Accepted {
  invitationId: string
  membershipId: string
}

const own = statement(
  'own_membership',
  `select ${membershipColumns} from membership m where m.organization_id = $1 and m.principal_id = $2`,
)

/**
 * Accepts an invitation: membership, roles, audit entry and event in one transaction, at most once, whoever races
 * (INV-8). Roles deleted meanwhile are dropped. An offer that its inviter may no longer make is revoked, and stays so:
 * that refusal is returned, not thrown (INV-6).
 * A domain that was blocked meanwhile lets nobody in; the offer stays as it is (INV-17).
 * @throws EmailMismatchError, EmailDomainBlockedError, InvitationClosedError, SeatLimitReachedError
 */
export async function acceptInvitation(tx: Tx, invitation: InvitationRow): Promise<Accepted | UserError> {
  const viewerId = recipient(tx, invitation)
  const { organizationId, id, email } = invitation
  const blocked = blockedDomainOf(invitation.emailKey, tx.config.blockedEmailDomains)
  if (blocked !== null) throw new EmailDomainBlockedError(blocked)
  const roleIds = await offeredRoleIds(tx, id)
  if (!(await inviterMayGrant(tx, invitation, roleIds))) return withdraw(tx, invitation)
  await closed(tx, invitation, 'ACCEPTED')
  const [member] = await tx.rows<MembershipRow>(own, [organizationId, viewerId])
  if (member !== undefined) await addOfferedRoles(tx, member, roleIds)
  const way = { organizationId, principalId: viewerId, origin: 'INVITATION', roleIds, ceiling: 'NONE' } as const
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

/** The roles on offer, which now stay: one of the template may just be giving way to its replacement (INV-6). */
async function offeredRoleIds(tx: Tx, invitationId: string): Promise<string[]> {
  const read = async () => (await tx.load.roleIdsByInvitation.load(invitationId)).map(row => row.roleId)
  await keepTemplateRoles(tx, await read())
  tx.refresh()
  const roleIds = await read()
  const kept = await keepTemplateRoles(tx, roleIds)
  const roles = await Promise.all(roleIds.map(id => tx.load.roleById.load(id)))
  return roles.flatMap(role => (role !== null && (role.organizationId !== null || kept.has(role.id)) ? [role.id] : []))
}

/** Whether whoever invited could still offer these roles today: as a member there, or as an operator. */
async function inviterMayGrant(tx: Tx, invitation: InvitationRow, roleIds: readonly string[]): Promise<boolean> {
  const offered = (await Promise.all(roleIds.map(id => tx.load.permissionIdsByRole.load(id)))).flat()
  if (offered.length === 0) return true
  const inviter = invitation.inviterId === null ? null : await tx.load.principalById.load(invitation.inviterId)
  if (inviter === null) return false
  if ((await managementOf(tx, inviter)).has('organizations:write')) return true
  const [membership] = await tx.rows<MembershipRow>(own, [invitation.organizationId, inviter.id])
  const held = new Set(membership === undefined ? [] : await tx.load.permissionIdsByMembership.load(membership))
  return offered.every(row => held.has(row.permissionId))
}

async function withdraw(tx: Tx, invitation: InvitationRow): Promise<InvitationClosedError> {
  await closed(tx, invitation, 'REVOKED')
  recordRevocation(
    tx,
    invitation.organizationId,
    invitation.id,
    invitation.email,
    'the inviter may no longer grant its roles',
  )
  return new InvitationClosedError(
    'REVOKED',
    'The inviter may no longer grant what it offers: the invitation is revoked now.',
  )
}
