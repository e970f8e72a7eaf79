import { timingSafeEqual } from 'node:crypto'
import Provider, { type AdapterPayload, type Client, type ClientMetadata } from 'oidc-provider'
import type { Config } from '../../config.ts'
import type { Services } from '../../context.ts'
import { findClient, verifyClientSecret } from '../../machines/credentials.ts'
import { hashToken } from '../../secret-token.ts'
import { type Application, developmentApplication, developmentClientId } from './applications.ts'
import { accountClient } from './passkeys/account-client.ts'

/** RFC 8693. */
export const tokenExchangeType = 'urn:ietf:params:oauth:grant-type:token-exchange'
/** What oidc-provider keeps of a client beside its own metadata. */
export const ownMetadata = ['is_third_party', 'machine_principal_id']

interface OwnMetadata {
  readonly is_third_party?: boolean
  /** The principal of a machine application. */
  readonly machine_principal_id?: string
}
export const isThirdParty = (client: Client) => (client as OwnMetadata).is_third_party === true
export const machinePrincipalOf = (client: Client) => (client as OwnMetadata).machine_principal_id ?? null

/** The clients that the configuration names, and in development one for tools on this machine. */
export function configuredClients(config: Config): ClientMetadata[] {
  const { issuer, isDevelopment, publicUrl } = config
  const own = [...(issuer?.applications ?? []).map(metadataOf), accountClient(config)]
  const isTaken = own.some(one => one.client_id === developmentClientId)
  return isDevelopment && !isTaken ? [...own, metadataOf(developmentApplication(publicUrl))] : own
}

function metadataOf(application: Application): ClientMetadata {
  const { clientId, name, kind, redirectUris, postLogoutRedirectUris } = application
  const isPublic = kind !== 'WEB'
  return {
    client_id: clientId,
    client_name: name,
    application_type: kind === 'NATIVE' ? 'native' : 'web',
    redirect_uris: redirectUris,
    post_logout_redirect_uris: postLogoutRedirectUris,
    grant_types: ['authorization_code', 'refresh_token', ...(application.isThirdParty ? [] : [tokenExchangeType])],
    response_types: ['code'],
    token_endpoint_auth_method: isPublic ? 'none' : 'client_secret_basic',
    // Only the hash goes any further: compareClientSecret compares hashes.
    ...(kind === 'WEB' && { client_secret: hashToken(application.secret) }),
    is_third_party: application.isThirdParty,
  }
}

/** A machine application by its client id, read at every request: a key taken away is of no use at once. */
export async function machineMetadata(services: Services, clientId: string): Promise<AdapterPayload | undefined> {
  const found = await findClient(services, clientId)
  if (found === null) return undefined
  const isByKey = found.jwks !== null && Provider.ctx?.oidc.params?.client_assertion !== undefined
  const metadata: ClientMetadata = {
    client_id: found.clientId,
    client_name: found.name,
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials', tokenExchangeType],
    token_endpoint_auth_method: isByKey ? 'private_key_jwt' : 'client_secret_basic',
    // Where others have a secret, a machine has several, which are tried one by one: this is only a place for them.
    ...(isByKey ? { jwks: found.jwks as NonNullable<ClientMetadata['jwks']> } : { client_secret: 'several' }),
    machine_principal_id: found.principalId,
  }
  return metadata as AdapterPayload
}

/** Replaces Client.prototype.compareClientSecret, as oidc-provider's documentation has it for hashed secrets. */
export function secretComparer(services: Services) {
  return async function compareClientSecret(this: Client, given: string): Promise<boolean> {
    if (machinePrincipalOf(this) !== null) return verifyClientSecret(services, this.clientId, given)
    const hash = Buffer.from(hashToken(given))
    const kept = Buffer.from(this.clientSecret ?? '')
    return hash.length === kept.length && timingSafeEqual(hash, kept)
  }
}

/** Browsers may call for a client from where its pages are; a client with a secret is no page (RFC 6749, section 2.1). */
export function isAllowedOrigin(origin: string, client: Client): boolean {
  const isPublic = client.clientAuthMethod === 'none'
  return isPublic && (client.redirectUris ?? []).some(uri => allows(uri, origin, client))
}

function allows(uri: string, origin: string, client: Client): boolean {
  const [allowed, given] = [URL.parse(uri), URL.parse(origin)]
  if (allowed === null || given === null || given.origin !== origin) return false
  const isLoopback = allowed.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(allowed.hostname)
  const isAnyPort = client.applicationType === 'native' && isLoopback
  return isAnyPort
    ? given.protocol === 'http:' && given.hostname === allowed.hostname
    : allowed.origin === given.origin && given.origin !== 'null'
}
