import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { InvalidInputError } from '../errors.ts'
import { labelsOf } from './labels.ts'
import type { MembershipRow } from './membership.loaders.ts'
import { refuseWithoutOwner } from './owners.ts'
import { cancelPending } from './pending.ts'

const suspend = statement(
  'suspend_member',
  `update membership set suspended_at = $3
   where organization_id = $1 and id = any($2::uuid[]) and suspended_at is null returning id`,
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
  const suspended = await suspendMembers(tx, membership.organizationId, [membership])
  if (suspended === 0) throw isNot('This member is suspended already.')
  return { membershipId: membership.id }
}

/**
 * Takes all access from members of one organization, in a number of statements that does not depend on how many they are.
 * Those who are suspended already stay so, and are not counted.
 * @throws LastOwnerError when no other owner is active (MEM-6)
 */
export async function suspendMembers(
  tx: Tx,
  organizationId: string,
  members: readonly MembershipRow[],
): Promise<number> {
  if (members.length === 0) return 0
  const rows = await tx.rows<{ id: string }>(suspend, [organizationId, members.map(member => member.id), tx.now])
  const ids = new Set(rows.map(row => row.id))
  const suspended = members.filter(member => ids.has(member.id))
  if (suspended.length === 0) return 0
  await refuseWithoutOwner(tx, organizationId)
  await note(tx, suspended, 'MEMBER_SUSPENDED')
  await cancelPending(tx, organizationId, suspended, 'suspended')
  return suspended.length
}

/**
 * Gives a suspended member the access back that their roles permit today.
 * @throws InvalidInputError for one who is not suspended
 */
export async function restoreMember(tx: Tx, membership: MembershipRow) {
  const { organizationId, id } = membership
  const rows = await tx.rows(restore, [organizationId, id])
  if (rows.length === 0) throw isNot('This member is not suspended.')
  await note(tx, [membership], 'MEMBER_RESTORED')
  return { membershipId: id }
}

function isNot(message: string): InvalidInputError {
  return new InvalidInputError([{ path: ['input', 'membershipId'], message }])
}

async function note(
  tx: Tx,
  members: readonly MembershipRow[],
  action: 'MEMBER_SUSPENDED' | 'MEMBER_RESTORED',
): Promise<void> {
  const labels = await labelsOf(tx, members)
  for (const [index, { organizationId, id, principalId }] of members.entries()) {
    tx.record({ organizationId, action, target: { type: 'Membership', id, label: labels[index] ?? '' } })
    tx.emit(organizationId, action, { organizationId, membershipId: id, principalId })
  }
}
