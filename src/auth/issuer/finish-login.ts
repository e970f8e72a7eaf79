import { isThirdParty } from './clients.ts'
import { admitted, type SignedIn } from './sso-gate.ts'
import type { Step } from './step.ts'

/**
 * Signs somebody in, and goes on with what the product asked for; every method ends here. Whoever has to sign in through
 * a connector, and did not, is refused (SSO-5).
 */
export async function finishLogin(step: Step, { accountId, amr, acr }: SignedIn): Promise<void> {
  const { provider, client, request, response } = step
  if (!(await admitted(step, { accountId, amr, acr }))) return
  const login = { accountId, amr: [...amr], acr, remember: true }
  // Who has just signed in for a program on their device has been asked enough.
  const isAsked = client.applicationType === 'native' && !isThirdParty(client)
  await provider.interactionFinished(request, response, { login, ...(isAsked && { consent: {} }) })
}
