import { anonymous } from '../auth/actor.ts'
import type { Services } from '../context.ts'
import { statement } from '../db/statement.ts'
import { transaction } from '../db/transaction.ts'
import { readSecret } from './connector-secret.ts'
import { addressesOf } from './protocols.ts'
import { serviceProviderMetadata } from './saml/service-provider-metadata.ts'
import { samlConnectorOf } from './saml/settings.ts'

const system = { actor: anonymous, ipAddress: null }

const placeOf = statement(
  'place_of_sso_connector',
  'select organization_id as "organizationId" from tenantry_sso_connector_place($1)',
)

/**
 * Our metadata, as the provider of a connector of SAML is to know us; null where there is none. Whoever asks learns what
 * every browser does that is sent to that provider.
 */
export function ownMetadata(services: Services, connectorId: string): Promise<string | null> {
  const { derive, config } = services
  if (derive === null) return Promise.resolve(null)
  return transaction(services, system, async tx => {
    const [at] = await tx.rows<{ organizationId: string }>(placeOf, [connectorId])
    if (at === undefined) return null
    await tx.enter(at.organizationId)
    const connector = await tx.load.samlConnectorById.load(connectorId)
    if (connector === null) return null
    const secret = await readSecret(tx, derive, connector)
    const addresses = addressesOf(config.publicUrl, connectorId)
    return serviceProviderMetadata(samlConnectorOf(connector.settings, addresses, secret).serviceProvider)
  })
}
