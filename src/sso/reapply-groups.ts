import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { isWithin } from '../jit-provisioning/ceiling.ts'
import { type Groups, mappedRoles } from '../jit-provisioning/mapped-roles.ts'
import { settleRoles } from '../members/member-roles.ts'
import { type MembershipRow, membershipColumns } from '../members/membership.loaders.ts'
import { isOf, rolesToGive } from '../roles/assignable.ts'

const memberships = statement(
  'memberships_by_groups',
  `select ${membershipColumns} from membership m where m.principal_id = $1 and m.organization_id = any($2::uuid[])`,
)

/**
 * Has the groups of somebody who signs in decide the mapped roles, where they are re-applied and the user is a member: those
 * of their groups are given, as far as the ceiling lets them be, and the other mapped ones taken (SSO-6). In a constant
 * number of statements, however many organizations use the connector.
 * @param locked the organizations whose locks the transaction holds: it acts in no other
 */
export async function reapplyGroups(tx: Tx, groups: Groups, principalId: string, locked: readonly string[]) {
  if (locked.length === 0) return
  const uses = await tx.load.usesBySsoConnector.load(groups.connectorId)
  const places = uses.filter(use => use.reapplies && locked.includes(use.organizationId)).map(use => use.organizationId)
  if (places.length === 0) return
  const members = await tx.rows<MembershipRow>(memberships, [principalId, places])
  const mapped = await Promise.all(members.map(member => mappedRoles(tx, member.organizationId, groups)))
  const wanted = [...new Set(mapped.flatMap(({ theirs }) => [...theirs]))]
  const roles = wanted.length === 0 ? [] : await rolesToGive(tx, 'USER', wanted)
  const permissions = await Promise.all(roles.map(role => tx.load.permissionIdsByRole.load(role.id)))
  const settings = await Promise.all(members.map(one => tx.load.jitProvisioningByOrganization.load(one.organizationId)))
  const settled = members.map((member, at) => {
    const { all, theirs } = mapped[at] ?? { all: new Set<string>(), theirs: new Set<string>() }
    const ceiling = settings[at]?.ceiling ?? null
    const given = roles.filter(
      (role, index) =>
        theirs.has(role.id) &&
        isOf(role, member.organizationId) &&
        permissions[index]?.every(row => isWithin(ceiling, row.permissionId)) === true,
    )
    return { member, given, taken: new Set([...all].filter(id => !theirs.has(id))) }
  })
  await settleRoles(tx, settled)
}
