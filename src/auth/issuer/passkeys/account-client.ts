import type { ClientMetadata } from 'oidc-provider'
import type { Config } from '../../../config.ts'
import { ownIssuer } from '../../own-issuer.ts'
import { accountClientId } from '../applications.ts'

/** Within how many seconds of a sign-in somebody adds and removes what they sign in with. */
export const RECENT_SECONDS = 600

/** The page of an account is an interaction, begun by a client of the issuer's own, that never ends with a code. */
export function accountClient(config: Config): ClientMetadata {
  return {
    client_id: accountClientId,
    client_name: config.mail?.from.name || 'Tenantry',
    redirect_uris: [leftUri(config)],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  }
}

/** Where people go to see and change what they sign in with. */
export const accountPath = '/oidc/account'

/** Where those end who do not want to sign in. */
export const leftUri = (config: Config) => `${ownIssuer(config).issuer}/account/left`
