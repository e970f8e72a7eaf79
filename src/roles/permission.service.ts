import { UniqueConstraintViolationException } from '@mikro-orm/postgresql'
import type { AuditAction } from '../audit/actions.ts'
import { changesOf } from '../audit/changes.ts'
import { notFound } from '../auth/policy.ts'
import type { Tx } from '../db/transaction.ts'
import { type InputIssue, InvalidInputError } from '../errors.ts'
import { deploymentId, newId } from '../ids.ts'
import { ApiResource, Permission } from './permission.entity.ts'
import type { ApiResourceRow, PermissionRow } from './role.loaders.ts'
import { refuseFullTemplate } from './template.ts'

/** Defines a product permission, on its own or of an API resource (TPL-2). */
export async function createPermission(
  tx: Tx,
  input: { key: string; description: string; apiResourceId?: string | null | undefined },
) {
  const { key, description, apiResourceId = null } = input
  const resource = apiResourceId === null ? null : await tx.load.apiResourceById.load(apiResourceId)
  if (apiResourceId !== null && resource === null)
    throw new InvalidInputError([{ path: ['input', 'apiResourceId'], message: 'There is no such API resource.' }])
  await refuseFullTemplate(tx, 'permissions')
  const id = newId(tx.now)
  await unique({ path: ['input', 'key'], message: 'A permission with this key is there already.' }, () =>
    tx.em.insert(Permission, { id, key, description, apiResourceId }),
  )
  note(
    tx,
    'PERMISSION_CREATED',
    'Permission',
    id,
    key,
    changesOf({}, { key, description, apiResource: resource?.audience }),
  )
  return { permissionId: id }
}

export interface UpdatePermission {
  description?: string | null | undefined
  isOpenToCustomRoles?: boolean | null | undefined
}

/** Changes a permission; of a gateway permission only whether custom roles may hold it (TPL-2, TPL-9). */
export async function updatePermission(tx: Tx, input: UpdatePermission, permission: PermissionRow) {
  if (permission.isBuiltIn && input.description != null)
    throw new InvalidInputError([
      { path: ['input', 'description'], message: 'The description of a gateway permission is fixed.' },
    ])
  const data = {
    ...(input.description != null && { description: input.description }),
    ...(input.isOpenToCustomRoles != null && { isOpenToCustomRoles: input.isOpenToCustomRoles }),
  }
  const changes = changesOf(permission, data)
  if (changes.length > 0) {
    found('permission', await tx.em.nativeUpdate(Permission, { id: permission.id }, data))
    note(tx, 'PERMISSION_UPDATED', 'Permission', permission.id, permission.key, changes)
  }
  return { permissionId: permission.id }
}

/** Why a permission cannot be deleted: what deletePermission answers then, and a preview before; null when it can. */
export function refusedDeletion({ isBuiltIn }: PermissionRow): InvalidInputError | null {
  const message = 'A gateway permission cannot be deleted.'
  return isBuiltIn ? new InvalidInputError([{ path: ['input', 'permissionId'], message }]) : null
}

/** Deletes a product permission; every role loses it (TPL-6). */
export async function deletePermission(tx: Tx, permission: PermissionRow) {
  const refusal = refusedDeletion(permission)
  if (refusal !== null) throw refusal
  found('permission', await tx.em.nativeDelete(Permission, { id: permission.id }))
  note(tx, 'PERMISSION_DELETED', 'Permission', permission.id, permission.key, [])
  return { deletedPermissionId: permission.id }
}

/** Registers an API of the product under its audience, which is none that the gateway itself answers to (TPL-10). */
export async function createApiResource(tx: Tx, input: { audience: string; name: string }) {
  if (isOurs(tx, input.audience))
    throw new InvalidInputError([
      { path: ['input', 'audience'], message: 'This is an audience of the gateway itself.' },
    ])
  await refuseFullTemplate(tx, 'API resources')
  const id = newId(tx.now)
  await unique({ path: ['input', 'audience'], message: 'An API resource with this audience is there already.' }, () =>
    tx.em.insert(ApiResource, { id, ...input, createdAt: tx.now }),
  )
  note(tx, 'API_RESOURCE_CREATED', 'ApiResource', id, input.audience, changesOf({}, input))
  return { apiResourceId: id }
}

function isOurs({ config }: Tx, audience: string): boolean {
  const ours = [config.publicUrl, `${config.publicUrl}/graphql`, ...config.trustedIssuers.map(one => one.audience)]
  // As a URL the host has one spelling; an audience that is none is compared as it stands.
  const bare = (uri: string) => (URL.parse(uri)?.href ?? uri).replace(/\/+$/, '')
  return ours.some(one => bare(one) === bare(audience))
}

/** Renames an API resource; its audience stands in tokens and stays. */
export async function updateApiResource(tx: Tx, input: { name: string }, resource: ApiResourceRow) {
  const changes = changesOf(resource, { name: input.name })
  if (changes.length > 0) {
    found('API resource', await tx.em.nativeUpdate(ApiResource, { id: resource.id }, { name: input.name }))
    note(tx, 'API_RESOURCE_UPDATED', 'ApiResource', resource.id, resource.audience, changes)
  }
  return { apiResourceId: resource.id }
}

/** Deletes an API resource with its permissions; every role loses them (TPL-10). */
export async function deleteApiResource(tx: Tx, resource: ApiResourceRow) {
  found('API resource', await tx.em.nativeDelete(ApiResource, { id: resource.id }))
  note(tx, 'API_RESOURCE_DELETED', 'ApiResource', resource.id, resource.audience, [])
  return { deletedApiResourceId: resource.id }
}

function note(
  tx: Tx,
  action: AuditAction,
  type: string,
  id: string,
  label: string,
  changes: ReturnType<typeof changesOf>,
): void {
  tx.record({ organizationId: deploymentId, action, target: { type, id, label }, changes })
  tx.emit(deploymentId, action, { id })
}

/** @throws RequestError NOT_FOUND when a concurrent deletion left nothing to write to: nothing happened, nothing is noted */
function found(noun: string, rows: number): void {
  if (rows === 0) throw notFound(noun)
}

async function unique(issue: InputIssue, write: () => Promise<unknown>): Promise<void> {
  try {
    await write()
  } catch (error) {
    throw error instanceof UniqueConstraintViolationException ? new InvalidInputError([issue]) : error
  }
}
