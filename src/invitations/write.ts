import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { queueInvitationMail } from '../mail/queue.ts'
import type { RoleRow } from '../roles/role.loaders.ts'
import type { Draft } from './draft.ts'

export interface NewInvitation extends Draft {
  readonly id: string
  readonly roles: readonly RoleRow[]
}

const closeOverdue = statement(
  'close_overdue_invitations',
  `update invitation set status = 'EXPIRED', closed_at = $3
   where organization_id = $1 and email_key = any($2::text[]) and status = 'PENDING' and expires_at <= $3
   returning id, email`,
)
const insert = statement(
  'insert_invitations',
  `insert into invitation (organization_id, id, email, email_key, status, inviter_id, created_at, expires_at, locale, redirect_url)
   select $1, o.id, o.email, o.email_key, 'PENDING', $2, $3, o.expires_at, o.locale, o.redirect_url
   from unnest($4::uuid[], $5::text[], $6::text[], $7::timestamptz[], $8::text[], $9::text[])
     as o (id, email, email_key, expires_at, locale, redirect_url)`,
)
const offer = statement(
  'offer_roles',
  `insert into invitation_role (organization_id, invitation_id, template_role_id, custom_role_id)
   select $1, o.invitation_id, o.template_role_id, o.custom_role_id
   from unnest($2::uuid[], $3::uuid[], $4::uuid[]) as o (invitation_id, template_role_id, custom_role_id)
   on conflict do nothing`,
)

/** Writes invitations that were found right, with their roles, audit entries, events and mail. */
export async function writeInvitations(
  tx: Tx,
  organizationId: string,
  invitations: readonly NewInvitation[],
): Promise<void> {
  await expireOverdue(
    tx,
    organizationId,
    invitations.map(one => one.emailKey),
  )
  await tx.rows(insert, [
    organizationId,
    tx.actorId,
    tx.now,
    invitations.map(one => one.id),
    invitations.map(one => one.email),
    invitations.map(one => one.emailKey),
    invitations.map(one => one.expiresAt.toISOString()),
    invitations.map(one => one.locale),
    invitations.map(one => one.redirectUrl),
  ])
  await offerRoles(
    tx,
    organizationId,
    invitations.flatMap(one => one.roles.map(role => ({ invitationId: one.id, role }))),
  )
  for (const { id, email, roles, expiresAt } of invitations) {
    const changes = [
      { field: 'roles', before: null, after: roles.map(role => role.name).join(', ') },
      { field: 'expiresAt', before: null, after: expiresAt.toISOString() },
    ]
    const target = { type: 'Invitation', id, label: email }
    tx.record({ organizationId, action: 'INVITATION_CREATED', target, changes })
    const roleIds = roles.map(role => role.id)
    tx.emit(organizationId, 'INVITATION_CREATED', { organizationId, invitationId: id, roleIds })
  }
  const mailed = invitations.filter(one => one.isMailed)
  await queueInvitationMail(
    tx,
    organizationId,
    mailed.map(one => one.id),
  )
}

/** Adds roles to what invitations offer; those already offered stay as they are. */
export async function offerRoles(
  tx: Tx,
  organizationId: string,
  offered: readonly { invitationId: string; role: RoleRow }[],
): Promise<void> {
  if (offered.length === 0) return
  await tx.rows(offer, [
    organizationId,
    offered.map(one => one.invitationId),
    offered.map(({ role }) => (role.organizationId === null ? role.id : null)),
    offered.map(({ role }) => (role.organizationId === null ? null : role.id)),
  ])
}

/** What is overdue has expired already; it is written down when it would be in the way of a new one (INV-4). */
async function expireOverdue(tx: Tx, organizationId: string, keys: readonly string[]): Promise<void> {
  const expired = await tx.rows<{ id: string; email: string }>(closeOverdue, [organizationId, keys, tx.now])
  for (const { id, email } of expired) {
    tx.record({ organizationId, action: 'INVITATION_EXPIRED', target: { type: 'Invitation', id, label: email } })
    tx.emit(organizationId, 'INVITATION_EXPIRED', { organizationId, invitationId: id })
  }
}
