/** Who may do what with connectors: a part of policy.ts, under the same laws. */
import type { Ask } from '../load.ts'
import type { SsoConnectorRow } from '../sso/sso-connector.loaders.ts'
import { holds, holdsToChange, notFound, signedIn, type Verdict } from './policy.ts'

/** A connector may be seen by whoever holds sso:read there. */
export async function seeSsoConnector(ask: Ask, connector: SsoConnectorRow): Promise<Verdict> {
  const refused = await holds(ask, connector.organizationId, 'sso:read')
  return refused === null ? null : (signedIn(ask) ?? notFound('connector'))
}

/** A connector may be changed, tested and deleted by whoever holds sso:read and sso:manage there. */
export async function manageSsoConnector(ask: Ask, connector: SsoConnectorRow): Promise<Verdict> {
  return (await seeSsoConnector(ask, connector)) ?? holdsToChange(ask, connector.organizationId, 'sso:manage')
}
