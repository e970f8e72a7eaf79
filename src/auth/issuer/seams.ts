import type { JSONWebKeySet } from 'jose'
import type { Services } from '../../context.ts'

/** A machine application as an OAuth client. */
export interface MachineClient {
  readonly clientId: string
  readonly principalId: string
  readonly name: string
  /** Its public keys for private_key_jwt; null when it has none. */
  readonly jwks: JSONWebKeySet | null
}

/** Machine applications and their secrets: several each, hashed, some expired or revoked. */
export interface MachineClients {
  findClient(services: Services, clientId: string): Promise<MachineClient | null>
  verifyClientSecret(services: Services, clientId: string, secret: string): Promise<boolean>
}

/** What a sign-in has shown of the person: when, by which methods (RFC 8176 amr), at which acr. Null for machines. */
export interface Authentication {
  readonly at: Date
  readonly methods: readonly string[]
  readonly acr: string | null
  readonly issuer: string
}

export interface OrganizationAsk {
  readonly principalId: string
  readonly organization: { readonly id: string } | { readonly slug: string }
  /** An API resource's audience; absent: the organization itself. */
  readonly resource?: string
  /** Scopes asked for; null when nothing was asked for (TOK-2). */
  readonly scopes: readonly string[] | null
  readonly authentication: Authentication | null
}

export type OrganizationGrant =
  | {
      readonly ok: true
      readonly organizationId: string
      readonly slug: string
      readonly scopes: readonly string[]
      readonly roles: readonly string[]
      readonly seconds: number
    }
  | {
      readonly ok: false
      readonly error: 'access_denied' | 'invalid_target' | 'login_required' | 'insufficient_user_authentication'
      readonly description: string
    }

/** Decides on every organization token, on every way to one (TOK-5). */
export type GrantForOrganization = (services: Services, ask: OrganizationAsk) => Promise<OrganizationGrant>

/** What the issuer asks of others; absent: there are no machine clients, and no organization tokens. */
export interface IssuerSeams {
  readonly machineClients?: MachineClients
  readonly grantForOrganization?: GrantForOrganization
}
