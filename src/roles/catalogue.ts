import type { EntityManager } from '@mikro-orm/postgresql'
import {
  type GatewayPermission,
  gatewayPermissionId,
  gatewayPermissionKeys,
  gatewayPermissions,
} from '../auth/permissions.ts'
import { StartError } from '../errors.ts'
import { newId } from '../ids.ts'
import { Permission } from './permission.entity.ts'
import { TemplateRole, TemplateRolePermission } from './role.entity.ts'

interface DefaultRole {
  name: string
  description: string
  kind: 'USER' | 'MACHINE'
  isOwner?: true
  isDefault?: true
  permissions: readonly GatewayPermission[]
}

const defaultRoles: readonly DefaultRole[] = [
  {
    name: 'Owner',
    description: 'Holds every permission.',
    kind: 'USER',
    isOwner: true,
    permissions: gatewayPermissionKeys,
  },
  {
    name: 'Admin',
    description: 'Runs the organization, but cannot delete it.',
    kind: 'USER',
    permissions: gatewayPermissionKeys.filter(key => key !== 'organization:delete'),
  },
  { name: 'Member', description: 'Works here.', kind: 'USER', isDefault: true, permissions: ['member:read'] },
  { name: 'Service', description: 'A machine that reads.', kind: 'MACHINE', permissions: ['member:read'] },
]

/**
 * Brings the gateway permissions of this version into the database, gives them all to the owner role (TPL-7), and in a
 * new deployment makes the default template. Run as the owner of the tables, after every migration.
 * @throws StartError when the product has a permission of its own by a key that is now the gateway's
 */
export async function syncCatalogue(em: EntityManager, now: Date): Promise<void> {
  await em.transactional(async tx => {
    await refuseClash(tx)
    await tx.upsertMany(
      Permission,
      gatewayPermissionKeys.map(key => ({
        id: gatewayPermissionId(key),
        key,
        description: gatewayPermissions[key],
        isBuiltIn: true,
      })),
      { onConflictFields: ['id'], onConflictMergeFields: ['description'] },
    )
    await tx.nativeDelete(Permission, { isBuiltIn: true, key: { $nin: gatewayPermissionKeys } })
    if ((await tx.count(TemplateRole)) === 0) await createDefaultRoles(tx, now)
    const owner = await tx.findOneOrFail(TemplateRole, { isOwner: true }, { fields: ['id'] })
    await grant(tx, owner.id, gatewayPermissionKeys)
  })
}

/** A key that the product took before the gateway did: no role may come to hold a gateway permission by it. */
async function refuseClash(em: EntityManager): Promise<void> {
  const taken = await em.find(Permission, {
    isBuiltIn: false,
    apiResourceId: null,
    key: { $in: gatewayPermissionKeys },
  })
  if (taken.length === 0) return
  const keys = taken.map(permission => permission.key).join(', ')
  throw new StartError(
    `The product defines ${keys}, which this version of the gateway defines itself: with the former version, delete it and define it under another key`,
  )
}

async function createDefaultRoles(em: EntityManager, now: Date): Promise<void> {
  for (const { permissions, ...role } of defaultRoles) {
    const id = newId(now)
    await em.insert(TemplateRole, { ...role, id, createdAt: now })
    await grant(em, id, permissions)
  }
}

async function grant(em: EntityManager, roleId: string, keys: readonly GatewayPermission[]): Promise<void> {
  const rows = keys.map(key => ({ roleId, permissionId: gatewayPermissionId(key) }))
  await em.upsertMany(TemplateRolePermission, rows, { onConflictAction: 'ignore' })
}
