import type { FetchOutside } from './fetch/fetch-outside.ts'
import type { KnownProvider } from './oidc/provider-memory.ts'

/** Which attribute of the provider says what. */
export interface AttributeMapping {
  readonly name: string
  readonly email: string
  readonly picture: string
  readonly groups: string
}

/** Where a provider is, and how it is asked. */
export interface Place<Settings> {
  readonly settings: Settings
  readonly fetchOutside: FetchOutside
  /** What was read of it lately; null where it is to be asked anew. */
  readonly known: KnownProvider | null
}
/** What a sign-in is made with. */
export interface Connection<Settings> extends Place<Settings> {
  readonly addresses: Addresses
  readonly secret: string
  readonly now: Date
  /** Notes that an assertion is used, to be kept until then; false when it was used before. */
  claim(assertionId: string, until: Date): Promise<boolean>
}
/** Our own addresses, each of one connector alone: what was meant for another arrives elsewhere (RFC 9700, section 4.4.2). */
export interface Addresses {
  readonly callback: string
  readonly acs: string
  readonly metadata: string
  readonly request: string
  /** Where a sign-in begins that was asked for at the provider (OpenID Connect Core, section 4). */
  readonly login: string
}

/** What is kept of a sign-in, to check its answer with. */
export interface Started {
  readonly url: string
  /** What a form posts there; absent where the address says all. */
  readonly fields?: Readonly<Record<string, string>>
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}
export type Checks = Omit<Started, 'url' | 'fields'>

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
  /** Whether it looks like an attack on us. */
  readonly isSuspicious: boolean
  constructor(step: StepName, message: string, isSuspicious = false) {
    super(message)
    this.step = step
    this.isSuspicious = isSuspicious
  }
}

/** One way of signing in elsewhere. */
export interface Protocol<Settings> {
  /** Where to send the browser. @throws ProviderError */
  start(connection: Connection<Settings>, asked: Asked): Promise<Started>
  /** Who came back, of an answer that passes every check. @throws ProviderError */
  finish(connection: Connection<Settings>, checks: Checks, answer: URLSearchParams): Promise<ProvidedIdentity>
}
export interface Asked {
  readonly loginHint: string | null
}
