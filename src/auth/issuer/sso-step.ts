import { finishSignIn } from '../../sso/finish-sign-in.ts'
import { startSignIn } from '../../sso/start-sign-in.ts'
import { singleFactor } from './acr.ts'
import { finishLogin } from './finish-login.ts'
import { addressPage } from './pages/sign-in.ts'
import { goingPage } from './pages/sso.ts'
import { type Step, send } from './step.ts'
import { textsOf } from './texts/locales.ts'

/** Sends whoever has this address to the provider of their organization. False where there is none. */
export async function goElsewhere(step: Step, email: string, emailKey: string): Promise<boolean> {
  const { services, interaction, look, forms, response } = step
  const whither = await startSignIn(services, { email, emailKey, interaction: interaction.uid })
  if (whither.kind === 'HERE') return false
  if (whither.kind === 'DOWN') {
    const problem = textsOf(look.locale).providerDown
    send(response, addressPage(look, forms, { email, problem, status: 502, offersCode: true }))
  } else send(response, goingPage(look, whither.url))
  return true
}

/**
 * Ends a sign-in that went to a provider. This is the browser that began it: it has the cookie of the interaction. False
 * where nothing came back, or it was used.
 */
export async function comeBack(step: Step): Promise<boolean> {
  const { services, interaction, look, forms, request, response } = step
  // To look at the head of a page ends nothing.
  if (request.method !== 'GET') return false
  const finished = await finishSignIn(services, interaction.uid)
  if (finished.kind === 'NOTHING') return false
  if (finished.kind === 'REFUSED') {
    const problem = textsOf(look.locale).ssoRefused[finished.reason]
    send(response, addressPage(look, forms, { email: '', problem, status: 403, offersCode: true }))
  } else await finishLogin(step, { accountId: finished.principalId, amr: finished.methods, acr: singleFactor })
  return true
}
