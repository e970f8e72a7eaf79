import { missingToGrant } from '../auth/policy.ts'
import type { Tx } from '../db/transaction.ts'
import { PermissionEscalationError, RoleNotAssignableError } from '../errors.ts'
import type { PrincipalKind } from '../users/principal.entity.ts'
import { keepTemplateRoles } from './lock.ts'
import type { RoleRow } from './role.loaders.ts'

/**
 * The roles, all of this kind and of the template or this organization.
 * @throws RoleNotAssignableError with every id that is not (ROL-2).
 */
export async function assignableRoles(
  tx: Tx,
  organizationId: string,
  kind: PrincipalKind,
  roleIds: readonly string[],
): Promise<RoleRow[]> {
  const ids = [...new Set(roleIds)]
  const fit = await fittingRoles(tx, organizationId, kind, ids)
  const unfit = ids.filter(id => !fit.has(id))
  if (unfit.length > 0) throw new RoleNotAssignableError(unfit)
  return [...fit.values()]
}

/** Those of the roles that can be given there to this kind, by id; in two statements, however many. */
export async function fittingRoles(
  tx: Tx,
  organizationId: string,
  kind: PrincipalKind,
  ids: readonly string[],
): Promise<ReadonlyMap<string, RoleRow>> {
  const fit = (await rolesToGive(tx, kind, ids)).filter(role => isOf(role, organizationId))
  return new Map(fit.map(row => [row.id, row]))
}

/** Those of the roles that can be given to this kind at all: of the template, or of some organization that the transaction reaches. */
export async function rolesToGive(tx: Tx, kind: PrincipalKind, ids: readonly string[]): Promise<RoleRow[]> {
  // Custom roles stay by the lock of their organization; what of the template is to be given must not go meanwhile.
  const kept = await keepTemplateRoles(tx, ids)
  const found = await tx.load.roleById.loadMany(ids)
  const rows = found.filter((row): row is RoleRow => row !== null && !(row instanceof Error))
  return rows.filter(row => row.kind === kind && (row.organizationId !== null || kept.has(row.id)))
}

/** Whether a role is of the template or of this organization. */
export const isOf = (role: RoleRow, organizationId: string) =>
  role.organizationId === null || role.organizationId === organizationId

/** @throws PermissionEscalationError when a role holds what the actor could not grant there (ROL-3). */
export async function refuseEscalation(
  tx: Tx,
  organizationId: string,
  roles: readonly Pick<RoleRow, 'id'>[],
): Promise<void> {
  const missing = await missingToGrant(
    tx,
    organizationId,
    roles.map(role => role.id),
  )
  if (missing.length > 0) throw new PermissionEscalationError(missing)
}
