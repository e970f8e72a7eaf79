import { gatewayPermissionKey, type ManagementPermission } from '../auth/permissions.ts'
import { covers } from '../auth/standing.ts'
import type { Ask } from '../load.ts'
import { managementOf } from '../management/management.ts'
import type { MembershipRow } from '../members/membership.loaders.ts'
import type { PermissionRow, RoleRow } from './role.loaders.ts'

/** Whether a member may do something, and why; each value is told to clients as it is described. */
export const accessOutcomes = {
  HELD: 'A role of the member permits it.',
  NOT_HELD: 'No role of the member permits it; `remedies` are the roles that would.',
  ORGANIZATION_DELETED: 'The organization is deleted: its members may do nothing there, whatever their roles permit.',
  SUSPENDED: 'The member is suspended: they may do nothing there, whatever their roles permit.',
  PERMISSION_UNKNOWN: 'There is no such permission.',
} as const satisfies Record<string, string>
export type AccessOutcome = keyof typeof accessOutcomes

export interface AccessExplanation {
  readonly membership: MembershipRow
  readonly permission: PermissionRow | null
  readonly outcome: AccessOutcome
  /** The roles that the member holds and that permit it. */
  readonly heldThrough: readonly RoleRow[]
  /** Roles of the member's kind that would permit it, where none that they hold does. */
  readonly remedies: readonly RoleRow[]
}

/** Which permission is meant: by its id, or by its key, which is unique on its own or in an API resource (TPL-2). */
export type PermissionSought = { readonly id: string } | { readonly key: string; readonly audience: string | null }

/** Null when there is none. */
export async function permissionSought({ load }: Ask, sought: PermissionSought): Promise<PermissionRow | null> {
  if ('id' in sought) return load.permissionById.load(sought.id)
  const api =
    sought.audience === null ? null : (await load.apiResources()).find(one => one.audience === sought.audience)
  if (api === undefined) return null
  const apiResourceId = api?.id ?? null
  const all = await load.permissions()
  return all.find(row => row.key === sought.key && row.apiResourceId === apiResourceId) ?? null
}

/** Why a member may do something in their organization by their roles (ROL-1), or what is missing. */
export async function explainAccess(
  ask: Ask,
  membership: MembershipRow,
  permission: PermissionRow | null,
): Promise<AccessExplanation> {
  const nothing = { membership, permission, heldThrough: [], remedies: [] }
  if (permission === null) return { ...nothing, outcome: 'PERMISSION_UNKNOWN' }
  const { load } = ask
  const { organizationId } = membership
  const [organization, held, permitting] = await Promise.all([
    load.organizationById.load(organizationId),
    load.roleIdsByMembership.load(membership.id),
    load.roleIdsPermitting.load({ organizationId, permissionId: permission.id }),
  ])
  const roles = await rolesOfKind(ask, permitting, membership.kind)
  const isHeld = (role: RoleRow) => held.some(row => row.roleId === role.id)
  const heldThrough = roles.filter(isHeld)
  const remedies = heldThrough.length > 0 ? [] : roles
  const byRoles = heldThrough.length > 0 ? 'HELD' : 'NOT_HELD'
  const ofMember = membership.suspendedAt === null ? byRoles : 'SUSPENDED'
  const outcome = organization?.deletedAt == null ? ofMember : 'ORGANIZATION_DELETED'
  return { membership, permission, outcome, heldThrough, remedies }
}

/** The management permissions of this member, as an operator, that permit it in every organization. */
export async function coveringManagement(
  ask: Ask,
  { membership, permission }: AccessExplanation,
): Promise<ManagementPermission[]> {
  const key = permission === null ? undefined : gatewayPermissionKey(permission.id)
  const principal = await ask.load.principalById.load(membership.principalId)
  if (key === undefined || principal === null) return []
  return [...(await managementOf(ask, principal))].filter(management => covers(management, key))
}

/** Roles of the template first, each in the order in which they were made. */
async function rolesOfKind({ load }: Ask, ids: readonly string[], kind: RoleRow['kind']): Promise<RoleRow[]> {
  const rows = await Promise.all(ids.map(id => load.roleById.load(id)))
  const rank = (role: RoleRow) => `${role.organizationId === null ? 0 : 1} ${role.createdAt} ${role.id}`
  return rows
    .filter(row => row !== null)
    .filter(row => row.kind === kind)
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
}
