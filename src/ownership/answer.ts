import type { Tx } from '../db/transaction.ts'
import type { UserError } from '../errors.ts'
import { swapRoles } from '../members/member-roles.ts'
import type { MembershipRow } from '../members/membership.loaders.ts'
import { standingRoleIds } from '../members/offer.ts'
import { holdsOwnerRole, ownerRoleId } from '../members/owners.ts'
import { OwnershipTransferClosedError } from './errors.ts'
import type { OwnershipTransferRow } from './ownership-transfer.loaders.ts'
import { beyondOwner, membershipsHere } from './sides.ts'
import { closeTransfer } from './transitions.ts'

export interface AcceptedOwnership {
  ownershipTransferId: string
  organizationId: string
  previousOwnerMembershipId: string
  newOwnerMembershipId: string
}

/**
 * Accepts an offer of ownership: the receiver becomes an owner, and who offered gives the owner role away where the offer
 * says so, in one transaction; roles deleted meanwhile are dropped. An offer of somebody who is no active owner any more, or who holds less by now than what
 * they were to keep, is canceled and stays so: that refusal is returned, not thrown.
 * @throws OwnershipTransferClosedError
 */
export async function acceptOwnership(tx: Tx, transfer: OwnershipTransferRow): Promise<AcceptedOwnership | UserError> {
  const { organizationId, id } = transfer
  const owner = await ownerRoleId(tx)
  const roleIds = await standingRoleIds(tx, () => tx.load.roleIdsByOwnershipTransfer.load(id))
  const [previous, next] = await sides(tx, transfer)
  if (previous === undefined || next === undefined || !(await mayHandOver(tx, previous, roleIds))) {
    await closeTransfer(tx, transfer, 'CANCELED', 'who offered is no longer in a position to')
    return new OwnershipTransferClosedError('CANCELED')
  }
  await closeTransfer(tx, transfer, 'ACCEPTED')
  await swapRoles(tx, next, [owner], [])
  if (!transfer.keepsOwnership) await swapRoles(tx, previous, roleIds, [owner])
  return {
    ownershipTransferId: id,
    organizationId,
    previousOwnerMembershipId: previous.id,
    newOwnerMembershipId: next.id,
  }
}

/** Declines an offer of ownership. */
export async function declineOwnership(tx: Tx, transfer: OwnershipTransferRow) {
  await closeTransfer(tx, transfer, 'DECLINED')
  return { ownershipTransferId: transfer.id }
}

/** Takes an offer of ownership back. */
export async function cancelOwnershipTransfer(tx: Tx, transfer: OwnershipTransferRow) {
  await closeTransfer(tx, transfer, 'CANCELED')
  return { ownershipTransferId: transfer.id }
}

async function sides(tx: Tx, { organizationId, ownerId, newOwnerId }: OwnershipTransferRow) {
  const found = await membershipsHere(tx, organizationId, [ownerId, newOwnerId])
  const of = (principalId: string | null) =>
    found.find(member => member.principalId === principalId && member.suspendedAt === null)
  return [of(ownerId), of(newOwnerId)] as const
}

async function mayHandOver(tx: Tx, previous: MembershipRow, roleIds: readonly string[]): Promise<boolean> {
  return (await holdsOwnerRole(tx, previous.id)) && (await beyondOwner(tx, previous, roleIds)).length === 0
}
