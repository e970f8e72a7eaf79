import { UniqueConstraintViolationException } from '@mikro-orm/postgresql'
import type { AuditAction } from '../audit/actions.ts'
import type { AuditChange } from '../audit/audit-event.entity.ts'
import { changesOf, listChange } from '../audit/changes.ts'
import { gatewayPermissionId, gatewayPermissionKeys } from '../auth/permissions.ts'
import { missingPermissions } from '../auth/policy.ts'
import type { Tx } from '../db/transaction.ts'
import { type InputIssue, InvalidInputError, PermissionEscalationError, RoleLimitReachedError } from '../errors.ts'
import { deploymentId, newId } from '../ids.ts'
import type { PrincipalKind } from '../users/principal.entity.ts'
import { lockTemplateRole } from './lock.ts'
import { CustomRole, CustomRolePermission, TemplateRole, TemplateRolePermission } from './role.entity.ts'
import type { PermissionRow, RoleRow } from './role.loaders.ts'
import { refuseFullTemplate, refuseStrongerTemplate } from './template.ts'

interface NewRole {
  name: string
  description?: string | null | undefined
  kind: PrincipalKind
  permissionIds: readonly string[]
}

/** Creates a role of the template; every organization has it at once (TPL-1). */
export async function createTemplateRole(tx: Tx, input: NewRole) {
  await knownPermissions(tx, input.permissionIds)
  refuseStrongerTemplate(tx, input.permissionIds)
  await refuseFullTemplate(tx, 'roles')
  const id = newId(tx.now)
  const { name, description = null, kind } = input
  await named(() => tx.em.insert(TemplateRole, { id, name, description, kind, createdAt: tx.now }))
  await writePermissions(tx, { id, organizationId: null }, input.permissionIds, [])
  note(tx, 'ROLE_CREATED', { id, organizationId: null, name }, await firstState(tx, input))
  return { roleId: id }
}

/** Creates a role of one organization, within what its creator holds and the operator has opened (TPL-9, ROL-3). */
export async function createCustomRole(tx: Tx, input: NewRole & { organizationId: string }) {
  const { organizationId, name, description = null, kind } = input
  await openPermissions(tx, { organizationId, held: [] }, input.permissionIds)
  await refuseTemplateName(tx, name)
  const { length } = await tx.load.customRolesByOrganization.load(organizationId)
  if (length >= tx.config.customRoleLimit) throw new RoleLimitReachedError(tx.config.customRoleLimit)
  const id = newId(tx.now)
  await named(() => tx.em.insert(CustomRole, { organizationId, id, name, description, kind, createdAt: tx.now }))
  await writePermissions(tx, { id, organizationId }, input.permissionIds, [])
  note(tx, 'ROLE_CREATED', { id, organizationId, name }, await firstState(tx, input))
  return { roleId: id }
}

async function firstState(tx: Tx, { name, description = null, kind, permissionIds }: NewRole): Promise<AuditChange[]> {
  const keys = await keysOf(tx, [...new Set(permissionIds)])
  return [...changesOf({}, { name, description, kind }), ...listChange('permissions', [], keys)]
}

export interface UpdateRole {
  name?: string | null | undefined
  description?: string | null | undefined
  permissionIds?: readonly string[] | null | undefined
}

/** Changes a role of the template or of an organization; its kind never changes (TPL-3). */
export async function updateRole(tx: Tx, input: UpdateRole, found: RoleRow) {
  const { organizationId } = found
  const role = organizationId === null ? await lockTemplateRole(tx, found.id) : found
  const held = (await tx.load.permissionIdsByRole.load(role.id)).map(row => row.permissionId)
  if (organizationId !== null) await refuseStronger(tx, organizationId, held)
  const given = input.permissionIds ?? held
  const wanted = [...new Set(given)]
  const added = wanted.filter(id => !held.includes(id))
  const removed = held.filter(id => !wanted.includes(id))
  if (organizationId === null) {
    await knownPermissions(tx, given)
    refuseStrongerTemplate(tx, added)
  } else await openPermissions(tx, { organizationId, held }, given)
  if (role.isOwner) refuseWeakerOwner(wanted)
  const data = {
    ...(input.name != null && { name: input.name }),
    ...(input.description !== undefined && { description: input.description }),
  }
  const changes = [
    ...changesOf(role, data),
    ...listChange('permissions', await keysOf(tx, removed), await keysOf(tx, added)),
  ]
  if (changes.length === 0) return { roleId: role.id }
  if (organizationId !== null && input.name != null && input.name !== role.name)
    await refuseTemplateName(tx, input.name)
  if (Object.keys(data).length > 0) await named(() => write(tx, role, data))
  await writePermissions(tx, role, added, removed)
  note(tx, 'ROLE_UPDATED', { ...role, name: input.name ?? role.name }, changes)
  return { roleId: role.id }
}

function write(tx: Tx, { id, organizationId }: RoleRow, data: { name?: string; description?: string | null }) {
  return organizationId === null
    ? tx.em.nativeUpdate(TemplateRole, { id }, data)
    : tx.em.nativeUpdate(CustomRole, { organizationId, id }, data)
}

async function writePermissions(
  tx: Tx,
  { id: roleId, organizationId }: Pick<RoleRow, 'id' | 'organizationId'>,
  added: readonly string[],
  removed: readonly string[],
): Promise<void> {
  const rows = [...new Set(added)].map(permissionId => ({ roleId, permissionId }))
  const gone = { $in: [...removed] }
  if (organizationId === null) {
    if (removed.length > 0) await tx.em.nativeDelete(TemplateRolePermission, { roleId, permissionId: gone })
    if (rows.length > 0) await tx.em.insertMany(TemplateRolePermission, rows)
  } else {
    if (removed.length > 0)
      await tx.em.nativeDelete(CustomRolePermission, { organizationId, roleId, permissionId: gone })
    if (rows.length > 0)
      await tx.em.insertMany(
        CustomRolePermission,
        rows.map(row => ({ ...row, organizationId })),
      )
  }
}

/** @throws InvalidInputError naming each permission that does not exist (TPL-4) */
async function knownPermissions(tx: Tx, ids: readonly string[]): Promise<PermissionRow[]> {
  const rows = await Promise.all(ids.map(id => tx.load.permissionById.load(id)))
  const issues: InputIssue[] = rows.flatMap((row, index) =>
    row === null ? [{ path: ['input', 'permissionIds', String(index)], message: 'There is no such permission.' }] : [],
  )
  if (issues.length > 0) throw new InvalidInputError(issues)
  return rows.filter(row => row !== null)
}

/** All known, and those not held yet opened for custom roles (TPL-9) and held by whoever gives them (ROL-3). */
async function openPermissions(
  tx: Tx,
  role: { organizationId: string; held: readonly string[] },
  ids: readonly string[],
): Promise<void> {
  const rows = await knownPermissions(tx, ids)
  const issues: InputIssue[] = rows.flatMap((row, index) =>
    row.isOpenToCustomRoles || role.held.includes(row.id)
      ? []
      : [{ path: ['input', 'permissionIds', String(index)], message: `${row.key} is not open to custom roles.` }],
  )
  if (issues.length > 0) throw new InvalidInputError(issues)
  await refuseStronger(
    tx,
    role.organizationId,
    ids.filter(id => !role.held.includes(id)),
  )
}

/** Nobody makes, edits or deletes a role that holds what they lack (ROL-3). */
export async function refuseStronger(tx: Tx, organizationId: string, permissionIds: readonly string[]): Promise<void> {
  const missing = await missingPermissions(tx, organizationId, permissionIds)
  if (missing.length > 0) throw new PermissionEscalationError(missing)
}

function refuseWeakerOwner(permissionIds: readonly string[]): void {
  if (gatewayPermissionKeys.every(key => permissionIds.includes(gatewayPermissionId(key)))) return
  const message = 'The owner role holds every gateway permission, always.'
  throw new InvalidInputError([{ path: ['input', 'permissionIds'], message }])
}

async function refuseTemplateName(tx: Tx, name: string): Promise<void> {
  const isTaken = (await tx.load.templateRoles()).some(role => role.name.toLowerCase() === name.toLowerCase())
  if (isTaken)
    throw new InvalidInputError([{ path: ['input', 'name'], message: 'A role of the template has this name.' }])
}

async function named(write: () => Promise<unknown>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!(error instanceof UniqueConstraintViolationException)) throw error
    throw new InvalidInputError([{ path: ['input', 'name'], message: 'Another role has this name.' }])
  }
}

async function keysOf(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.load.permissionById.loadMany([...ids])
  return rows.flatMap(row => (row === null || row instanceof Error ? [] : [row.key]))
}

/** The audit entry and the event of a change of a role. */
export function note(
  tx: Tx,
  action: AuditAction,
  role: { id: string; organizationId: string | null; name: string },
  changes: ReturnType<typeof changesOf>,
): void {
  const organizationId = role.organizationId ?? deploymentId
  tx.record({ organizationId, action, target: { type: 'OrganizationRole', id: role.id, label: role.name }, changes })
  tx.emit(organizationId, action, { roleId: role.id, organizationId: role.organizationId })
}
