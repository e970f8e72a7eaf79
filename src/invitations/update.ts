import { listChange } from '../audit/changes.ts'
import { dateOf, statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { InvalidInputError, InvitationClosedError } from '../errors.ts'
import { assignableRoles, refuseEscalation } from '../roles/assignable.ts'
import type { RoleRow } from '../roles/role.loaders.ts'
import { expiryIssues } from './draft.ts'
import { type InvitationRow, statusAt } from './invitation.loaders.ts'
import { offerRoles } from './write.ts'

export interface UpdateInvitation {
  readonly roleIds?: readonly string[] | null | undefined
  readonly expiresAt?: Date | null | undefined
}

const update = statement(
  'update_invitation',
  `update invitation set expires_at = $3, inviter_id = $4
   where organization_id = $1 and id = $2 and status = 'PENDING' and expires_at > $5 returning id`,
)
const withdraw = statement(
  'withdraw_offered_roles',
  'delete from invitation_role where organization_id = $1 and invitation_id = $2 and role_id = any($3::uuid[])',
)

/**
 * Changes what a pending invitation offers, or until when. Whoever changes it vouches for the whole of it from then on:
 * they must hold all that it offers, now and when it is accepted (ROL-3, INV-6).
 * @throws InvitationClosedError, InvalidInputError, RoleNotAssignableError, PermissionEscalationError
 */
export async function updateInvitation(tx: Tx, input: UpdateInvitation, invitation: InvitationRow) {
  const { organizationId, id, email } = invitation
  const status = statusAt(invitation, tx.now)
  if (status !== 'PENDING') throw new InvitationClosedError(status)
  const issues = input.expiresAt == null ? [] : expiryIssues(tx, input.expiresAt, ['input'])
  if (issues.length > 0) throw new InvalidInputError(issues)
  const offered = await offeredRoles(tx, id)
  const wanted =
    input.roleIds == null ? offered : await assignableRoles(tx, organizationId, 'USER', [...new Set(input.roleIds)])
  await refuseEscalation(tx, organizationId, wanted)

  const before = dateOf(invitation.expiresAt)
  const expiresAt = input.expiresAt ?? before
  const isIn = (roles: readonly RoleRow[]) => (role: RoleRow) => roles.some(one => one.id === role.id)
  const added = wanted.filter(role => !isIn(offered)(role))
  const removed = offered.filter(role => !isIn(wanted)(role))
  const changes = [...rolesChange(removed, added), ...expiryChange(before, expiresAt)]
  if (changes.length === 0) return { invitationId: id }
  const rows = await tx.rows(update, [organizationId, id, expiresAt, tx.actorId, tx.now])
  if (rows.length === 0) throw new InvitationClosedError('EXPIRED')
  if (removed.length > 0) await tx.rows(withdraw, [organizationId, id, removed.map(role => role.id)])
  await offerRoles(
    tx,
    organizationId,
    added.map(role => ({ invitationId: id, role })),
  )
  changes.push(...(await inviterChange(tx, invitation)))
  tx.record({ organizationId, action: 'INVITATION_UPDATED', target: { type: 'Invitation', id, label: email }, changes })
  const roleIds = wanted.map(role => role.id)
  tx.emit(organizationId, 'INVITATION_UPDATED', { organizationId, invitationId: id, roleIds })
  return { invitationId: id }
}

/** The roles that it offers as long as nothing changes. */
export async function offeredRoles(tx: Tx, invitationId: string): Promise<RoleRow[]> {
  const ids = (await tx.load.roleIdsByInvitation.load(invitationId)).map(row => row.roleId)
  const roles = await Promise.all(ids.map(id => tx.load.roleById.load(id)))
  return roles.filter(role => role !== null)
}

const rolesChange = (removed: readonly RoleRow[], added: readonly RoleRow[]) =>
  listChange(
    'roles',
    removed.map(role => role.name),
    added.map(role => role.name),
  )

/** Nothing where it stays. */
export const expiryChange = (before: Date, after: Date) =>
  before.getTime() === after.getTime()
    ? []
    : [{ field: 'expiresAt', before: before.toISOString(), after: after.toISOString() }]

/** The actor vouches from now on; nothing where they do already. */
export async function inviterChange(tx: Tx, { inviterId }: InvitationRow) {
  if (inviterId === tx.actorId) return []
  const before = inviterId === null ? null : await tx.load.principalById.load(inviterId)
  const after = tx.actor.kind === 'ANONYMOUS' ? null : tx.actor.displayName
  return [{ field: 'inviter', before: before?.displayName ?? null, after }]
}
