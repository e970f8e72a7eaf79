/** Who may do what with connectors: a part of policy.ts, under the same laws. */

import { RequestError } from '../errors.ts'
import type { Ask } from '../load.ts'
import type { MembershipRow } from '../members/membership.loaders.ts'
import type { SsoConnectorRow } from '../sso/sso-connector.loaders.ts'
import { holds, holdsToChange, inPerson, notFound, seeMembership, signedIn, type Verdict } from './policy.ts'
import { standingIn } from './standing.ts'

/** A connector may be seen by whoever holds sso:read there. */
export async function seeSsoConnector(ask: Ask, connector: SsoConnectorRow): Promise<Verdict> {
  const refused = await holds(ask, connector.organizationId, 'sso:read')
  return refused === null ? null : (signedIn(ask) ?? notFound('connector'))
}

/** A connector may be changed, tested and deleted by whoever holds sso:read and sso:manage there. */
export async function manageSsoConnector(ask: Ask, connector: SsoConnectorRow): Promise<Verdict> {
  return (await seeSsoConnector(ask, connector)) ?? holdsToChange(ask, connector.organizationId, 'sso:manage')
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
