import { ownIssuer } from '../auth/own-issuer.ts'
import type { Services } from '../context.ts'
import { openReadSession } from '../db/session.ts'
import type { Ask } from '../load.ts'
import { createLoaders } from '../load.ts'
import type { OrganizationRow } from '../organizations/organization.loaders.ts'
import { slugSought } from '../organizations/slug.ts'
import type { PermissionRow } from '../roles/role.loaders.ts'
import { type Authentication, type Missing, missingIn, secondsLeft } from '../sign-in-policy/meets.ts'
import { openPolicy } from '../sign-in-policy/sign-in-policy.loaders.ts'
import type { PrincipalRow } from '../users/principal.loaders.ts'

export type OrganizationGrant =
  | {
      readonly ok: true
      readonly organizationId: string
      readonly slug: string
      /** The keys of permissions that the token says. */
      readonly scopes: readonly string[]
      /** The names of the roles held there. */
      readonly roles: readonly string[]
      /** How long the token may live. */
      readonly seconds: number
    }
  | OrganizationRefusal

/** An error as OAuth has them (RFC 6749, section 5.2; RFC 8707; RFC 9470; OpenID Connect Core, section 3.1.2.6). */
export interface OrganizationRefusal {
  readonly ok: false
  readonly error: 'access_denied' | 'invalid_target' | 'login_required' | 'insufficient_user_authentication'
  readonly description: string
  /** What the sign-in lacks, for a page that asks for it. Only members are told. */
  readonly missing?: 'MFA' | 'METHOD' | 'SESSION'
}

export interface OrganizationAsk {
  readonly principalId: string
  readonly organization: { readonly id: string } | { readonly slug: string }
  /** An API resource's audience; absent: the organization itself. */
  readonly resource?: string
  /** Scopes asked for; null when nothing was asked for (TOK-2). */
  readonly scopes: readonly string[] | null
  /** Null for machines, and for a sign-in of which nothing is known. */
  readonly authentication: Authentication | null
}

type Deciding = Pick<Services, 'config' | 'reads' | 'memory' | 'observe' | 'clock'>

/** Not a member, suspended, unknown, deleted: one and the same answer, which tells of nothing (TOK-4). */
const denied: OrganizationRefusal = {
  ...{ ok: false, error: 'access_denied' },
  description: 'There is no such organization, or you are no active member of it.',
}

/**
 * Decides whether a principal gets a token for an organization, and what it says: the one decision of every way to one
 * (code, refresh, exchange, client credentials), made anew at each issue (TOK-5), from one snapshot and in a number of
 * statements that does not depend on how much the principal holds.
 */
export async function grantForOrganization(services: Deciding, asked: OrganizationAsk): Promise<OrganizationGrant> {
  const { config, reads, memory, observe, clock } = services
  // Row-level security shows what this principal sees as an active member. Kind and name are not known, nor asked for.
  const who = { kind: 'USER', id: asked.principalId, displayName: '', emailKey: null, token: null } as const
  const session = openReadSession(
    reads,
    { ...who, isConfiguredOperator: false },
    { ...{ prepare: config.preparedStatements, timeouts: config.databaseTimeouts, memory, observe } },
  )
  try {
    const asker = { actor: await session.actor(), config, now: clock() }
    return await decide({ ...asker, load: createLoaders(session, asker) }, asked)
  } finally {
    await session.end()
  }
}

async function decide(ask: Ask, asked: OrganizationAsk): Promise<OrganizationGrant> {
  const [organization, principal] = await Promise.all([
    find(ask, asked.organization),
    ask.load.principalById.load(asked.principalId),
  ])
  // An operator sees organizations without being a member, deleted ones too: that gives no token.
  const membershipId = organization?.viewerMembershipId ?? null
  if (organization === null || membershipId === null || organization.deletedAt !== null || principal === null)
    return denied
  const { id: organizationId, slug } = organization
  const policy = (await ask.load.signInPolicyByOrganization.load(organizationId)) ?? openPolicy(organizationId)
  const isPerson = principal.kind === 'USER'
  const builtInIssuer = ownIssuer(ask.config).issuer
  const missing = isPerson ? missingIn(policy, asked.authentication, { now: ask.now, builtInIssuer }) : null
  if (missing !== null) return lacking(missing, policy.maxSessionMinutes)

  const permissions = await permissionsFor(ask, organization, asked.resource)
  if (permissions === null)
    return { ok: false, error: 'invalid_target', description: 'There is no API resource with this audience.' }
  const left = isPerson ? secondsLeft(policy, asked.authentication, ask.now) : Number.POSITIVE_INFINITY
  return {
    ...{ ok: true, organizationId, slug },
    scopes: cut(permissions, asked.scopes, principal),
    roles: await rolesOf(ask, membershipId),
    // No longer than the sign-in is good for: what is out cannot be called back by anybody who checks it offline.
    seconds: Math.min(ask.config.organizationTokenSeconds, left),
  }
}

async function find({ load }: Ask, by: OrganizationAsk['organization']): Promise<OrganizationRow | null> {
  if ('id' in by) return load.organizationById.load(by.id)
  const slug = slugSought(by.slug)
  return slug === null ? null : load.organizationBySlug.load(slug)
}

/** What is held there: of the named API, or what is of no API. Null when there is no such API. */
async function permissionsFor(
  { load }: Ask,
  organization: OrganizationRow,
  audience: string | undefined,
): Promise<PermissionRow[] | null> {
  const apis = audience === undefined ? [] : await load.apiResources()
  const api = apis.find(one => one.audience === audience)
  if (audience !== undefined && api === undefined) return null
  const rows = await Promise.all(organization.viewerPermissionIds.map(id => load.permissionById.load(id)))
  return rows.filter(row => row !== null).filter(row => row.apiResourceId === (api?.id ?? null))
}

/** TOK-2: what is asked for, as far as it is held. Who asks for nothing gets all of it as a person, nothing as a machine. */
function cut(held: readonly PermissionRow[], asked: readonly string[] | null, { kind }: PrincipalRow): string[] {
  const keys = held.map(row => row.key).sort()
  if (asked === null) return kind === 'USER' ? keys : []
  return keys.filter(key => asked.includes(key))
}

async function rolesOf({ load }: Ask, membershipId: string): Promise<string[]> {
  const ids = (await load.roleIdsByMembership.load(membershipId)).map(row => row.roleId)
  const roles = await Promise.all(ids.map(id => load.roleById.load(id)))
  return roles.flatMap(role => (role === null ? [] : [role.name])).sort()
}

function lacking(missing: NonNullable<Missing>, minutes: number | null): OrganizationRefusal {
  switch (missing) {
    case 'METHOD':
      return {
        ...{ ok: false, error: 'insufficient_user_authentication', missing },
        description: 'This organization does not accept the way in which you signed in: sign in by another.',
      }
    case 'MFA':
      return {
        ...{ ok: false, error: 'insufficient_user_authentication', missing },
        description: 'This organization asks for a second factor: sign in with one.',
      }
    case 'SESSION':
      return {
        ...{ ok: false, error: 'login_required', missing },
        description: `This organization asks for a sign-in of the last ${minutes} minutes: sign in again.`,
      }
  }
}
