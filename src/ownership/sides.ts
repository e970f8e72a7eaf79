import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { type MembershipRow, membershipColumns } from '../members/membership.loaders.ts'

const here = statement(
  'memberships_here',
  `select ${membershipColumns} from unnest($2::uuid[]) with ordinality as sought (id, place)
   join membership m on m.organization_id = $1 and m.principal_id = sought.id order by sought.place`,
)

/** The memberships that these principals have in an organization, in their order. */
export function membershipsHere(
  tx: Tx,
  organizationId: string,
  principalIds: readonly (string | null)[],
): Promise<MembershipRow[]> {
  return tx.rows<MembershipRow>(here, [organizationId, principalIds])
}

/** What these roles permit beyond what the roles of an owner do: a role of the product may be more than theirs (ROL-3). */
export async function beyondOwner(tx: Tx, owner: MembershipRow, roleIds: readonly string[]): Promise<string[]> {
  const wanted = (await Promise.all(roleIds.map(id => tx.load.permissionIdsByRole.load(id)))).flat()
  const held = new Set(await tx.load.permissionIdsByMembership.load(owner))
  return [...new Set(wanted.map(row => row.permissionId))].filter(id => !held.has(id))
}
