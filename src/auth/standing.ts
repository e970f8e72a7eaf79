import type { Ask } from '../load.ts'
import type { OrganizationRow } from '../organizations/organization.loaders.ts'
import { manages } from './actor.ts'
import {
  type GatewayPermission,
  gatewayPermissionId,
  gatewayPermissionKey,
  gatewayPermissionKeys,
} from './permissions.ts'

/** What the viewer holds in one organization, by roles or as an operator. */
export interface Standing {
  readonly organization: OrganizationRow
  readonly permissions: ReadonlySet<GatewayPermission>
  /** Whether this permission, of the gateway or of the product, is the viewer's to grant (ROL-3). */
  readonly mayGrant: (permissionId: string) => boolean
  readonly permissionIds: readonly string[]
}

const readPermissions = [
  'member:read',
  'invitation:read',
  'invite-link:read',
  'join-request:read',
] as const satisfies readonly GatewayPermission[]

/** Null when the organization is not the viewer's to see, or not there: the two must look the same. */
export async function standingIn(ask: Ask, organizationId: string): Promise<Standing | null> {
  const organization = await ask.load.organizationById.load(organizationId)
  if (organization === null) return null
  const known = standings.get(organization)
  if (known !== undefined) return known
  const standing = standingOf(ask, organization)
  standings.set(organization, standing)
  return standing
}

// A row belongs to one request, and so to one viewer.
const standings = new WeakMap<OrganizationRow, Standing>()

function standingOf(ask: Ask, organization: OrganizationRow): Standing {
  const ids = new Set(organization.viewerPermissionIds)
  const rules = manages(ask.actor, 'organizations:write')
  const asOperator: GatewayPermission[] = [
    ...(rules ? gatewayPermissionKeys : []),
    ...(manages(ask.actor, 'organizations:read') ? readPermissions : []),
    ...(manages(ask.actor, 'audit:read') ? (['audit:read'] as const) : []),
  ]
  for (const key of asOperator) ids.add(gatewayPermissionId(key))
  const permissions = new Set([...ids].map(gatewayPermissionKey).filter(key => key !== undefined))
  return { organization, permissions, permissionIds: [...ids], mayGrant: id => rules || ids.has(id) }
}
