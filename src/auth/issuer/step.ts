import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import type { Client, Interaction } from 'oidc-provider'
import type { Services } from '../../context.ts'
import type { Log } from '../../log.ts'
import type { Page } from '../../pages/page.ts'
import type { Look } from './pages/layout.ts'
import type { Forms } from './pages/sign-in.ts'
import type { DeriveKey } from './secret.ts'

export interface InteractionParts {
  readonly services: Services
  readonly derive: DeriveKey
  readonly provider: Provider
  readonly log: Log
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

export function send(response: ServerResponse, { status, headers, body }: Page): void {
  response.writeHead(status, headers).end(body)
}

export function sendJson(response: ServerResponse, body: object, status = 200): void {
  const headers = {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  }
  response.writeHead(status, headers).end(JSON.stringify(body))
}

export function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { location, 'cache-control': 'no-store', 'content-length': 0 }).end()
}
