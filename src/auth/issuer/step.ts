import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import type { Client, Interaction } from 'oidc-provider'
import type { Services } from '../../context.ts'
import type { Page } from '../../pages/page.ts'
import { singleFactor } from './acr.ts'
import { isThirdParty } from './clients.ts'
import type { Look } from './pages/layout.ts'
import type { Forms } from './pages/sign-in.ts'
import type { DeriveKey } from './secret.ts'

export interface InteractionParts {
  readonly services: Services
  readonly derive: DeriveKey
  readonly provider: Provider
}

/** One step of an interaction: who is at it, and how its pages look. */
export interface Step extends InteractionParts {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly interaction: Interaction
  readonly client: Client
  readonly look: Look
  readonly forms: Forms
}

/** Ends the interaction: the product is told that there is no access, and why. */
export function deny({ provider, request, response }: Step, description: string): Promise<void> {
  const refused = { error: 'access_denied', error_description: description }
  return provider.interactionFinished(request, response, refused, { mergeWithLastSubmission: false })
}

/** Ends the interaction: this user is signed in, by these methods. */
export function finishLogin(
  { provider, client, request, response }: Step,
  accountId: string,
  amr: readonly string[],
): Promise<void> {
  const login = { accountId, amr: [...amr], acr: singleFactor, remember: true }
  // Who has just signed in for a program on their device has been asked enough.
  const isAsked = client.applicationType === 'native' && !isThirdParty(client)
  return provider.interactionFinished(request, response, { login, ...(isAsked && { consent: {} }) })
}

export function send(response: ServerResponse, { status, headers, body }: Page): void {
  response.writeHead(status, headers).end(body)
}

export function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { location, 'cache-control': 'no-store', 'content-length': 0 }).end()
}
