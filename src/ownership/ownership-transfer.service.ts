import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { InvalidInputError, PermissionEscalationError } from '../errors.ts'
import { newId } from '../ids.ts'
import type { MembershipRow } from '../members/membership.loaders.ts'
import { holdsOwnerRole } from '../members/owners.ts'
import { assignableRoles } from '../roles/assignable.ts'
import { OwnershipTransferPendingError } from './errors.ts'
import { OwnershipTransfer } from './ownership-transfer.entity.ts'
import { beyondOwner, membershipsHere } from './sides.ts'
import { recordTransfer } from './transitions.ts'

export interface TransferOwnership {
  organizationId: string
  newOwnerMembershipId: string
  previousOwnerRoleIds?: readonly string[] | null | undefined
}

const closeOverdue = statement(
  'close_overdue_ownership_transfer',
  `update ownership_transfer t set status = 'EXPIRED', closed_at = $2
   where t.organization_id = $1 and t.status = 'PENDING' and t.expires_at <= $2
   returning t.id, (select p.display_name from principal p where p.id = t.new_owner_id) as label`,
)
const pending = statement(
  'pending_transfer',
  `select id from ownership_transfer where organization_id = $1 and status = 'PENDING'`,
)
const note = statement(
  'note_transfer_roles',
  `insert into ownership_transfer_role (organization_id, transfer_id, template_role_id, custom_role_id)
   select $1, $2, case when r.organization_id is null then r.id end, case when r.organization_id is not null then r.id end
   from organization_role r where r.id = any($3::uuid[])`,
)

/**
 * Offers the ownership of an organization to another member, one offer at a time. Nothing changes until they accept.
 * @throws InvalidInputError, OwnershipTransferPendingError, RoleNotAssignableError, PermissionEscalationError
 */
export async function transferOwnership(tx: Tx, input: TransferOwnership) {
  const { organizationId, newOwnerMembershipId } = input
  const newOwner = await fitToOwn(tx, newOwnerMembershipId)
  const roles = await rolesAfterwards(tx, input)
  await expireOverdue(tx, organizationId)
  const [other] = await tx.rows<{ id: string }>(pending, [organizationId])
  if (other !== undefined) throw new OwnershipTransferPendingError(other.id)

  const id = newId(tx.now)
  const expiresAt = new Date(tx.now.getTime() + tx.config.ownershipTransferDays * 86_400_000)
  await tx.em.insert(OwnershipTransfer, {
    organizationId,
    id,
    status: 'PENDING',
    ownerId: tx.actorId,
    newOwnerId: newOwner.principalId,
    keepsOwnership: roles === null,
    createdAt: tx.now,
    expiresAt,
  })
  const roleIds = roles?.map(role => role.id) ?? null
  if (roleIds !== null && roleIds.length > 0) await tx.rows(note, [organizationId, id, roleIds])
  const label = (await tx.load.principalById.load(newOwner.principalId))?.displayName ?? ''
  const action = 'OWNERSHIP_TRANSFER_OFFERED'
  const after = roles === null ? 'stays an owner' : roles.map(role => role.name).join(', ')
  const changes = [
    { field: 'previousOwner', before: null, after },
    { field: 'expiresAt', before: null, after: expiresAt.toISOString() },
  ]
  tx.record({ organizationId, action, target: { type: 'OwnershipTransfer', id, label }, changes })
  const { principalId } = newOwner
  tx.emit(organizationId, action, { organizationId, ownershipTransferId: id, newOwnerId: principalId, roleIds })
  return { ownershipTransferId: id }
}

/** The member who is to become an owner: somebody else, a person, active, and none yet. */
async function fitToOwn(tx: Tx, membershipId: string): Promise<MembershipRow> {
  const member = await tx.load.membershipById.load(membershipId)
  const why =
    member === null || member.principalId === tx.actorId
      ? 'Name another member.'
      : member.kind === 'MACHINE'
        ? 'A machine cannot be an owner.'
        : member.suspendedAt !== null
          ? 'This member is suspended.'
          : (await holdsOwnerRole(tx, membershipId))
            ? 'This member is an owner already.'
            : null
  if (member !== null && why === null) return member
  throw new InvalidInputError([{ path: ['input', 'newOwnerMembershipId'], message: why ?? '' }])
}

/** The roles that take the place of the owner role; null when who offers stays an owner. */
async function rolesAfterwards(tx: Tx, { organizationId, previousOwnerRoleIds }: TransferOwnership) {
  if (previousOwnerRoleIds == null) return null
  const roles = await assignableRoles(tx, organizationId, 'USER', previousOwnerRoleIds)
  if (roles.some(role => role.isOwner)) {
    const message = 'Leave this out to stay an owner.'
    throw new InvalidInputError([{ path: ['input', 'previousOwnerRoleIds'], message }])
  }
  const roleIds = roles.map(role => role.id)
  const [own] = await membershipsHere(tx, organizationId, [tx.actorId])
  const beyond = own === undefined ? [] : await beyondOwner(tx, own, roleIds)
  if (beyond.length > 0) throw new PermissionEscalationError(beyond)
  return roles
}

/** What is overdue has expired already; it is written down when it would be in the way of a new one. */
async function expireOverdue(tx: Tx, organizationId: string): Promise<void> {
  const rows = await tx.rows<{ id: string; label: string }>(closeOverdue, [organizationId, tx.now])
  for (const row of rows) recordTransfer(tx, { organizationId, ...row }, 'EXPIRED')
}
