import { missingToGrant } from '../auth/policy.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { AlreadyInvitedError, AlreadyMemberError, InvalidInputError, PermissionEscalationError } from '../errors.ts'
import { newId } from '../ids.ts'
import { assignableRoles } from '../roles/assignable.ts'
import { emailKey } from '../users/email.ts'
import { Invitation } from './invitation.entity.ts'
import type { InvitationRow } from './invitation.loaders.ts'
import { recordRevocation } from './revoke.ts'
import { closed } from './transitions.ts'

export interface InviteMember {
  organizationId: string
  email: string
  roleIds?: readonly string[] | null | undefined
  expiresAt?: Date | null | undefined
}

const memberWithEmail = statement(
  'member_with_email',
  `select m.id from membership m join principal p on p.id = m.principal_id
   where m.organization_id = $1 and p.email_key = $2 and p.is_email_verified limit 1`,
)
const closeOverdue = statement(
  'close_overdue',
  `update invitation set status = 'EXPIRED', closed_at = $3
   where organization_id = $1 and email_key = $2 and status = 'PENDING' and expires_at <= $3 returning id, email`,
)
const pending = statement(
  'pending_invitation',
  `select id from invitation where organization_id = $1 and email_key = $2 and status = 'PENDING'`,
)
const offer = statement(
  'offer_roles',
  `insert into invitation_role (organization_id, invitation_id, template_role_id, custom_role_id)
   select $1, $2, case when r.organization_id is null then r.id end, case when r.organization_id is not null then r.id end
   from organization_role r where r.id = any($3::uuid[])`,
)

/** Offers a membership to an address; one pending offer per organization and address (INV-2 to INV-6). */
export async function inviteMember(tx: Tx, input: InviteMember) {
  const { organizationId, email } = input
  const key = emailKey(email) ?? email
  const expiresAt = expiry(tx, input.expiresAt ?? null)
  const [member] = await tx.rows<{ id: string }>(memberWithEmail, [organizationId, key])
  if (member !== undefined) throw new AlreadyMemberError(member.id)
  await expireOverdue(tx, organizationId, key)
  const [other] = await tx.rows<{ id: string }>(pending, [organizationId, key])
  if (other !== undefined) throw new AlreadyInvitedError(other.id)
  const roles = await assignableRoles(tx, organizationId, 'USER', input.roleIds ?? (await defaultRoleIds(tx)))
  const roleIds = roles.map(role => role.id)
  const missing = await missingToGrant(tx, organizationId, roleIds)
  if (missing.length > 0) throw new PermissionEscalationError(missing)

  const id = newId(tx.now)
  await tx.em.insert(Invitation, {
    organizationId,
    id,
    email,
    emailKey: key,
    status: 'PENDING',
    inviterId: tx.actorId,
    createdAt: tx.now,
    expiresAt,
  })
  if (roleIds.length > 0) await tx.rows(offer, [organizationId, id, roleIds])
  const changes = [
    { field: 'roles', before: null, after: roles.map(role => role.name).join(', ') },
    { field: 'expiresAt', before: null, after: expiresAt.toISOString() },
  ]
  tx.record({ organizationId, action: 'INVITATION_CREATED', target: { type: 'Invitation', id, label: email }, changes })
  tx.emit(organizationId, 'INVITATION_CREATED', { organizationId, invitationId: id, roleIds })
  return { invitationId: id }
}

/** Absent: the default life. Otherwise in the future, and not further off than the configuration allows (INV-3). */
function expiry(tx: Tx, wanted: Date | null): Date {
  const day = 86_400_000
  if (wanted === null) return new Date(tx.now.getTime() + tx.config.invitationDays * day)
  const path = ['input', 'expiresAt']
  if (wanted <= tx.now) throw new InvalidInputError([{ path, message: 'This must be in the future.' }])
  const latest = new Date(tx.now.getTime() + tx.config.invitationMaxDays * day)
  if (wanted > latest)
    throw new InvalidInputError([{ path, message: `This must be at most ${tx.config.invitationMaxDays} days away.` }])
  return wanted
}

/** What is overdue has expired already; it is written down when it would be in the way of a new one (INV-4). */
async function expireOverdue(tx: Tx, organizationId: string, key: string): Promise<void> {
  for (const { id, email } of await tx.rows<{ id: string; email: string }>(closeOverdue, [
    organizationId,
    key,
    tx.now,
  ])) {
    tx.record({ organizationId, action: 'INVITATION_EXPIRED', target: { type: 'Invitation', id, label: email } })
    tx.emit(organizationId, 'INVITATION_EXPIRED', { organizationId, invitationId: id })
  }
}

async function defaultRoleIds(tx: Tx): Promise<string[]> {
  return (await tx.load.templateRoles()).filter(role => role.isDefault).map(role => role.id)
}

/** Takes a pending invitation back. */
export async function revokeInvitation(tx: Tx, invitation: InvitationRow) {
  await closed(tx, invitation, 'REVOKED')
  recordRevocation(tx, invitation.organizationId, invitation.id, invitation.email, null)
  return { invitationId: invitation.id }
}
