import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { isUuid } from '../../ids.ts'
import type { OrganizationAsk, OrganizationGrant } from '../../organization-tokens/grant.ts'
import type { Authentication } from '../../sign-in-policy/meets.ts'
import { organizationAudience, organizationPrefix } from '../organization-audience.ts'

/** Whose token is exchanged, and what it was good for. */
export interface Subject {
  readonly principalId: string
  readonly authentication: Authentication
  /** The permissions of an organization token; null for any other. */
  readonly scopes: readonly string[] | null
  /** The organization of an organization token; null for any other. */
  readonly organizationId: string | null
  /** Seconds since the epoch. */
  readonly expiresAt: number
}

/** Which organization, resource and permissions a request is about, and what was granted of it. */
export interface Ask {
  organization: OrganizationAsk['organization'] | null
  /** The scopes asked for that are no scopes of OpenID Connect: permissions. Null: none were named. */
  scopes: string[] | null
  /** The access token is for the userinfo endpoint, whatever was granted at sign-in. */
  isForUserinfo: boolean
  /** In a token exchange. */
  subject?: Subject
  granted?: Extract<OrganizationGrant, { ok: true }>
  /** Whether the token is to name the roles held there. */
  namesRoles?: boolean
}

export const organizationParameters = ['organization_id', 'organization']
/** The scopes of OpenID Connect that this issuer has. Every other scope is a permission. */
export const identityScopes = [
  ...['openid', 'offline_access', 'profile', 'email'],
  ...['organizations', 'organization_roles', 'organization_data'],
]
const slugPrefix = `${organizationPrefix}by-slug:`

const asks = new WeakMap<KoaContextWithOIDC, Ask>()

/** What the request asks of an organization, read once from its parameters. */
export function askOf(ctx: KoaContextWithOIDC): Ask {
  const known = asks.get(ctx)
  if (known !== undefined) return known
  const ask: Ask = { ...asked(ctx.oidc.params ?? {}), isForUserinfo: false }
  asks.set(ctx, ask)
  return ask
}

/** Which organization and which permissions the parameters of a request name. */
export function asked({
  organization_id: id,
  organization: slug,
  scope,
  resource,
}: Readonly<Record<string, unknown>>): Pick<Ask, 'organization' | 'scopes'> {
  const named = namedBy(id, slug)
  const fromResource =
    [resource]
      .flat()
      .map(organizationIn)
      .find(one => one !== null) ?? null
  if (fromResource !== null && named !== null && !isSame(fromResource, named))
    throw new errors.InvalidTarget('organization_id and resource name different organizations')
  return { organization: named ?? fromResource, scopes: permissionsIn(scope) }
}

/** A resource indicator for the organization; of the slug, while its id is not looked up. */
export function resourceOf(organization: OrganizationAsk['organization']): string {
  return 'id' in organization ? organizationAudience(organization.id) : slugPrefix + organization.slug
}

/** The organization that a resource indicator names; null for any other resource. */
export function organizationIn(resource: unknown): OrganizationAsk['organization'] | null {
  if (typeof resource !== 'string' || !resource.startsWith(organizationPrefix)) return null
  if (resource.startsWith(slugPrefix)) return { slug: resource.slice(slugPrefix.length) }
  const id = resource.slice(organizationPrefix.length)
  if (!isUuid(id)) throw new errors.InvalidTarget(`${organizationPrefix}<id> has the UUID of an organization`)
  return { id }
}

/** The permissions among these scopes; null where there are none. */
export function permissionsIn(scope: unknown): string[] | null {
  const named = typeof scope === 'string' ? scope.split(' ').filter(one => !identityScopes.includes(one)) : []
  return named.length === 0 ? null : named
}

function namedBy(id: unknown, slug: unknown): OrganizationAsk['organization'] | null {
  if (id !== undefined && slug !== undefined)
    throw new errors.InvalidRequest('organization_id and organization cannot come together')
  if (typeof id === 'string') {
    if (!isUuid(id)) throw new errors.InvalidRequest('organization_id is the UUID of an organization')
    return { id }
  }
  if (typeof slug !== 'string') return null
  if (!/^[a-z0-9-]{1,63}$/i.test(slug)) throw new errors.InvalidRequest('organization is the slug of an organization')
  return { slug: slug.toLowerCase() }
}

function isSame(one: OrganizationAsk['organization'], other: OrganizationAsk['organization']): boolean {
  return resourceOf(one) === resourceOf(other)
}
