import { manages } from '../auth/actor.ts'
import { missingToGrant } from '../auth/policy.ts'
import type { Tx } from '../db/transaction.ts'
import { revokeInvitationsOf } from '../invitations/revoke.ts'
import { revokeInviteLinksOf } from '../invite-links/revoke.ts'
import { join } from './join.ts'
import { Membership } from './membership.entity.ts'
import type { MembershipRow } from './membership.loaders.ts'
import { refuseWithoutOwner } from './owners.ts'

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

/** Ends a membership: removed by another, or left by its own principal (MEM-4 to MEM-7). */
export async function removeMember(tx: Tx, membership: MembershipRow) {
  const { organizationId, id, principalId } = membership
  const hasLeft = principalId === tx.actorId
  const label = (await tx.load.principalById.load(principalId))?.displayName ?? ''
  const isOwner = await holdsOwnerRole(tx, id)
  await tx.em.nativeDelete(Membership, { organizationId, id })
  if (isOwner) await refuseWithoutOwner(tx, organizationId)
  const action = hasLeft ? 'MEMBER_LEFT' : 'MEMBER_REMOVED'
  tx.record({ organizationId, action, target: { type: 'Membership', id, label } })
  tx.emit(organizationId, action, { organizationId, membershipId: id, principalId })
  await revokeInvitationsOf(tx, organizationId, principalId)
  await revokeInviteLinksOf(tx, organizationId, principalId, 'its maker is no longer a member')
  return { removedMembershipId: id, organizationId }
}

async function holdsOwnerRole(tx: Tx, membershipId: string): Promise<boolean> {
  const held = await tx.load.roleIdsByMembership.load(membershipId)
  const owner = (await tx.load.templateRoles()).find(role => role.isOwner)
  return held.some(row => row.roleId === owner?.id)
}
