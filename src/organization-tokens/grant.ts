import { multiFactor } from '../auth/issuer/acr.ts'
import { ownIssuer } from '../auth/own-issuer.ts'
import { isAccepted, signInUnder } from '../auth/required-sso-policy.ts'
import type { Ask } from '../load.ts'
import { isConfigured } from '../management/management.ts'
import { consentKey } from '../organization-consents/organization-consent.loaders.ts'
import type { OrganizationRow } from '../organizations/organization.loaders.ts'
import type { PermissionRow } from '../roles/role.loaders.ts'
import { type Authentication, type Missing, missingIn, secondsLeft } from '../sign-in-policy/meets.ts'
import { openPolicy } from '../sign-in-policy/sign-in-policy.loaders.ts'
import { ssoMethod } from '../sso/methods.ts'
import type { PrincipalRow } from '../users/principal.loaders.ts'
import { activeIn, type Looking, lookAs, type OrganizationName } from './look-as.ts'

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
  readonly organization: OrganizationName
  /** An API resource's audience; absent: the organization itself. */
  readonly resource?: string
  /** Scopes asked for; null when nothing was asked for (TOK-2). */
  readonly scopes: readonly string[] | null
  /** Null for machines, and for a sign-in of which nothing is known. */
  readonly authentication: Authentication | null
  /** The client id of somebody else's product, which gets what the user consented to; absent: one of the deployment. */
  readonly thirdParty?: string
}

/** Not a member, suspended, unknown, deleted: one and the same answer, which tells of nothing (TOK-4). */
export const denied: OrganizationRefusal = {
  ...{ ok: false, error: 'access_denied' },
  description: 'There is no such organization, or you are no active member of it.',
}

const withoutSso: OrganizationRefusal = {
  ...{ ok: false, error: 'insufficient_user_authentication', missing: 'METHOD' },
  description: 'The organization of your email address requires its own sign-in: sign in through it.',
}

/**
 * Decides whether a principal gets a token for an organization, and what it says: the one decision of every way to one
 * (code, refresh, exchange, client credentials), made anew at each issue (TOK-5), from one snapshot and in a number of
 * statements that does not depend on how much the principal holds.
 */
export function grantForOrganization(services: Looking, asked: OrganizationAsk): Promise<OrganizationGrant> {
  return lookAs(services, asked.principalId, ask => decide(ask, asked))
}

async function decide(ask: Ask, asked: OrganizationAsk): Promise<OrganizationGrant> {
  const [active, principal] = await Promise.all([
    activeIn(ask, asked.organization),
    ask.load.principalById.load(asked.principalId),
  ])
  if (active === null || principal === null) return denied
  const { organization, membershipId } = active
  const { id: organizationId, slug } = organization
  const consented = await consentedIds(ask, asked, organizationId)
  // Without consent somebody else's product does not learn that its user is a member (TOK-6).
  if (consented === 'NONE') return denied
  const policy = (await ask.load.signInPolicyByOrganization.load(organizationId)) ?? openPolicy(organizationId)
  const isPerson = principal.kind === 'USER'
  const builtInIssuer = ownIssuer(ask.config).issuer
  if (isPerson && !(await isUnderRequired(ask, principal, asked))) return withoutSso
  const connectorIds = await connectorsAskedFor(ask, asked, organizationId)
  const missing = isPerson
    ? missingIn(policy, asked.authentication, { now: ask.now, builtInIssuer, connectorIds })
    : null
  if (missing !== null) return lacking(missing, policy.maxSessionMinutes)

  const held = await permissionsFor(ask, organization, asked.resource)
  if (held === null)
    return { ok: false, error: 'invalid_target', description: 'There is no API resource with this audience.' }
  const left = isPerson ? secondsLeft(policy, asked.authentication, ask.now) : Number.POSITIVE_INFINITY
  return {
    ...{ ok: true, organizationId, slug },
    scopes: cut(consented === null ? held : held.filter(row => consented.includes(row.id)), asked.scopes, principal),
    roles: await rolesOf(ask, membershipId),
    // No longer than the sign-in is good for: what is out cannot be called back by anybody who checks it offline.
    seconds: Math.min(ask.config.organizationTokenSeconds, left),
  }
}

/** Whether the sign-in counts, with the address that the user has (SSO-5). Whoever runs the deployment is not locked out. */
async function isUnderRequired(
  ask: Ask,
  principal: PrincipalRow,
  { authentication }: OrganizationAsk,
): Promise<boolean> {
  // Who looks here is the principal.
  const under = signInUnder(await ask.load.viewerRequiredSso(), authentication, ownIssuer(ask.config).issuer)
  return isAccepted(under) || (await isConfigured(ask, principal))
}

/** The connectors of the organization, where the sign-in went through any. */
async function connectorsAskedFor({ load }: Ask, { authentication }: OrganizationAsk, organizationId: string) {
  if (authentication?.methods.includes(ssoMethod) !== true) return []
  return (await load.ssoConnectorsByOrganization.load(organizationId)).map(row => row.id)
}

/** What the user lets somebody else's product do there; null for a product of the deployment, which needs no consent. */
async function consentedIds(
  { load }: Ask,
  { principalId, thirdParty: clientId }: OrganizationAsk,
  organizationId: string,
): Promise<readonly string[] | 'NONE' | null> {
  if (clientId === undefined) return null
  const consent = await load.organizationConsentByKey.load(consentKey({ organizationId, principalId, clientId }))
  return consent?.permissionIds ?? 'NONE'
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
        description: `This organization asks for a second factor: sign in with acr_values=${multiFactor}.`,
      }
    case 'SESSION':
      return {
        ...{ ok: false, error: 'login_required', missing },
        description: `This organization asks for a sign-in of the last ${minutes} minutes: sign in again.`,
      }
  }
}
