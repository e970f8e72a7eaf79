import type { AttributeMapping } from './attribute-mapping.ts'

/** A key of ours with the certificate that the customer's IT knows it by, both PEM. */
export interface ServiceProviderKey {
  readonly privateKey: string
  readonly certificate: string
}

/** We, as the customer's IT enters us at their identity provider. */
export interface ServiceProvider {
  readonly entityId: string
  /** Assertion consumer service: where responses are posted to. */
  readonly acsUrl: string
  /** Signs requests; null when they go unsigned. */
  readonly signing: ServiceProviderKey | null
  /** Decrypt assertions, the newest first: an older one serves while providers still encrypt for it. */
  readonly decryption: readonly ServiceProviderKey[]
}

/** The identity provider, as its metadata says. */
export interface IdentityProvider {
  readonly entityId: string
  readonly signInUrl: string
  readonly signInBinding: SignInBinding
  /** PEM. All are trusted alike, so that one can follow another without downtime (SSO-8). */
  readonly certificates: readonly string[]
}

/** How a request gets to the provider: in the address, or in a form. */
export type SignInBinding = 'redirect' | 'post'

export interface SamlConnector {
  readonly serviceProvider: ServiceProvider
  readonly identityProvider: IdentityProvider
  readonly attributes: AttributeMapping
  /** Whether the provider may send people without being asked (SSO-4). */
  readonly allowsUnsolicited: boolean
}
