import { seal } from '../auth/issuer/sealed.ts'
import type { DeriveKey } from '../auth/issuer/secret.ts'
import type { Services } from '../context.ts'
import { InvalidInputError } from '../errors.ts'
import { SsoConfigurationError } from './errors.ts'
import { tryOidc } from './oidc/oidc.ts'
import type { OidcSettings } from './oidc/settings.ts'
import { ProviderError } from './protocol.ts'
import { newKeys, textOfKeys } from './saml/keys.ts'
import { factsFrom, readOutside } from './saml/read-metadata.ts'
import type { SamlSettings } from './saml/settings.ts'
import { attributesOf, type SamlGiven } from './saml/valid.ts'
import type { SsoConnectorRow } from './sso-connector.loaders.ts'
import { type OidcGiven, type SettingsGiven, usual } from './valid.ts'

/** Settings that were tried, as they are kept. */
export type Draft = Common &
  (
    | { readonly protocol: 'OIDC'; readonly settings: OidcSettings }
    | { readonly protocol: 'SAML'; readonly settings: SamlSettings }
  )
interface Common {
  readonly trustsEmail: boolean
  /** Null: the secret stays. */
  readonly encryptedSecret: string | null
}

type Needs = Pick<Services, 'derive' | 'fetchOutside' | 'clock'>

/**
 * Tries settings with the provider, outside of any transaction, and seals the secret (SSO-1, SSO-8).
 * @param before the connector that there is; null for a new one
 * @throws InvalidInputError, SsoConfigurationError
 */
export async function tryOut(services: Needs, given: SettingsGiven, before: SsoConnectorRow | null): Promise<Draft> {
  const { derive } = services
  if (derive === null)
    throw new SsoConfigurationError(
      'The issuer of this gateway is off, and nobody signs in here: a connector needs it.',
    )
  try {
    return 'oidc' in given
      ? await tryOpenId(services, derive, given.oidc, before)
      : await trySaml(services, derive, given.saml, before)
  } catch (error) {
    if (error instanceof ProviderError) throw new SsoConfigurationError(error.message, error.isSuspicious)
    throw error
  }
}

async function tryOpenId(services: Needs, derive: DeriveKey, given: OidcGiven, before: SsoConnectorRow | null) {
  const { clientSecret } = given
  const draft = {
    ...{ protocol: 'OIDC' as const, settings: oidcSettings(given), trustsEmail: given.trustsEmail === true },
    encryptedSecret: clientSecret == null ? null : seal(clientSecret, derive('connector secrets')),
  }
  refuseMisfit(before, draft)
  await tryOidc({ settings: draft.settings, fetchOutside: services.fetchOutside, known: null })
  return draft
}

async function trySaml(services: Needs, derive: DeriveKey, given: SamlGiven, before: SsoConnectorRow | null) {
  const now = services.clock()
  const { metadata } = given
  const metadataUrl = 'url' in metadata ? metadata.url : null
  const provider = 'url' in metadata ? await readOutside(services, metadata.url) : factsFrom(metadata.xml, now)
  const preset = given.preset ?? null
  const settings: SamlSettings = { metadataUrl, provider, preset, attributes: attributesOf(given) }
  const secret = before === null ? textOfKeys(await newKeys(now)) : null
  const draft = {
    ...{ protocol: 'SAML' as const, settings, trustsEmail: given.trustsEmail !== false },
    encryptedSecret: secret === null ? null : seal(secret, derive('connector secrets')),
  }
  refuseMisfit(before, draft)
  return draft
}

/**
 * A connector keeps its protocol; and a secret stays with the issuer that it is for: else whoever may change a connector
 * could have it sent to a place of their own (SSO-8).
 * @throws InvalidInputError
 */
export function refuseMisfit(before: SsoConnectorRow | null, draft: Draft): void {
  if (before !== null && before.protocol !== draft.protocol)
    throw invalid('settings', 'A connector keeps its protocol. Connect the provider anew, and delete this connector.')
  if (draft.protocol === 'SAML' || draft.encryptedSecret !== null) return
  if (before?.protocol !== 'OIDC' || before.settings.issuer !== draft.settings.issuer)
    throw invalid('settings.oidc.clientSecret', 'Give the client secret, too: there is none for this issuer.')
}

function oidcSettings({ issuer, clientId, scopes, attributes }: OidcGiven): OidcSettings {
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
