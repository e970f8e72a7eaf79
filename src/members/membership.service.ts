import { manages } from '../auth/actor.ts'
import { missingToGrant } from '../auth/policy.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { join } from './join.ts'
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
  'remember_former_member',
  `insert into former_member (organization_id, principal_id, email_key, has_left, departed_at)
   select $1, p.id, case when p.is_email_verified then p.email_key end, $3, $4 from principal p where p.id = $2
   on conflict (organization_id, principal_id) do update
     set email_key = excluded.email_key, has_left = excluded.has_left, departed_at = excluded.departed_at`,
)

/** Ends a membership: removed by another, or left by its own principal (MEM-4 to MEM-7). */
export async function removeMember(tx: Tx, membership: MembershipRow) {
  const { organizationId, id, principalId } = membership
  const hasLeft = principalId === tx.actorId
  const label = (await tx.load.principalById.load(principalId))?.displayName ?? ''
  const isOwner = await holdsOwnerRole(tx, id)
  await tx.em.nativeDelete(Membership, { organizationId, id })
  if (isOwner) await refuseWithoutOwner(tx, organizationId)
  await tx.rows(remember, [organizationId, principalId, hasLeft, tx.now])
  const action = hasLeft ? 'MEMBER_LEFT' : 'MEMBER_REMOVED'
  tx.record({ organizationId, action, target: { type: 'Membership', id, label } })
  tx.emit(organizationId, action, { organizationId, membershipId: id, principalId })
  await cancelPending(tx, organizationId, principalId, 'no longer a member')
  return { removedMembershipId: id, organizationId }
}
