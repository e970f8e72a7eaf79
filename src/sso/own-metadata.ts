import type { Services } from '../context.ts'
import { atConnector } from './connector-at.ts'
import { readSecret } from './connector-secret.ts'
import { addressesOf } from './protocols.ts'
import { serviceProviderMetadata } from './saml/service-provider-metadata.ts'
import { samlConnectorOf } from './saml/settings.ts'

/**
 * Our metadata, as the provider of a connector of SAML is to know us; null where there is none. Whoever asks learns what
 * every browser does that is sent to that provider.
 */
export function ownMetadata(services: Services, connectorId: string): Promise<string | null> {
  const { derive, config } = services
  if (derive === null) return Promise.resolve(null)
  return atConnector(services, { connectorId, ipAddress: null }, async (tx, connector) => {
    if (connector.protocol !== 'SAML') return null
    const secret = await readSecret(tx, derive, connector)
    const addresses = addressesOf(config.publicUrl, connectorId)
    return serviceProviderMetadata(samlConnectorOf(connector.settings, addresses, secret).serviceProvider)
  })
}
