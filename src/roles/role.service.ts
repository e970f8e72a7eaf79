import { UniqueConstraintViolationException } from '@mikro-orm/postgresql'
import type { AuditAction } from '../audit/actions.ts'
import type { AuditChange } from '../audit/audit-event.entity.ts'
import { changesOf, listChange } from '../audit/changes.ts'
import type { Tx } from '../db/transaction.ts'
import { InvalidInputError } from '../errors.ts'
import { deploymentId, newId } from '../ids.ts'
import type { PrincipalKind } from '../users/principal.entity.ts'
import { RoleLimitReachedError } from './errors.ts'
import { refuseChanged } from './fingerprint.ts'
import { lockTemplateRole } from './lock.ts'
import { permissionChange, refuseChange, refuseClosed, refuseUnknown } from './permission-change.ts'
import { CustomRole, CustomRolePermission, TemplateRole, TemplateRolePermission } from './role.entity.ts'
import type { RoleRow } from './role.loaders.ts'
import { refuseFullTemplate, refuseStrongerTemplate } from './template.ts'

interface NewRole {
  name: string
  description?: string | null | undefined
  kind: PrincipalKind
  permissionIds: readonly string[]
}

/** Creates a role of the template; every organization has it at once (TPL-1). */
export async function createTemplateRole(tx: Tx, input: NewRole) {
  await refuseUnknown(tx, input.permissionIds)
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
  await refuseClosed(tx, { organizationId, held: [] }, input.permissionIds)
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
  expectedFingerprint?: string | null | undefined
}

/** Changes a role of the template or of an organization; its kind never changes (TPL-3). */
export async function updateRole(tx: Tx, input: UpdateRole, found: RoleRow) {
  const { organizationId } = found
  const role = organizationId === null ? await lockTemplateRole(tx, found.id) : found
  await refuseChanged(tx, role, input.expectedFingerprint)
  const change = await permissionChange(tx, role, input.permissionIds)
  await refuseChange(tx, role, change)
  const { added, removed } = change
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
