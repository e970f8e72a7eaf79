import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { errors } from 'oidc-provider'
import { clientAddress } from '../../client-address.ts'
import { namesConnector } from '../../sso/login-hint.ts'
import { emailKey } from '../../users/email.ts'
import { signedInUser } from './account.ts'
import { singleFactor } from './acr.ts'
import { findBranding } from './branding.ts'
import { giveConsent, showConsent } from './consent-step.ts'
import { finishLogin } from './finish-login.ts'
import { readForm } from './form.ts'
import { addressPage, codePage } from './pages/sign-in.ts'
import { errorPage, sourceOf } from './pages/views.ts'
import { showAccount, submitAccount } from './passkeys/account-step.ts'
import { submitPasskey } from './passkeys/passkey-step.ts'
import { relyingParty } from './passkeys/relying-party.ts'
import { isForFactor, showFactor, submitFactor } from './second-factor/factor-step.ts'
import { emailOf, requestCode, tryCode } from './sign-in-codes.ts'
import { admittedByCode } from './sso-gate.ts'
import { comeBack, goAway, goElsewhere, goHinted } from './sso-step.ts'
import { deny, type InteractionParts, redirect, type Step, send } from './step.ts'
import { localeOf, textsOf, timeOf } from './texts/locales.ts'

const pattern =
  /^\/interaction\/([\w-]{1,64})(?:\/(address|code|sso|away|elsewhere|factor|set-up|go-on|consent|abort|passkey|passkey-options|add|add-options|rename|remove|remove-program|sign-out))?$/

/** Whether this path, below the issuer's, is one of an interaction. */
export const isInteraction = (path: string) => path.startsWith('/interaction/')

/**
 * Answers for the pages of a sign-in. The interaction belongs to the browser that has its cookie, and every form carries
 * a token that only its own page knows: a link or a form from elsewhere signs nobody in, and nobody out of their account
 * into another.
 */
export async function answerInteraction(
  parts: InteractionParts,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const locale = localeOf(undefined, request.headers['accept-language'])
  try {
    const [, uid, action = 'start'] = pattern.exec(path) ?? []
    const interaction = await parts.provider.interactionDetails(request, response)
    if (uid !== interaction.uid) return send(response, errorPage(locale, 400, null))
    const step = await stepOf(parts, { request, response, interaction })
    if (step === null) return send(response, errorPage(locale, 400, null))
    if (request.method === 'GET' || request.method === 'HEAD') return await show(step, action)
    if (request.method !== 'POST') return send(response, errorPage(locale, 405, null))
    const form = await readForm(request)
    if (!isOurs(step.forms.token, form.get('token') ?? ''))
      return send(response, errorPage(step.look.locale, 403, null))
    return await submit(step, action, form)
  } catch (error) {
    if (!(error instanceof errors.SessionNotFound)) throw error
    send(response, errorPage(locale, 400, null))
  }
}

async function stepOf(
  parts: InteractionParts,
  at: Pick<Step, 'request' | 'response' | 'interaction'>,
): Promise<Step | null> {
  const { params, uid } = at.interaction
  const client = await parts.provider.Client.find(String(params.client_id))
  if (client === undefined) return null
  const organization = params.organization_id ?? params.organization
  const redirect = URL.parse(String(params.redirect_uri))
  const look = {
    locale: localeOf(params.ui_locales, at.request.headers['accept-language']),
    branding: await findBranding(parts.services, typeof organization === 'string' ? organization : null),
    returnsTo: redirect === null ? null : sourceOf(redirect),
  }
  const token = createHmac('sha256', parts.derive('forms')).update(uid).digest('base64url')
  const hasPasskeys = relyingParty(parts.services.config) !== null
  return { ...parts, ...at, client, look, forms: { path: `/oidc/interaction/${uid}`, token, hasPasskeys } }
}

async function show(step: Step, action: string): Promise<void> {
  const { interaction, services, look, forms, response } = step
  if (interaction.prompt.name === 'consent') return showConsent(step)
  if (interaction.prompt.name === 'account') return showAccount(step, action)
  if (action === 'sso' && (await comeBack(step))) return
  if (action === 'away' && (await goAway(step))) return
  const asked = action === 'code' ? await emailOf(services, interaction.uid) : null
  if (asked !== null) return send(response, codePage(look, forms, { email: asked, problem: null, isOver: false }))
  if (isForFactor(step) && (await showFactor(step))) return
  if (action === 'start' && (await goHinted(step, false))) return
  const hint = interaction.params.login_hint
  const email = typeof hint === 'string' && !namesConnector(hint) ? hint : ''
  send(response, addressPage(look, forms, { email, problem: null }))
}

async function submit(step: Step, action: string, form: URLSearchParams): Promise<void> {
  const { interaction, response } = step
  if (interaction.prompt.name === 'account') return submitAccount(step, action, form)
  if (action === 'abort') return deny(step, 'the user does not want to')
  const isConsent = interaction.prompt.name === 'consent'
  if (isConsent && action === 'consent') return giveConsent(step)
  if (!isConsent && action === 'address') return submitAddress(step, form.get('email')?.trim() ?? '', form.get('by'))
  if (!isConsent && action === 'elsewhere' && (await goHinted(step, true))) return
  if (!isConsent && action === 'code') return submitCode(step, form.get('code') ?? '')
  if (!isConsent && (await submitPasskey(step, action, form))) return
  if (!isConsent && isForFactor(step) && (await submitFactor(step, action, form))) return
  send(response, errorPage(step.look.locale, 400, null))
}

async function submitAddress(step: Step, email: string, by: string | null): Promise<void> {
  const { services, derive, interaction, look, forms, request, response } = step
  const texts = textsOf(look.locale)
  const refuse = (status: number, problem: string) =>
    send(response, addressPage(look, forms, { email: email.slice(0, 254), problem, status }))
  const key = emailKey(email)
  if (key === null) return refuse(422, texts.badEmail)
  // Who may do without their provider asks for a code; everybody else is refused once they enter it.
  if (by !== 'code' && (await goElsewhere(step, email, key))) return
  if (services.config.mail === null) return refuse(503, texts.noMail)
  const asked = await requestCode(services, derive, {
    ...{ interaction: interaction.uid, email, emailKey: key, locale: look.locale },
    ipAddress: clientAddress(services.config, request),
  })
  if (!asked.ok) return refuse(429, texts.tooMany(timeOf(asked.retryAt)))
  redirect(response, `${forms.path}/code`)
}

async function submitCode(step: Step, given: string): Promise<void> {
  const { services, derive, interaction, look, forms, response } = step
  const texts = textsOf(look.locale)
  const email = await emailOf(services, interaction.uid)
  if (email === null) return redirect(response, forms.path)
  const tried = await tryCode(services, derive, interaction.uid, given.replaceAll(/\s/g, ''))
  if (tried.kind === 'WRONG')
    return send(
      response,
      codePage(look, forms, { email, problem: texts.wrongCode(tried.left), isOver: false, status: 422 }),
    )
  if (tried.kind === 'NEW_ONE_NEEDED')
    return send(response, codePage(look, forms, { email, problem: texts.newCodeNeeded, isOver: true, status: 422 }))
  if (!(await admittedByCode(step, tried.email, tried.emailKey))) return
  const accountId = await signedInUser(services, tried.email, tried.emailKey)
  await finishLogin(step, { accountId, amr: ['otp', 'email'], acr: singleFactor })
}

function isOurs(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)]
  return one.length === other.length && timingSafeEqual(one, other)
}
