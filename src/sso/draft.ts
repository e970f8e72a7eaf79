import { seal } from '../auth/issuer/sealed.ts'
import type { Services } from '../context.ts'
import { InvalidInputError } from '../errors.ts'
import { SsoConfigurationError } from './errors.ts'
import { type ConnectorSettings, ProviderError } from './protocol.ts'
import { protocolOf } from './protocols.ts'
import type { SsoProtocol } from './sso-connector.entity.ts'
import type { SsoConnectorRow } from './sso-connector.loaders.ts'
import { type OidcGiven, type SettingsGiven, usual } from './valid.ts'

/** Settings that were tried, as they are kept. */
export interface Draft {
  readonly protocol: SsoProtocol
  readonly settings: ConnectorSettings
  readonly trustsEmail: boolean
  /** Null: the secret stays. */
  readonly encryptedSecret: string | null
}

type Needs = Pick<Services, 'derive' | 'fetchOutside'>

/**
 * Tries settings with the provider, outside of any transaction, and seals the secret (SSO-1, SSO-8).
 * @param before the settings that there are; null for a new connector
 * @throws InvalidInputError, SsoConfigurationError
 */
export async function tryOut(services: Needs, given: SettingsGiven, before: SsoConnectorRow | null): Promise<Draft> {
  const { derive, fetchOutside } = services
  if (derive === null)
    throw new SsoConfigurationError(
      'The issuer of this gateway is off, and nobody signs in here: a connector needs it.',
    )
  const { clientSecret } = given.oidc
  const settings = settingsOf(given.oidc)
  refuseMovedSecret(before, { settings, encryptedSecret: clientSecret ?? null })
  try {
    await protocolOf('OIDC')?.tryOut({ settings, fetchOutside })
  } catch (error) {
    if (error instanceof ProviderError) throw new SsoConfigurationError(error.message)
    throw error
  }
  const encryptedSecret = clientSecret == null ? null : seal(clientSecret, derive('connector secrets'))
  return { protocol: 'OIDC', settings, trustsEmail: given.oidc.trustsEmail === true, encryptedSecret }
}

/**
 * A secret stays with the issuer that it is for: else whoever may change a connector could have it sent to a place of
 * their own (SSO-8).
 * @throws InvalidInputError
 */
export function refuseMovedSecret(
  before: SsoConnectorRow | null,
  { settings, encryptedSecret }: Pick<Draft, 'settings' | 'encryptedSecret'>,
): void {
  if (encryptedSecret === null && before?.settings.issuer !== settings.issuer)
    throw invalid('settings.oidc.clientSecret', 'Give the client secret, too: there is none for this issuer.')
}

function settingsOf({ issuer, clientId, scopes, attributes }: OidcGiven): ConnectorSettings {
  const named = Object.entries(attributes ?? {}).filter(([, name]) => name != null)
  return {
    issuer,
    clientId,
    // Without it there is no ID token.
    scopes: [...new Set(['openid', ...(scopes ?? usual.scopes)])],
    attributes: { ...usual.attributes, ...Object.fromEntries(named) },
  }
}

function invalid(path: string, message: string): InvalidInputError {
  return new InvalidInputError([{ path: ['input', ...path.split('.')], message }])
}
