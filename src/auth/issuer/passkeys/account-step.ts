import { multiFactor } from '../acr.ts'
import { forgetAccount } from '../adapter.ts'
import { isOperatorThrough } from '../operator-through.ts'
import { accountPage, signedOutPage } from '../pages/account.ts'
import { asPerson, personAsked } from '../person.ts'
import { confirmOffer, offer } from '../second-factor/factor-step.ts'
import { removeOwnFactor } from '../second-factor/second-factors.ts'
import { redirect, type Step, send, sendJson } from '../step.ts'
import { textsOf } from '../texts/locales.ts'
import { accountPath, RECENT_SECONDS } from './account-client.ts'
import { checkCreation, creationOptions } from './ceremonies.ts'
import { newChallenge, takeChallenge } from './challenges.ts'
import { type Factors, factorsOf, hasAny } from './factors.ts'
import { addPasskey, handleOf, listPasskeys, passkeysOf, removeOwnPasskey, renamePasskey } from './passkeys.ts'
import { relyingParty } from './relying-party.ts'

const MAX_NAME = 64

/** Shows what its user signs in with, as long as the session lasts that the page was opened in. */
export async function showAccount(step: Step, action: string): Promise<void> {
  const standing = await standingOf(step)
  if (standing === null) return redirect(step.response, accountPath)
  if (action === 'set-up' && standing.mayChange && !standing.hasProgram) return offer(step, null)
  await showList(step, standing, null)
}

/**
 * Changes what its user signs in with: soon after the sign-in, and with a factor where there is one. Whoever is signed in
 * may sign out.
 */
export async function submitAccount(step: Step, action: string, form: URLSearchParams): Promise<void> {
  const { services, forms, response } = step
  const standing = await standingOf(step)
  if (action === 'sign-out' && standing !== null) return signOutEverywhere(step, standing.accountId)
  if (standing?.mayChange !== true) {
    // Signing in again leads back here; what was sent is forgotten.
    if (action === 'add-options') return sendJson(response, { error: 'signed in too long ago' }, 403)
    return redirect(response, accountPath)
  }
  const { accountId } = standing
  if (action === 'add-options') return sendOptions(step, accountId)
  if (action === 'add') return add(step, standing, form)
  if (action === 'rename') await renamePasskey(services, accountId, idIn(form), nameIn(step, form))
  if (action === 'remove') await removeOwnPasskey(services, accountId, idIn(form))
  if (action === 'set-up' && !standing.hasProgram) return confirmOffer(step, form)
  if (action === 'remove-program' && standing.hasProgram) await removeOwnFactor(services, accountId)
  // A secret that is offered is made of the interaction: another one has another.
  redirect(response, action === 'remove-program' ? accountPath : forms.path)
}

/** Ends every session and every refresh token of the user, in this browser as in others. */
async function signOutEverywhere({ services, look, response }: Step, accountId: string): Promise<void> {
  await asPerson(services, accountId, tx => forgetAccount(tx, accountId))
  send(response, signedOutPage(look.locale))
}

/** Somebody at the page, and what they may do there. */
interface Standing extends Factors {
  readonly accountId: string
  /** Whether nothing can be changed in this session: an operator's, through a connector (SSO-10). */
  readonly isKept: boolean
  readonly mayChange: boolean
}

/** Of the session as it is now: the page knows it as it was. Null where it is over, or somebody else's. */
async function standingOf({ provider, interaction, services }: Step): Promise<Standing | null> {
  const { uid = '', accountId } = interaction.session ?? {}
  const session = await provider.Session.findByUid(uid)
  if (session === undefined || accountId === undefined || session.accountId !== accountId) return null
  const factors = await factorsOf(services, accountId)
  const age = services.clock().getTime() / 1000 - (session.loginTs ?? 0)
  const isShown = !hasAny(factors) || session.acr === multiFactor
  const isKept = await isOperatorThrough(services, { accountId, amr: session.amr })
  return { accountId, ...factors, isKept, mayChange: age <= RECENT_SECONDS && isShown && !isKept }
}

async function sendOptions({ services, interaction, response }: Step, accountId: string): Promise<void> {
  const party = relyingParty(services.config)
  if (party === null) return sendJson(response, { error: 'no passkeys here' }, 404)
  const challenge = await newChallenge(services, interaction.uid, 'ADD')
  const { displayName, email } = await personAsked(services, accountId)
  const known = await passkeysOf(services, accountId)
  const user = { handle: handleOf(accountId), name: email ?? displayName, displayName, known }
  sendJson(response, { publicKey: await creationOptions(party, challenge, user) })
}

async function add(step: Step, standing: Standing, form: URLSearchParams): Promise<void> {
  const { services, interaction, look, forms, response } = step
  const party = relyingParty(services.config)
  const challenge = await takeChallenge(services, interaction.uid, 'ADD')
  const made =
    party === null || challenge === null ? null : await checkCreation(party, challenge, form.get('credential') ?? '')
  const isKept =
    made !== null && (await addPasskey(services, standing.accountId, { ...made, name: nameIn(step, form) }))
  if (isKept) return redirect(response, forms.path)
  await showList(step, standing, textsOf(look.locale).passkeyNotAdded)
}

async function showList(step: Step, standing: Standing, problem: string | null): Promise<void> {
  const { services, look, forms, response } = step
  const { accountId, hasProgram, isKept } = standing
  const [{ email }, passkeys] = await Promise.all([personAsked(services, accountId), listPasskeys(services, accountId)])
  send(response, accountPage(look, forms, { email: email ?? '', passkeys, hasProgram, isKept, problem }))
}

const idIn = (form: URLSearchParams) => form.get('id') ?? ''

/** What the user typed; something for who typed nothing. */
function nameIn({ look }: Step, form: URLSearchParams): string {
  const typed = [
    ...(form.get('name') ?? '')
      .replaceAll(/\p{Cc}/gu, ' ')
      .trim()
      .toWellFormed(),
  ]
  return typed.slice(0, MAX_NAME).join('') || textsOf(look.locale).passkey
}
