import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { LastOwnerError } from '../errors.ts'

const owners = statement(
  'owner_exists',
  `select exists (
     select from membership_role mr join template_role r on r.id = mr.template_role_id
     join membership m on m.organization_id = mr.organization_id and m.id = mr.membership_id
     where mr.organization_id = $1 and r.is_owner and m.suspended_at is null) as "isOwned"`,
)

/** The id of the one owner role. */
export async function ownerRoleId(tx: Tx): Promise<string> {
  const role = (await tx.load.templateRoles()).find(one => one.isOwner)
  if (role === undefined) throw new Error('the template has no owner role')
  return role.id
}

/** Whether a member holds the owner role, suspended or not. */
export async function holdsOwnerRole(tx: Tx, membershipId: string): Promise<boolean> {
  const [held, owner] = await Promise.all([tx.load.roleIdsByMembership.load(membershipId), ownerRoleId(tx)])
  return held.some(row => row.roleId === owner)
}

/**
 * To be asked after every change that can take an owner away: the change is undone when none is left who is active (MEM-6). The lock
 * of the organization, taken first, makes two such changes come one after the other.
 */
export async function refuseWithoutOwner(tx: Tx, organizationId: string): Promise<void> {
  const [row] = await tx.rows<{ isOwned: boolean }>(owners, [organizationId])
  if (row?.isOwned !== true) throw new LastOwnerError([organizationId])
}
