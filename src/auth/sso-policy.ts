/** Who may do what with connectors: a part of policy.ts, under the same laws. */
import { RequestError } from '../errors.ts'
import { deploymentId } from '../ids.ts'
import type { Ask } from '../load.ts'
import type { MembershipRow } from '../members/membership.loaders.ts'
import type { ConnectorUseRow } from '../sso/connector-use.loaders.ts'
import type { SsoConnectorRow } from '../sso/sso-connector.loaders.ts'
import type { SsoSetupLinkRow } from '../sso-setup-links/sso-setup-link.loaders.ts'
import { setupLinkOf } from './actor.ts'
import { gatewayPermissionId } from './permissions.ts'
import {
  holds,
  holdsToChange,
  inPerson,
  notFound,
  seeMembership,
  signedIn,
  type Verdict,
  withinToken,
} from './policy.ts'
import { standingIn } from './standing.ts'

/** A connector may be seen by whoever holds sso:read where it is, or in an organization that uses it. */
export async function seeSsoConnector(ask: Ask, connector: SsoConnectorRow): Promise<Verdict> {
  if ((await holds(ask, connector.organizationId, 'sso:read')) === null) return null
  const anonymous = signedIn(ask)
  if (anonymous !== null) return anonymous
  const uses = await ask.load.usesBySsoConnector.load(connector.id)
  const verdicts = await Promise.all(uses.map(use => holds(ask, use.organizationId, 'sso:read')))
  return verdicts.includes(null) ? null : notFound('connector')
}

/** A connector may be changed, tested and deleted by whoever holds sso:read and sso:manage where it is. */
export async function manageSsoConnector(ask: Ask, connector: SsoConnectorRow): Promise<Verdict> {
  return (
    withinSetupLink(ask, connector) ??
    (await seeSsoConnector(ask, connector)) ??
    holdsToChange(ask, connector.organizationId, 'sso:manage')
  )
}

/** Whoever comes through a setup link reaches its one connector; another is like one that is not there (SSO-9). */
function withinSetupLink({ actor }: Ask, { id }: SsoConnectorRow): Verdict {
  const link = setupLinkOf(actor)
  return link === undefined || link.connectorId === id ? null : notFound('connector')
}

/** A setup link may be used while its maker, as a member, holds sso:read and sso:manage there (SSO-9). */
export async function useSsoSetupLink(ask: Ask, organizationId: string): Promise<Verdict> {
  return (await holdsToChange(ask, organizationId, 'sso:read')) ?? holdsToChange(ask, organizationId, 'sso:manage')
}

/** A setup link may be made by a member whose roles give sso:read and sso:manage there: by nothing else does it act (SSO-9). */
export async function createSsoSetupLink(ask: Ask, organizationId: string): Promise<Verdict> {
  const refused = await useSsoSetupLink(ask, organizationId)
  if (refused !== null) return refused
  const byRoles = (await standingIn(ask, organizationId))?.organization.viewerPermissionIds ?? []
  if ((['sso:read', 'sso:manage'] as const).every(key => byRoles.includes(gatewayPermissionId(key)))) return null
  return new RequestError(
    'FORBIDDEN',
    'A setup link acts as a member: one with sso:read and sso:manage has to make it.',
  )
}

/** A setup link may be seen by whoever holds sso:read there. */
export async function seeSsoSetupLink(ask: Ask, { organizationId }: SsoSetupLinkRow): Promise<Verdict> {
  const refused = await holds(ask, organizationId, 'sso:read')
  return refused === null ? null : (signedIn(ask) ?? notFound('setup link'))
}

/** A setup link may be closed by whoever holds sso:read and sso:manage there. */
export async function revokeSsoSetupLink(ask: Ask, link: SsoSetupLinkRow): Promise<Verdict> {
  return (await seeSsoSetupLink(ask, link)) ?? holdsToChange(ask, link.organizationId, 'sso:manage')
}

/** Whether an owner may sign in without the required connector, an active owner of the organization says, unless it is deleted (SSO-5). */
export async function setBreakGlass(ask: Ask, membership: MembershipRow): Promise<Verdict> {
  const unseen = await seeMembership(ask, membership)
  if (unseen !== null) return unseen
  const standing = await standingIn(ask, membership.organizationId)
  if (standing === null || standing.organization.deletedAt !== null) return notFound('membership')
  if (standing.organization.viewerIsOwner) return inPerson(ask)
  return new RequestError('FORBIDDEN', 'Only an owner says who may sign in without the provider.')
}

/** That an organization uses a connector may be seen by whoever holds sso:read there, or where the connector is. */
export async function seeConnectorUse(ask: Ask, { organizationId, ownerId }: ConnectorUseRow): Promise<Verdict> {
  return (await holds(ask, ownerId, 'sso:read')) === null ? null : holds(ask, organizationId, 'sso:read')
}

/** A connector may be shared with an organization by whoever holds sso:read and sso:manage both where it is and there. */
export async function shareSsoConnector(
  ask: Ask,
  connector: SsoConnectorRow,
  organizationId: string,
): Promise<Verdict> {
  return (
    // It concerns two organizations: no token that is for one does it.
    withinToken(ask, deploymentId, 'deployment') ??
    (await manageSsoConnector(ask, connector)) ??
    mapSsoGroups(ask, organizationId)
  )
}

/** The use of a shared connector may be ended by whoever holds sso:read and sso:manage where it is, or where it is used. */
export async function unshareSsoConnector(
  ask: Ask,
  connector: SsoConnectorRow,
  use: ConnectorUseRow,
): Promise<Verdict> {
  const beyond = withinToken(ask, deploymentId, 'deployment')
  if (beyond !== null) return beyond
  const [owners, users] = await Promise.all([manageSsoConnector(ask, connector), mapSsoGroups(ask, use.organizationId)])
  if (owners === null || users === null) return null
  return owners.code === 'NOT_FOUND' ? users : owners
}

/** For which roles groups stand is said by whoever holds sso:read and sso:manage in the organization of the roles (SSO-6). */
export async function mapSsoGroups(ask: Ask, organizationId: string): Promise<Verdict> {
  return (await holdsToChange(ask, organizationId, 'sso:read')) ?? holdsToChange(ask, organizationId, 'sso:manage')
}
