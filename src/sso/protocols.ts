import type { Services } from '../context.ts'
import { claimAssertion } from './assertion-use.ts'
import { oidc } from './oidc/oidc.ts'
import type { Addresses, Asked, Checks, Connection, Protocol, ProvidedIdentity, Started } from './protocol.ts'
import { saml } from './saml/saml.ts'
import type { SsoConnectorRow } from './sso-connector.loaders.ts'

/** A connector, ready to sign somebody in. */
export interface Provider {
  /** Where to send the browser. @throws ProviderError */
  start(asked: Asked): Promise<Started>
  /** Who came back, of an answer that passes every check. @throws ProviderError */
  finish(checks: Checks, answer: URLSearchParams): Promise<ProvidedIdentity>
}

/**
 * The provider of a connector, spoken to by its protocol.
 * @param isTest then it is asked anew what it says of itself: a test finds out
 */
export function providerOf(services: Services, connector: SsoConnectorRow, secret: string, isTest: boolean): Provider {
  const { protocol, settings } = connector
  const parts = { ...connectionOf(services, connector, secret), ...(isTest && { known: null }) }
  return protocol === 'OIDC' ? bound(oidc, { ...parts, settings }) : bound(saml, { ...parts, settings })
}

/** What a sign-in at a connector is made with, but for its settings. */
export function connectionOf(
  services: Services,
  { organizationId, id, revision }: SsoConnectorRow,
  secret: string,
): Omit<Connection<never>, 'settings'> {
  const { config, fetchOutside, clock, providers } = services
  return {
    ...{
      fetchOutside,
      known: providers.of({ id, revision }),
      secret,
      now: clock(),
      addresses: addressesOf(config.publicUrl, id),
    },
    claim: claimAssertion(services, { organizationId, id }),
  }
}

function bound<Settings>(protocol: Protocol<Settings>, connection: Connection<Settings>): Provider {
  return {
    start: asked => protocol.start(connection, asked),
    finish: (checks, answer) => protocol.finish(connection, checks, answer),
  }
}

/** The addresses of a connector. The one of its metadata is also the name by which its provider of SAML knows us. */
export function addressesOf(publicUrl: string, connectorId: string): Addresses {
  const base = `${publicUrl}/sso/${connectorId}`
  return {
    ...{ callback: `${base}/callback`, acs: `${base}/acs` },
    ...{ metadata: `${base}/metadata`, request: `${base}/request`, login: `${base}/login` },
  }
}
