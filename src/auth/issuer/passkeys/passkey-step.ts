import { rememberIdentity } from '../account.ts'
import { multiFactor } from '../acr.ts'
import { finishLogin } from '../finish-login.ts'
import { addressPage } from '../pages/sign-in.ts'
import { finishFactor, isForFactor, sendFactorPage } from '../second-factor/factor-step.ts'
import { type Step, send, sendJson } from '../step.ts'
import { textsOf } from '../texts/locales.ts'
import { requestOptions } from './ceremonies.ts'
import { newChallenge } from './challenges.ts'
import { factorsOf, hasAny } from './factors.ts'
import { passkeysOf, provePasskey } from './passkeys.ts'
import { relyingParty } from './relying-party.ts'

/**
 * RFC 8176. A key was used, of which nobody attests how it is kept (`pop`, neither `hwk` nor `swk`), and its holder was
 * there (`user`) and showed that it is them: what they have, and what they know or are.
 */
const passkeyMethods = ['pop', 'user', 'mfa']

/** Takes what a page with a passkey's form asks for and says. False for a form that is none of them. */
export async function submitPasskey(step: Step, action: string, form: URLSearchParams): Promise<boolean> {
  const { services, interaction, response } = step
  const party = relyingParty(services.config)
  if (party === null || (action !== 'passkey' && action !== 'passkey-options')) return false
  const principalId = await askedOf(step)
  if (action === 'passkey-options') {
    const challenge = await newChallenge(services, interaction.uid, 'PROVE')
    // At first nobody is known: the options are the same for everybody, whatever they typed.
    const allowed = principalId === null ? [] : await passkeysOf(services, principalId)
    sendJson(response, { publicKey: await requestOptions(party, challenge, allowed) })
    return true
  }
  const given = form.get('credential') ?? ''
  const proved = await provePasskey(step, { party, interaction: interaction.uid, given, principalId })
  if (proved === null) await refuse(step, principalId !== null)
  else if (principalId !== null) await finishFactor(step, passkeyMethods)
  else {
    await rememberIdentity(services, proved)
    await finishLogin(step, { accountId: proved, amr: passkeyMethods, acr: multiFactor })
  }
  return true
}

/** Whose factor the page asks for; null where it asks who is there. */
async function askedOf(step: Step): Promise<string | null> {
  const accountId = step.interaction.session?.accountId
  if (accountId === undefined || !isForFactor(step)) return null
  return hasAny(await factorsOf(step.services, accountId)) ? accountId : null
}

async function refuse(step: Step, isFactor: boolean): Promise<void> {
  const { look, forms, response } = step
  const refused = { problem: textsOf(look.locale).passkeyRefused, status: 422 }
  if (isFactor) return sendFactorPage(step, refused)
  send(response, addressPage(look, forms, { email: '', ...refused }))
}
