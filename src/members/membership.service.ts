import { manages } from '../auth/actor.ts'
import { missingToGrant } from '../auth/policy.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { join } from './join.ts'
import { labelsOf } from './labels.ts'
import { Membership } from './membership.entity.ts'
import type { MembershipRow } from './membership.loaders.ts'
import { holdsOwnerRole, refuseWithoutOwner } from './owners.ts'
import { cancelPending } from './pending.ts'

export interface AddMember {
  organizationId: string
  principalId: string
  roleIds?: readonly string[] | null | undefined
}

/** Makes a known user or application a member at once; an operator may, and an admin with member:add. */
export async function addMember(tx: Tx, input: AddMember) {
  const { organizationId, principalId } = input
  const membership = await join(tx, {
    organizationId,
    principalId,
    origin: manages(tx.actor, 'organizations:write') ? 'OPERATOR' : 'ADMIN',
    addedBy: tx.actorId,
    roleIds: input.roleIds ?? undefined,
    ceiling: roleIds => missingToGrant(tx, organizationId, roleIds),
  })
  return { membershipId: membership.id }
}

const remember = statement(
  'remember_former_members',
  `insert into former_member (organization_id, principal_id, email_key, has_left, departed_at)
   select $1, p.id, case when p.is_email_verified then p.email_key end, p.id = $3, $4 from principal p where p.id = any($2::uuid[])
   on conflict (organization_id, principal_id) do update
     set email_key = excluded.email_key, has_left = excluded.has_left, departed_at = excluded.departed_at`,
)

/** Ends a membership: removed by another, or left by its own principal (MEM-4 to MEM-7). */
export async function removeMember(tx: Tx, membership: MembershipRow) {
  const { organizationId, id } = membership
  await removeMembers(tx, organizationId, [membership])
  return { removedMembershipId: id, organizationId }
}

/**
 * Ends memberships of one organization, in a number of statements that does not depend on how many they are; an audit entry
 * and an event for each. All of them, or none.
 * @throws LastOwnerError when no other owner is active (MEM-6)
 */
export async function removeMembers(tx: Tx, organizationId: string, members: readonly MembershipRow[]): Promise<void> {
  if (members.length === 0) return
  const labels = await labelsOf(tx, members)
  const isOwner = await Promise.all(members.map(member => holdsOwnerRole(tx, member.id)))
  await tx.em.nativeDelete(Membership, { organizationId, id: { $in: members.map(member => member.id) } })
  if (isOwner.includes(true)) await refuseWithoutOwner(tx, organizationId)
  for (const [index, { id, principalId }] of members.entries()) {
    const action = principalId === tx.actorId ? 'MEMBER_LEFT' : 'MEMBER_REMOVED'
    tx.record({ organizationId, action, target: { type: 'Membership', id, label: labels[index] ?? '' } })
    tx.emit(organizationId, action, { organizationId, membershipId: id, principalId })
  }
  const gone = members.map(member => member.principalId)
  await tx.rows(remember, [organizationId, gone, tx.actorId, tx.now])
  await cancelPending(tx, organizationId, members, 'no longer a member')
}
