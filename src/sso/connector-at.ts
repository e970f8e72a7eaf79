import { anonymous } from '../auth/actor.ts'
import type { Services } from '../context.ts'
import { statement } from '../db/statement.ts'
import { type Tx, transaction } from '../db/transaction.ts'
import { readSecret } from './connector-secret.ts'
import type { SsoConnectorRow } from './sso-connector.loaders.ts'

const placeOf = statement(
  'place_of_sso_connector',
  'select organization_id as "organizationId" from tenantry_sso_connector_place($1)',
)

/** Whether a connector signs people in: it is switched on, and was tested with its present settings (SSO-1). */
export const isUsable = ({ isEnabled, testedAt }: Pick<SsoConnectorRow, 'isEnabled' | 'testedAt'>): boolean =>
  isEnabled && testedAt !== null

/**
 * Runs this in the organization of a connector, for whoever comes to one of its addresses without being anybody. Null
 * where there is no such connector, or its organization is deleted.
 */
export function atConnector<T>(
  services: Services,
  { connectorId, ipAddress }: { readonly connectorId: string; readonly ipAddress: string | null },
  run: (tx: Tx, connector: SsoConnectorRow) => Promise<T>,
): Promise<T | null> {
  return transaction(services, { actor: anonymous, ipAddress }, async tx => {
    const [at] = await tx.rows<{ organizationId: string }>(placeOf, [connectorId])
    if (at === undefined) return null
    await tx.enter(at.organizationId)
    const connector = await tx.load.ssoConnectorById.load(connectorId)
    return connector === null ? null : run(tx, connector)
  })
}

/** Whether these connectors are there: not deleted, nor their organizations. */
export async function areThere(services: Services, connectorIds: readonly string[]): Promise<boolean> {
  const found = await Promise.all(
    connectorIds.map(id => atConnector(services, { connectorId: id, ipAddress: null }, () => Promise.resolve(true))),
  )
  return found.every(one => one === true)
}

/** A connector that signs people in, with its secret. */
export interface Usable {
  readonly connector: SsoConnectorRow
  readonly secret: string
}

/** The connector with this id, if it signs people in; null for one that is off as for one that is not there. */
export function usableConnector(services: Services, connectorId: string): Promise<Usable | null> {
  const { derive } = services
  if (derive === null) return Promise.resolve(null)
  return atConnector(services, { connectorId, ipAddress: null }, async (tx, connector) =>
    isUsable(connector) ? { connector, secret: await readSecret(tx, derive, connector) } : null,
  )
}
