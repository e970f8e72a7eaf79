import type { IncomingMessage, ServerResponse } from 'node:http'
import { clientAddress } from '../../../client-address.ts'
import type { Services } from '../../../context.ts'
import { hashToken } from '../../../secret-token.ts'
import { useSetupLink } from '../../../sso-setup-links/use.ts'
import { findBranding } from '../branding.ts'
import { readForm } from '../form.ts'
import type { Look } from '../pages/layout.ts'
import { forgedPage, openingPage, overPage } from '../pages/setup.ts'
import { errorPage } from '../pages/views.ts'
import type { DeriveKey } from '../secret.ts'
import { redirect, send } from '../step.ts'
import { localeOf } from '../texts/locales.ts'
import { readSetup } from './read.ts'
import { isFromOurs, isOfSession, type SetupSession, sessionCookie, sessionIn } from './session.ts'
import { type SetupStep, show } from './show.ts'
import { isAction, submit } from './submit.ts'

const pattern = /^\/sso\/setup(?:\/([a-z]{1,16}))?(?:\?|$)/

/** More than the text of any metadata, as a form has it. */
const MOST_OF_FORM = 400_000

/** Which page of setup links this address is; null for every other address. */
export function setupIn(url: string): { readonly action: string } | null {
  const found = pattern.exec(url)
  return found === null ? null : { action: found[1] ?? '' }
}

interface At {
  readonly services: Services
  readonly derive: DeriveKey
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly look: Look
}

/** Answers for the pages of setup links (SSO-9): for whoever has one, and for nobody who has an account. */
export async function answerSetup(
  { services, derive, request, response }: Omit<At, 'look'>,
  action: string,
): Promise<void> {
  const locale = localeOf(undefined, request.headers['accept-language'])
  const at: At = { services, derive, request, response, look: { locale, branding: null, returnsTo: null } }
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  const isKnown = isRead ? action === '' || action === 'connector' : action === 'open' || isAction(action)
  if (!isRead && request.method !== 'POST') return send(response, errorPage(locale, 405, null))
  if (!isKnown) return isRead ? redirect(response, '/sso/setup') : send(response, errorPage(locale, 404, null))
  const session = sessionIn(services, derive, request)
  if (action === '') return send(response, openingPage(at.look, session !== null))
  if (!isRead && !isFromOurs(services, request)) return send(response, forgedPage(at.look))
  const form = isRead ? null : await readForm(request, MOST_OF_FORM)
  if (action === 'open') return open(at, form?.get('link') ?? '')
  if (session === null) return isRead ? redirect(response, '/sso/setup') : send(response, forgedPage(at.look))
  if (form !== null && !isOfSession(session, form.get('token') ?? '')) return send(response, forgedPage(at.look))
  const step = await stepOf(at, session)
  if (step === null) return send(response, overPage(at.look))
  if (form !== null) return submit(step, action, form)
  show(step, new URL(request.url ?? '/', services.config.publicUrl).searchParams, null)
}

/** Begins a session of a browser. What it sends is the link, or all that comes after its #. */
async function open({ services, derive, request, response, look }: At, link: string): Promise<void> {
  const hash = hashToken(link.slice(link.indexOf('#') + 1).trim())
  const found = await useSetupLink(services, hash, { ipAddress: clientAddress(services.config, request), opens: true })
  if (found === null) return send(response, overPage(look))
  response.setHeader('set-cookie', sessionCookie(services, derive, hash))
  redirect(response, '/sso/setup/connector')
}

/** The link is asked anew at every request: whatever ended it ends every browser that came with it. */
async function stepOf(at: At, { hash, token }: SetupSession): Promise<SetupStep | null> {
  const { services, request, response, look } = at
  const ipAddress = clientAddress(services.config, request)
  const link = await useSetupLink(services, hash, { ipAddress, opens: false })
  const state = link === null ? null : await readSetup(services, link, ipAddress)
  if (link === null || state === null) return null
  const branding = await findBranding(services, link.organizationId)
  return { services, response, look: { ...look, branding }, link, state, token, ipAddress }
}
