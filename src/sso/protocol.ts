import type { FetchOutside } from './fetch/fetch-outside.ts'
import type { OidcSettings } from './oidc/settings.ts'

/** Which attribute of the provider says what. */
export interface AttributeMapping {
  readonly name: string
  readonly email: string
  readonly picture: string
  readonly groups: string
}

/** The settings of a connector, by protocol. A second protocol is another member of this union. */
export type ConnectorSettings = OidcSettings

/** Where a provider is, and how it is asked. */
export interface Place {
  readonly settings: ConnectorSettings
  readonly fetchOutside: FetchOutside
}
/** What a sign-in is made with. */
export interface Visit extends Place {
  /** Where the provider sends the browser back to: one of this connector alone (RFC 9700, section 4.4.2). */
  readonly redirectUri: string
}
/** What an answer is taken with. */
export interface Connection extends Visit {
  readonly secret: string
}

/** What is kept of a sign-in, to check its answer with. */
export interface Started {
  readonly url: string
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}
export type Checks = Omit<Started, 'url'>

/** Who the provider says it is, as it says it. */
export interface ProvidedIdentity {
  readonly issuer: string
  readonly subject: string
  readonly email: string | null
  /** Null where the provider does not say. */
  readonly isEmailVerified: boolean | null
  readonly name: string | null
  readonly picture: string | null
  readonly groups: readonly string[]
  /** By which methods the provider says that it was shown (RFC 8176), and at which acr. */
  readonly methods: readonly string[]
  readonly acr: string | null
  /** What it sent, without tokens, for whoever tests the connector. */
  readonly attributes: readonly Attribute[]
}
export interface Attribute {
  readonly name: string
  readonly value: string
}

/** How far a sign-in came. */
export type StepName = 'DISCOVERY' | 'RESPONSE' | 'TOKENS' | 'EMAIL' | 'DOMAIN'

/** The provider did not do what the protocol says. The message is for admins: it names no secret and no token. */
export class ProviderError extends Error {
  readonly step: StepName
  constructor(step: StepName, message: string) {
    super(message)
    this.step = step
  }
}

/** One way of signing in elsewhere. */
export interface Protocol {
  /** Asks the provider whether these settings can work. @throws ProviderError */
  tryOut(place: Place): Promise<void>
  /** Where to send the browser. @throws ProviderError */
  start(visit: Visit, asked: { readonly loginHint: string | null }): Promise<Started>
  /** Who came back, of an answer that passes every check. @throws ProviderError */
  finish(connection: Connection, checks: Checks, answer: URLSearchParams): Promise<ProvidedIdentity>
}
