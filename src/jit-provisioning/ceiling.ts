import { gatewayPermissionKey } from '../auth/permissions.ts'
import type { Ask } from '../load.ts'

/**
 * Whether the operator's ceiling lets just-in-time provisioning give a permission. Where operators said nothing: all
 * permissions of the product, and of those of the gateway what only reads. Nobody comes to manage anything by having an
 * address.
 */
export function isWithin(ceiling: readonly string[] | null, permissionId: string): boolean {
  if (ceiling !== null) return ceiling.includes(permissionId)
  return gatewayPermissionKey(permissionId)?.endsWith(':read') ?? true
}

/** The permissions of these roles that are beyond the ceiling. */
export async function beyondCeiling(
  { load }: Pick<Ask, 'load'>,
  ceiling: readonly string[] | null,
  roleIds: readonly string[],
): Promise<string[]> {
  const permissions = await Promise.all(roleIds.map(id => load.permissionIdsByRole.load(id)))
  const ids = permissions.flat().map(row => row.permissionId)
  return [...new Set(ids)].filter(id => !isWithin(ceiling, id))
}
