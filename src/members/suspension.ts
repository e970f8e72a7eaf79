import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { InvalidInputError } from '../errors.ts'
import type { MembershipRow } from './membership.loaders.ts'
import { refuseWithoutOwner } from './owners.ts'
import { cancelPending } from './pending.ts'

const suspend = statement(
  'suspend_member',
  `update membership set suspended_at = $3
   where organization_id = $1 and id = $2 and suspended_at is null returning id`,
)
const restore = statement(
  'restore_member',
  `update membership set suspended_at = null
   where organization_id = $1 and id = $2 and suspended_at is not null returning id`,
)

/**
 * Takes all access from a member, who keeps membership and roles (MEM-11). What they had pending ends as with a removal:
 * nobody joins on the word of one who has no say.
 * @throws LastOwnerError when no other owner is active (MEM-6), InvalidInputError for one who is suspended already
 */
export async function suspendMember(tx: Tx, membership: MembershipRow) {
  const { organizationId, id, principalId } = membership
  const rows = await tx.rows(suspend, [organizationId, id, tx.now])
  if (rows.length === 0) throw isNot('This member is suspended already.')
  await refuseWithoutOwner(tx, organizationId)
  await note(tx, membership, 'MEMBER_SUSPENDED')
  await cancelPending(tx, organizationId, principalId, 'suspended')
  return { membershipId: id }
}

/**
 * Gives a suspended member the access back that their roles permit today.
 * @throws InvalidInputError for one who is not suspended
 */
export async function restoreMember(tx: Tx, membership: MembershipRow) {
  const { organizationId, id } = membership
  const rows = await tx.rows(restore, [organizationId, id])
  if (rows.length === 0) throw isNot('This member is not suspended.')
  await note(tx, membership, 'MEMBER_RESTORED')
  return { membershipId: id }
}

function isNot(message: string): InvalidInputError {
  return new InvalidInputError([{ path: ['input', 'membershipId'], message }])
}

async function note(tx: Tx, membership: MembershipRow, action: 'MEMBER_SUSPENDED' | 'MEMBER_RESTORED'): Promise<void> {
  const { organizationId, id, principalId } = membership
  const label = (await tx.load.principalById.load(principalId))?.displayName ?? ''
  tx.record({ organizationId, action, target: { type: 'Membership', id, label } })
  tx.emit(organizationId, action, { organizationId, membershipId: id, principalId })
}
