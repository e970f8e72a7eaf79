import type { AttributeMapping } from '../protocol.ts'

/** What a provider of OpenID Connect is reached with, but for the secret. */
export interface OidcSettings {
  readonly issuer: string
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly attributes: AttributeMapping
}
