import type { UserError } from '../errors.ts'
import type { Ask } from '../load.ts'
import { refusedDeletion } from './permission.service.ts'
import type { PermissionEffect } from './preview.ts'
import type { ApiResourceRow, PermissionRow, RoleRow } from './role.loaders.ts'

export interface PermissionLoss {
  readonly permissionIds: readonly string[]
  readonly templateRoles: readonly RoleRow[]
  readonly customRoles: number
  readonly members: number
  readonly organizations: number
  readonly permissions: readonly PermissionEffect[]
  /** What the mutation would answer instead of doing it; null when it would. */
  readonly refusal: UserError | null
}

/** What deletePermission would take from whoever has it (TPL-6). */
export function previewPermissionDeletion(ask: Ask, permission: PermissionRow): Promise<PermissionLoss> {
  return lossOf(ask, [permission.id], refusedDeletion(permission))
}

/** What deleteApiResource would take, with all permissions of the resource (TPL-10). */
export async function previewApiResourceDeletion(ask: Ask, resource: ApiResourceRow): Promise<PermissionLoss> {
  const all = await ask.load.permissions()
  const ids = all.filter(({ apiResourceId }) => apiResourceId === resource.id).map(({ id }) => id)
  return lossOf(ask, ids, null)
}

async function lossOf({ load }: Ask, permissionIds: readonly string[], refusal: UserError | null) {
  const [rows, roles] = await Promise.all([load.permissionLosses(permissionIds), load.templateRoles()])
  const { customRoles = 0, members = 0, organizations = 0 } = rows.find(row => row.permissionId === null) ?? {}
  const permissions = rows.filter((row): row is (typeof rows)[number] & PermissionEffect => row.permissionId !== null)
  const templateRoles = roles.filter(role => role.permissionIds.some(id => permissionIds.includes(id)))
  return { permissionIds, templateRoles, customRoles, members, organizations, permissions, refusal }
}
