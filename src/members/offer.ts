import { type GatewayPermission, gatewayPermissionId } from '../auth/permissions.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { managementOf } from '../management/management.ts'
import { keepTemplateRoles } from '../roles/lock.ts'
import { type MembershipRow, membershipColumns } from './membership.loaders.ts'

const own = statement(
  'own_membership',
  `select ${membershipColumns} from membership m where m.organization_id = $1 and m.principal_id = $2`,
)

/** The membership of a principal in the organization that the transaction acts in. */
export async function membershipOf(
  tx: Tx,
  organizationId: string,
  principalId: string,
): Promise<MembershipRow | undefined> {
  return (await tx.rows<MembershipRow>(own, [organizationId, principalId]))[0]
}

/** The roles on offer, which now stay: one of the template may just be giving way to its replacement (INV-6). */
export async function standingRoleIds(tx: Tx, read: () => Promise<readonly { roleId: string }[]>): Promise<string[]> {
  const ids = async () => (await read()).map(row => row.roleId)
  await keepTemplateRoles(tx, await ids())
  tx.refresh()
  const roleIds = await ids()
  const kept = await keepTemplateRoles(tx, roleIds)
  const roles = await Promise.all(roleIds.map(id => tx.load.roleById.load(id)))
  return roles.flatMap(role => (role !== null && (role.organizationId !== null || kept.has(role.id)) ? [role.id] : []))
}

interface StandingOffer {
  readonly organizationId: string
  /** Who stands behind it; null when their account is gone. */
  readonly by: string | null
  /** What making such an offer takes, whatever it offers. */
  readonly permission: GatewayPermission
}

/** Whether whoever made an offer could still make it today: as an active member there, or as an operator (INV-6, LNK-4). */
export async function mayStillGrant(tx: Tx, offer: StandingOffer, roleIds: readonly string[]): Promise<boolean> {
  const grantor = offer.by === null ? null : await tx.load.principalById.load(offer.by)
  if (grantor === null) return false
  if ((await managementOf(tx, grantor)).has('organizations:write')) return true
  const membership = await membershipOf(tx, offer.organizationId, grantor.id)
  if (membership?.suspendedAt !== null) return false
  const held = new Set(await tx.load.permissionIdsByMembership.load(membership))
  const offered = (await Promise.all(roleIds.map(id => tx.load.permissionIdsByRole.load(id)))).flat()
  return held.has(gatewayPermissionId(offer.permission)) && offered.every(row => held.has(row.permissionId))
}
