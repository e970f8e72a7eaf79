import { UserError } from '../errors.ts'
import type { Ask } from '../load.ts'
import { isInUse, refuseDeletion } from './delete-role.ts'
import type { RoleUse } from './errors.ts'
import { RoleInUseError } from './errors.ts'
import { fingerprintOf } from './fingerprint.ts'
import { type PermissionChange, permissionChange, permissionIdsOf, refuseChange } from './permission-change.ts'
import type { EffectRow, RoleEffect } from './preview.loaders.ts'
import type { RoleRow } from './role.loaders.ts'

export interface AccessPreview {
  readonly effect: RoleEffect
  readonly use: RoleUse
  readonly members: number
  readonly organizations: number
  readonly permissions: readonly PermissionEffect[]
  readonly fingerprint: string
  /** What the mutation would answer instead of doing it; null when it would. */
  readonly refusal: UserError | null
}

/** How many members gain or lose one permission. */
export type PermissionEffect = EffectRow & { readonly permissionId: string }

/** What updateRole with these permissions would do to whoever holds the role (TPL-1). */
export async function previewRoleChange(
  ask: Ask,
  role: RoleRow,
  permissionIds: readonly string[],
): Promise<AccessPreview> {
  const change = await permissionChange(ask, role, permissionIds)
  const refusal = await refusalOf(() => refuseChange(ask, role, change))
  const effect = await effectOfChange(ask, role, change)
  return withCounts(ask, { effect, refusal, fingerprint: await fingerprintOf(ask, role) })
}

/** What deleteRole with this replacement, or without any, would do to whoever holds the role (TPL-6). */
export async function previewRoleDeletion(
  ask: Ask,
  role: RoleRow,
  replacementId: string | null,
): Promise<AccessPreview> {
  const refusal = await refusalOf(() => refuseDeletion(ask, role, replacementId))
  const taken = await permissionIdsOf(ask, role.id)
  // What cannot replace it replaces nothing.
  const by = replacementId === null || refusal !== null ? [] : await permissionIdsOf(ask, replacementId)
  // The replacement goes to those who hold no other role, and gives back what both permit.
  const givenAlone = by.filter(id => !taken.includes(id))
  const takenAlone = taken.filter(id => !by.includes(id))
  const effect: RoleEffect = { role, given: [], taken, givenAlone, takenAlone }
  // Of a role that is not in reach, not even whether it changes is told.
  const fingerprint = await fingerprintOf(ask, role, refusal === null ? replacementId : null)
  const found = await withCounts(ask, { effect, refusal, fingerprint })
  const isStuck = refusal === null && replacementId === null && isInUse(found.use)
  return isStuck ? { ...found, refusal: new RoleInUseError(role.id, found.use) } : found
}

async function effectOfChange({ load }: Ask, role: RoleRow, { added, removed }: PermissionChange): Promise<RoleEffect> {
  // Nobody gains what is not there.
  const known = await Promise.all(added.map(id => load.permissionById.load(id)))
  const given = added.filter((_id, index) => known[index] !== null)
  return { role, given, taken: removed, givenAlone: given, takenAlone: removed }
}

async function withCounts(
  { load, now }: Ask,
  planned: Pick<AccessPreview, 'effect' | 'refusal' | 'fingerprint'>,
): Promise<AccessPreview> {
  const { role } = planned.effect
  const [rows, use] = await Promise.all([load.roleEffect(planned.effect), load.roleUse(role, now)])
  const { members = 0, organizations = 0 } = rows.find(row => row.permissionId === null) ?? {}
  const permissions = rows.filter((row): row is PermissionEffect => row.permissionId !== null)
  return { ...planned, members, organizations, permissions, use }
}

async function refusalOf(check: () => Promise<void>): Promise<UserError | null> {
  try {
    await check()
    return null
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
}
