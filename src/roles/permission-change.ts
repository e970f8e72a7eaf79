import { gatewayPermissionId, gatewayPermissionKeys } from '../auth/permissions.ts'
import { missingPermissions } from '../auth/policy.ts'
import { type InputIssue, InvalidInputError, PermissionEscalationError } from '../errors.ts'
import type { Ask } from '../load.ts'
import type { PermissionRow, RoleRow } from './role.loaders.ts'
import { refuseStrongerTemplate } from './template.ts'

/** What a role permits now and from now on, by difference (TPL-5). */
export interface PermissionChange {
  readonly held: readonly string[]
  readonly wanted: readonly string[]
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/** The change that makes these the permissions of the role; none when they are not said. */
export async function permissionChange(
  ask: Ask,
  role: RoleRow,
  permissionIds: readonly string[] | null | undefined,
): Promise<PermissionChange> {
  const held = await permissionIdsOf(ask, role.id)
  const wanted = permissionIds ?? held
  const [has, wants] = [new Set(held), new Set(wanted)]
  return {
    held,
    wanted,
    added: [...wants].filter(id => !has.has(id)),
    removed: held.filter(id => !wants.has(id)),
  }
}

/**
 * Whether the actor may change the role so: what updateRole asks under its locks, and a preview before.
 * @throws InvalidInputError, PermissionEscalationError
 */
export async function refuseChange(ask: Ask, role: RoleRow, { held, wanted, added }: PermissionChange): Promise<void> {
  const { organizationId } = role
  if (organizationId === null) {
    await refuseUnknown(ask, wanted)
    refuseStrongerTemplate(ask, added)
  } else {
    await refuseStronger(ask, organizationId, held)
    await refuseClosed(ask, { organizationId, held }, wanted)
  }
  if (role.isOwner) refuseWeakerOwner(wanted)
}

/** @throws InvalidInputError naming each permission that does not exist (TPL-4) */
export async function refuseUnknown({ load }: Ask, ids: readonly string[]): Promise<PermissionRow[]> {
  const rows = await Promise.all(ids.map(id => load.permissionById.load(id)))
  const issues: InputIssue[] = rows.flatMap((row, index) =>
    row === null ? [{ path: ['input', 'permissionIds', String(index)], message: 'There is no such permission.' }] : [],
  )
  if (issues.length > 0) throw new InvalidInputError(issues)
  return rows.filter(row => row !== null)
}

/** All known, and those not held yet opened for custom roles (TPL-9) and held by whoever gives them (ROL-3). */
export async function refuseClosed(
  ask: Ask,
  role: { organizationId: string; held: readonly string[] },
  ids: readonly string[],
): Promise<void> {
  const rows = await refuseUnknown(ask, ids)
  const issues: InputIssue[] = rows.flatMap((row, index) =>
    row.isOpenToCustomRoles || role.held.includes(row.id)
      ? []
      : [{ path: ['input', 'permissionIds', String(index)], message: `${row.key} is not open to custom roles.` }],
  )
  if (issues.length > 0) throw new InvalidInputError(issues)
  await refuseStronger(
    ask,
    role.organizationId,
    ids.filter(id => !role.held.includes(id)),
  )
}

/** Nobody makes, edits or deletes a role that holds what they lack (ROL-3). */
export async function refuseStronger(
  ask: Ask,
  organizationId: string,
  permissionIds: readonly string[],
): Promise<void> {
  const missing = await missingPermissions(ask, organizationId, permissionIds)
  if (missing.length > 0) throw new PermissionEscalationError(missing)
}

export async function permissionIdsOf({ load }: Ask, roleId: string): Promise<string[]> {
  return (await load.permissionIdsByRole.load(roleId)).map(row => row.permissionId)
}

function refuseWeakerOwner(permissionIds: readonly string[]): void {
  if (gatewayPermissionKeys.every(key => permissionIds.includes(gatewayPermissionId(key)))) return
  const message = 'The owner role holds every gateway permission, always.'
  throw new InvalidInputError([{ path: ['input', 'permissionIds'], message }])
}
