import type { AttributeMapping } from './attribute-mapping.ts'
import type { SigningCertificate } from './certificate.ts'
import type { SamlConnector } from './connector.ts'
import { keysIn } from './keys.ts'
import type { ProviderMetadata } from './metadata.ts'

/** A certificate, as it is kept. */
export interface KeptCertificate extends Pick<SigningCertificate, 'pem' | 'fingerprint'> {
  /** RFC 3339, as `expiresAt`. */
  readonly notBefore: string
  readonly expiresAt: string
}

/** What the metadata of a provider said, as it is kept. */
export interface ProviderFacts extends Omit<ProviderMetadata, 'certificates'> {
  readonly certificates: readonly KeptCertificate[]
}

/** What a provider of SAML is reached with, but for our keys. */
export interface SamlSettings {
  /** Where its metadata is read anew; null where an admin gave the text. */
  readonly metadataUrl: string | null
  readonly provider: ProviderFacts
  readonly preset: SamlPresetName | null
  readonly attributes: AttributeMapping
}
export type SamlPresetName = 'MICROSOFT_ENTRA_ID' | 'OKTA' | 'GOOGLE_WORKSPACE'

export function factsOf({ entityId, signInUrl, signInBinding, wantsSignedRequests, certificates }: ProviderMetadata) {
  return {
    ...{ entityId, signInUrl, signInBinding, wantsSignedRequests },
    certificates: certificates.map(({ pem, fingerprint, notBefore, expiresAt }) => ({
      ...{ pem, fingerprint, notBefore: notBefore.toISOString(), expiresAt: expiresAt.toISOString() },
    })),
  } satisfies ProviderFacts
}

/** When the last certificate ends. */
export const lastEnd = ({ certificates }: ProviderFacts) =>
  new Date(Math.max(...certificates.map(({ expiresAt }) => Date.parse(expiresAt))))

/** How long ahead of that it is told. */
const WARNING_DAYS = 30

export const endsSoon = (facts: ProviderFacts, now: Date) =>
  lastEnd(facts).getTime() - now.getTime() < WARNING_DAYS * 86_400_000

/** The two sides as the protocol needs them. Requests are signed where the provider wants it. */
export function samlConnectorOf(
  { provider, attributes }: SamlSettings,
  addresses: { readonly acs: string; readonly metadata: string },
  secret: string,
): SamlConnector {
  const { signing, decryption } = keysIn(secret)
  return {
    serviceProvider: {
      ...{ entityId: addresses.metadata, acsUrl: addresses.acs, decryption: [decryption] },
      signing: provider.wantsSignedRequests ? signing : null,
    },
    identityProvider: { ...provider, certificates: provider.certificates.map(({ pem }) => pem) },
    attributes,
    allowsUnsolicited: false,
  }
}
