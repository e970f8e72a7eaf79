import type { IncomingMessage, ServerResponse } from 'node:http'
import { clientAddress } from '../../client-address.ts'
import type { Services } from '../../context.ts'
import { isUuid } from '../../ids.ts'
import { ownMetadata } from '../../sso/own-metadata.ts'
import { takeUnsolicited } from '../../sso/saml/take-unsolicited.ts'
import { formIn } from '../../sso/started.ts'
import { type Brought, takeAnswer } from '../../sso/take-answer.ts'
import { readForm } from './form.ts'
import { plainly } from './pages/layout.ts'
import { backPage, formPage, goingPage, problemPage, testPage } from './pages/sso.ts'
import { errorPage } from './pages/views.ts'
import { beginAtProduct, productStart } from './product-start.ts'
import type { DeriveKey } from './secret.ts'
import { redirect, send } from './step.ts'
import { localeOf, textsOf, timeOf } from './texts/locales.ts'

const pattern = /^\/sso\/([0-9a-f-]{36})\/(callback|acs|metadata|request|login)(?:\?|$)/

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
  if (!methodsOf(door).includes(request.method ?? '')) return send(response, errorPage(locale, 405, null))
  const { searchParams } = new URL(request.url ?? '/', services.config.publicUrl)
  if (door === 'login') {
    const isForm = request.method === 'POST'
    const url = await beginAtProduct(services, connectorId, isForm ? await readForm(request) : searchParams)
    if (url === null) return send(response, errorPage(locale, 404, null))
    return isForm ? send(response, goingPage(plainly(locale), url)) : redirect(response, url)
  }
  if (door === 'metadata') {
    const xml = await ownMetadata(services, connectorId)
    return xml === null ? send(response, errorPage(locale, 404, null)) : sendMetadata(response, xml)
  }
  if (door === 'request') {
    const form = formIn(derive, searchParams.get('form') ?? '')
    return send(response, form === null ? errorPage(locale, 400, null) : formPage(locale, form))
  }
  const from = { connectorId, ipAddress: clientAddress(services.config, request) }
  const brought: Brought =
    door === 'acs'
      ? { ...from, protocol: 'SAML', answer: await readForm(request, MOST_OF_RESPONSE) }
      : { ...from, protocol: 'OIDC', answer: searchParams }
  const answered = await takeAnswer(services, brought)
  if (answered.kind === 'TESTED') return send(response, testPage(locale, answered.name, answered.test))
  if (answered.kind === 'UNASKED' && door === 'acs') return answerUnasked(services, response, { ...brought, locale })
  if (answered.kind === 'UNKNOWN' || answered.kind === 'UNASKED')
    return send(
      response,
      door === 'acs' ? problemPage(locale, 400, textsOf(locale).notAsked) : errorPage(locale, 400, null),
    )
  const path = `/oidc/interaction/${answered.interaction}/sso`
  if (door === 'acs') send(response, backPage(locale, path))
  else redirect(response, path)
}

const methodsOf = (door: string) => (door === 'acs' ? ['POST'] : door === 'login' ? ['GET', 'POST'] : ['GET'])

/** Answers a provider that was not asked: where the connector allows it, the product is led to ask. */
async function answerUnasked(
  services: Services,
  response: ServerResponse,
  { connectorId, answer, ipAddress, locale }: Brought & { readonly locale: string },
): Promise<void> {
  const taken = await takeUnsolicited(services, { connectorId, answer, ipAddress })
  if (taken.kind === 'REFUSED') return send(response, problemPage(locale, 403, textsOf(locale).ssoRefused.PROVIDER))
  if (taken.kind === 'TOO_MANY')
    return send(response, problemPage(locale, 429, textsOf(locale).tooManyStarts(timeOf(taken.retryAt))))
  const asked = { hint: { connectorId, email: null }, clientId: null, targetLinkUri: null }
  const url = taken.kind === 'TAKEN' ? productStart(services.config, asked) : null
  send(response, url === null ? problemPage(locale, 400, textsOf(locale).notAsked) : goingPage(plainly(locale), url))
}

function sendMetadata(response: ServerResponse, xml: string): void {
  const headers = {
    'content-type': 'application/samlmetadata+xml',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
  }
  response.writeHead(200, headers).end(xml)
}
