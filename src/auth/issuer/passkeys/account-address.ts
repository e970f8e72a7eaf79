import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Config } from '../../../config.ts'
import { accountClientId } from '../applications.ts'
import { leftPage } from '../pages/account.ts'
import { redirect, send } from '../step.ts'
import { accountPath, leftUri, RECENT_SECONDS } from './account-client.ts'

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
