import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { ClientMetadata } from 'oidc-provider'
import type { Config } from '../../../config.ts'
import { ownIssuer } from '../../own-issuer.ts'
import { leftPage } from '../pages/account.ts'
import { redirect, send } from '../step.ts'

/** Within how many seconds of a sign-in somebody adds and removes what they sign in with. */
export const RECENT_SECONDS = 600

/** The page of an account is an interaction, begun by a client of the issuer's own, that never ends with a code. */
export const accountClientId = 'tenantry-account'

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

const leftUri = (config: Config) => `${ownIssuer(config).issuer}/account/left`

/** Answers for the two addresses of the account, below the issuer's; false for all others. */
export function answerAccount(config: Config, response: ServerResponse, at: { path: string; locale: string }): boolean {
  if (at.path === '/account/left') {
    send(response, leftPage(at.locale, accountPath))
    return true
  }
  if (at.path !== '/account') return false
  const parameters = new URLSearchParams({
    client_id: accountClientId,
    redirect_uri: leftUri(config),
    response_type: 'code',
    scope: 'openid',
    max_age: String(RECENT_SECONDS),
    // Of a verifier that nobody has.
    code_challenge: randomBytes(32).toString('base64url'),
    code_challenge_method: 'S256',
  })
  redirect(response, `/oidc/auth?${parameters}`)
  return true
}
