import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Services } from '../../context.ts'
import { isUuid } from '../../ids.ts'
import { ownMetadata } from '../../sso/own-metadata.ts'
import { formIn } from '../../sso/started.ts'
import { type Brought, takeAnswer } from '../../sso/take-answer.ts'
import { readForm } from './form.ts'
import { backPage, formPage, notAskedPage, testPage } from './pages/sso.ts'
import { errorPage } from './pages/views.ts'
import type { DeriveKey } from './secret.ts'
import { redirect, send } from './step.ts'
import { localeOf } from './texts/locales.ts'

const pattern = /^\/sso\/([0-9a-f-]{36})\/(callback|acs|metadata|request)(?:\?|$)/

/** More than any SAML response that is accepted, as a form has it. */
const MOST_OF_RESPONSE = 600_000

/** An address of a connector, and what it is for. */
export interface Door {
  readonly connectorId: string
  readonly door: string
}

/** The address of a connector that this is; null for every other address. */
export function doorIn(url: string): Door | null {
  const [, connectorId = '', door = ''] = pattern.exec(url) ?? []
  return isUuid(connectorId) ? { connectorId, door } : null
}

/**
 * Answers at the addresses of a connector. Whoever opens one is signed in by nothing here: what a provider sends is kept
 * for the browser that began the sign-in, which is sent on to where its cookie is.
 */
export async function answerDoor(
  services: Services,
  derive: DeriveKey,
  request: IncomingMessage,
  response: ServerResponse,
  { connectorId, door }: Door,
): Promise<void> {
  const locale = localeOf(undefined, request.headers['accept-language'])
  // An answer is taken once: nothing that only looks at the address may have it.
  if (request.method !== (door === 'acs' ? 'POST' : 'GET')) return send(response, errorPage(locale, 405, null))
  const { searchParams } = new URL(request.url ?? '/', services.config.publicUrl)
  if (door === 'metadata') {
    const xml = await ownMetadata(services, connectorId)
    return xml === null ? send(response, errorPage(locale, 404, null)) : sendMetadata(response, xml)
  }
  if (door === 'request') {
    const form = formIn(derive, searchParams.get('form') ?? '')
    return send(response, form === null ? errorPage(locale, 400, null) : formPage(locale, form))
  }
  const brought: Brought =
    door === 'acs'
      ? { connectorId, protocol: 'SAML', answer: await readForm(request, MOST_OF_RESPONSE) }
      : { connectorId, protocol: 'OIDC', answer: searchParams }
  const answered = await takeAnswer(services, brought)
  if (answered.kind === 'TESTED') return send(response, testPage(locale, answered.name, answered.test))
  if (answered.kind === 'UNKNOWN')
    return send(response, door === 'acs' ? notAskedPage(locale) : errorPage(locale, 400, null))
  const path = `/oidc/interaction/${answered.interaction}/sso`
  if (door === 'acs') send(response, backPage(locale, path))
  else redirect(response, path)
}

function sendMetadata(response: ServerResponse, xml: string): void {
  const headers = {
    'content-type': 'application/samlmetadata+xml',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
  }
  response.writeHead(200, headers).end(xml)
}
