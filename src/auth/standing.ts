import type { Ask } from '../load.ts'
import type { OrganizationRow } from '../organizations/organization.loaders.ts'
import { statusAt } from '../sso-setup-links/sso-setup-link.loaders.ts'
import { bindingOf, manages, setupLinkOf } from './actor.ts'
import {
  type GatewayPermission,
  gatewayPermissionId,
  gatewayPermissionKey,
  gatewayPermissionKeys,
  type ManagementPermission,
} from './permissions.ts'

/** What the viewer holds in one organization, by roles or as an operator. */
export interface Standing {
  readonly organization: OrganizationRow
  readonly permissions: ReadonlySet<GatewayPermission>
  /** Whether this permission, of the gateway or of the product, is the viewer's to grant (ROL-3). */
  readonly mayGrant: (permissionId: string) => boolean
  readonly permissionIds: readonly string[]
}

/** What an operator's management permissions count as inside every organization; those that are absent, as nothing. */
const covered: Partial<Record<ManagementPermission, readonly GatewayPermission[]>> = {
  'organizations:write': gatewayPermissionKeys,
  'organizations:read': [
    'member:read',
    'invitation:read',
    'invite-link:read',
    'join-request:read',
    'sign-in-policy:read',
    'domain:read',
    'sso:read',
    'application:read',
  ],
  'audit:read': ['audit:read'],
}

/** Whether whoever holds the management permission may do this inside every organization. */
export function covers(management: ManagementPermission, permission: GatewayPermission): boolean {
  return covered[management]?.includes(permission) === true
}

/** Null when the organization is not the viewer's to see, or not there: the two must look the same. */
export async function standingIn(ask: Ask, organizationId: string): Promise<Standing | null> {
  const organization = await ask.load.organizationById.load(organizationId)
  if (organization === null) return null
  const known = standings.get(organization)
  if (known !== undefined) return known
  const standing = await standingOf(ask, organization)
  standings.set(organization, standing)
  return standing
}

// A row belongs to one request, and so to one viewer.
const standings = new WeakMap<OrganizationRow, Standing>()

async function standingOf(ask: Ask, organization: OrganizationRow): Promise<Standing> {
  const rules = manages(ask.actor, 'organizations:write')
  const management = ask.actor.kind === 'ANONYMOUS' ? [] : [...ask.actor.management]
  const asOperator = management.flatMap(key => (covered[key] ?? []).map(gatewayPermissionId))
  const byRoles = (await isLinkOver(ask)) ? [] : await withinToken(ask, organization.viewerPermissionIds)
  const { ids, permissions } = grantsOf(asOperator.length === 0 ? byRoles : [...byRoles, ...asOperator])
  return { organization, permissions, permissionIds: [...ids], mayGrant: id => rules || ids.has(id) }
}

interface Grants {
  readonly ids: ReadonlySet<string>
  readonly permissions: ReadonlySet<GatewayPermission>
}

// What the same roles permit is one list for all who hold them.
const grants = new WeakMap<readonly string[], Grants>()

function grantsOf(permissionIds: readonly string[]): Grants {
  const known = grants.get(permissionIds)
  if (known !== undefined) return known
  const ids = new Set(permissionIds)
  const permissions = new Set([...ids].map(gatewayPermissionKey).filter(key => key !== undefined))
  const made = { ids, permissions }
  grants.set(permissionIds, made)
  return made
}

/** Whether the actor came through a setup link that is over meanwhile: who has it holds nothing by it any more (SSO-9). */
async function isLinkOver({ actor, load, now }: Ask): Promise<boolean> {
  const link = setupLinkOf(actor)
  if (link === undefined) return false
  const row = await load.ssoSetupLinkById.load(link.id)
  return row === null || statusAt(row, now) !== 'ACTIVE'
}

/**
 * Of what is held, what the token says as well: with an organization token the power is the least of both (TOK-7). What
 * is for an API of the product is the matter of that API's tokens, and never in one for the organization.
 */
async function withinToken({ actor, load }: Ask, ids: readonly string[]): Promise<readonly string[]> {
  const token = bindingOf(actor)
  if (token === null) return ids
  const keyOf = async (id: string) => {
    const gatewayKey = gatewayPermissionKey(id)
    if (gatewayKey !== undefined) return gatewayKey
    const row = await load.permissionById.load(id)
    return row?.apiResourceId === null ? row.key : null
  }
  const keys = await Promise.all(ids.map(keyOf))
  return ids.filter((_id, index) => token.scopes.includes(keys[index] ?? ''))
}
