import { createHmac, timingSafeEqual } from 'node:crypto'
import { multiFactor } from '../acr.ts'
import { isOperatorThrough } from '../operator-through.ts'
import { factorPage, recoveryPage, setUpPage } from '../pages/second-factor.ts'
import { RECENT_SECONDS } from '../passkeys/account-client.ts'
import { factorsOf, hasAny } from '../passkeys/factors.ts'
import { personAsked } from '../person.ts'
import { admitted } from '../sso-gate.ts'
import { redirect, type Step, send } from '../step.ts'
import { textsOf } from '../texts/locales.ts'
import { addSecondFactor, offeredSecret, removeOwnFactor, trySecondFactor } from './second-factors.ts'
import { base32, otpauthLink } from './totp.ts'

/** RFC 8176. */
const codeMethods = ['otp', 'mfa']

/** What the check says of the session; see interaction-policy.ts. */
interface Details {
  /** Seconds since the epoch. */
  readonly signedInAt: number
}
/** Whether somebody is signed in, and nothing lacks but the second factor. */
export const isForFactor = ({ interaction: { prompt, session } }: Step) =>
  session?.accountId !== undefined && prompt.reasons.every(reason => reason === 'multi_factor_missing')

/**
 * Asks for the factor, or offers to set one up. False where the sign-in is too long ago for that: whoever finds a browser
 * open sets none up, and the user signs in again first.
 */
export async function showFactor(step: Step): Promise<boolean> {
  if (hasAny(await factorsOf(step.services, accountOf(step)))) {
    await sendFactorPage(step, { problem: null })
    return true
  }
  if (!isRecent(step) || (await isKept(step))) return false
  await offer(step, null)
  return true
}

/** Takes what a form of these pages says. False for a form that is none of them. */
export async function submitFactor(step: Step, action: string, form: URLSearchParams): Promise<boolean> {
  if (action === 'factor') await submitCode(step, given(form), form.get('also') === 'remove')
  else if (action === 'set-up') await confirm(step, form)
  else if (action === 'go-on' && isProof(step, form.get('proof') ?? '')) await finishFactor(step, codeMethods)
  else return false
  return true
}

async function submitCode(step: Step, code: string, isToGo: boolean): Promise<void> {
  const { services, look, forms, response } = step
  const tried = await trySecondFactor(step, accountOf(step), code)
  if (tried === 'RIGHT' && !isToGo) return finishFactor(step, codeMethods)
  if (tried === 'RIGHT') {
    if (!(await isKept(step))) await removeOwnFactor(services, accountOf(step))
    // As at first: who did not sign in just now does so before another is set up.
    return redirect(response, forms.path)
  }
  const texts = textsOf(look.locale)
  const [status, problem] = tried === 'WRONG' ? [422, texts.wrongFactor] : [429, texts.factorTooOften]
  await sendFactorPage(step, { problem, status })
}

/** Asks for what the user has: a code, a passkey, or either. */
export async function sendFactorPage(step: Step, asked: { problem: string | null; status?: number }): Promise<void> {
  const factors = await factorsOf(step.services, accountOf(step))
  send(step.response, factorPage(step.look, step.forms, { ...asked, ...factors }))
}

async function confirm(step: Step, form: URLSearchParams): Promise<void> {
  const { services, forms, response } = step
  // Asked anew: the page may have stood open for as long as it liked. Who has one factor adds another on the page of the account, with it.
  if (!isRecent(step) || (await isKept(step)) || hasAny(await factorsOf(services, accountOf(step))))
    return redirect(response, forms.path)
  await confirmOffer(step, form)
}

/** Keeps what was offered, once a code shows that the user's program has it; whoever calls has seen that it may be. */
export async function confirmOffer(step: Step, form: URLSearchParams): Promise<void> {
  const { interaction, derive, look, forms, response } = step
  const principalId = accountOf(step)
  const secret = offeredSecret(derive, interaction.uid, principalId)
  const codes = await addSecondFactor(step, principalId, secret, given(form))
  if (codes === null) return offer(step, textsOf(look.locale).wrongFactor)
  send(response, recoveryPage(look, forms, { codes, proof: proofOf(step) }))
}

/** Offers a secret to be set up. */
export async function offer(step: Step, problem: string | null): Promise<void> {
  const { interaction, derive, services, client, look, forms, response } = step
  const principalId = accountOf(step)
  const secret = base32(offeredSecret(derive, interaction.uid, principalId))
  const { email } = await personAsked(services, principalId)
  const issuer = services.config.mail?.from.name || client.clientName || 'Tenantry'
  const link = otpauthLink(secret, issuer, email ?? principalId)
  send(response, setUpPage(look, forms, { secret, link, problem, status: problem === null ? 200 : 422 }))
}

/** The sign-in is as long ago as it was; it has shown more. */
export async function finishFactor(step: Step, shown: readonly string[]): Promise<void> {
  const { provider, interaction, request, response } = step
  const signedInAt = signInOf(interaction)
  const { accountId = '', amr = [] } = interaction.session ?? {}
  const methods = [...new Set([...amr, ...shown])]
  if (!(await admitted(step, { accountId, amr: methods, acr: multiFactor }))) return
  const login = { accountId, amr: methods, acr: multiFactor, ts: signedInAt, remember: true }
  await provider.interactionFinished(request, response, { login })
}

const signInOf = ({ prompt }: Step['interaction']) => (prompt.details as unknown as Details).signedInAt

/** Whether the sign-in is fresh at this moment, and not only when the interaction began. */
function isRecent({ interaction, services }: Step): boolean {
  return services.clock().getTime() / 1000 - signInOf(interaction) <= RECENT_SECONDS
}

const isKept = (step: Step) =>
  isOperatorThrough(step.services, { accountId: accountOf(step), amr: step.interaction.session?.amr })
const accountOf = ({ interaction }: Step) => interaction.session?.accountId ?? ''
const given = (form: URLSearchParams) => (form.get('code') ?? '').replaceAll(/\s/g, '').slice(0, 64)

/** That the factor was confirmed in this interaction: between that and going on there is the page with the codes. */
function proofOf(step: Step): string {
  const said = `${step.interaction.uid} ${accountOf(step)} has confirmed a second factor`
  return createHmac('sha256', step.derive('forms')).update(said).digest('base64url')
}
function isProof(step: Step, proof: string): boolean {
  const [one, other] = [Buffer.from(proofOf(step)), Buffer.from(proof)]
  return one.length === other.length && timingSafeEqual(one, other)
}
