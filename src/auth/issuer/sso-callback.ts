import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Services } from '../../context.ts'
import { isUuid } from '../../ids.ts'
import { takeAnswer } from '../../sso/take-answer.ts'
import { testPage } from './pages/sso.ts'
import { errorPage } from './pages/views.ts'
import { redirect, send } from './step.ts'
import { localeOf } from './texts/locales.ts'

const pattern = /^\/sso\/([0-9a-f-]{36})\/callback(?:\?|$)/

/** The connector whose callback this address is; null for every other address. */
export function connectorIn(url: string): string | null {
  const id = pattern.exec(url)?.[1]
  return id !== undefined && isUuid(id) ? id : null
}

/**
 * Takes what a provider sends back by the browser. Whoever opens the address is signed in by nothing here: the answer is
 * kept for the browser that began the sign-in, which is sent on to where its cookie is.
 */
export async function answerCallback(
  services: Services,
  request: IncomingMessage,
  response: ServerResponse,
  connectorId: string,
): Promise<void> {
  const locale = localeOf(undefined, request.headers['accept-language'])
  // The answer is taken once: nothing that only looks at the address may have it.
  if (request.method !== 'GET') return send(response, errorPage(locale, 405, null))
  const { searchParams } = new URL(request.url ?? '/', services.config.publicUrl)
  const answered = await takeAnswer(services, connectorId, searchParams)
  if (answered.kind === 'UNKNOWN') send(response, errorPage(locale, 400, null))
  else if (answered.kind === 'BACK') redirect(response, `/oidc/interaction/${answered.interaction}/sso`)
  else send(response, testPage(locale, answered.name, answered.test))
}
