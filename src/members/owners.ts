import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { LastOwnerError } from '../errors.ts'

const owners = statement(
  'owner_exists',
  `select exists (
     select from membership_role mr join template_role r on r.id = mr.template_role_id
     where mr.organization_id = $1 and r.is_owner) as "isOwned"`,
)

/**
 * To be asked after every change that can take an owner away: the change is undone when none is left (MEM-6). The lock
 * of the organization, taken first, makes two such changes come one after the other.
 */
export async function refuseWithoutOwner(tx: Tx, organizationId: string): Promise<void> {
  const [row] = await tx.rows<{ isOwned: boolean }>(owners, [organizationId])
  if (row?.isOwned !== true) throw new LastOwnerError()
}
