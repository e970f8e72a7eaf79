import { managementOf } from '../../management/management.ts'
import { type Looking, lookAs } from '../../organization-tokens/look-as.ts'
import { ssoMethod } from '../../sso/methods.ts'
import { isNamedOperator } from '../named-operator.ts'
import { ownIssuer } from '../own-issuer.ts'

/**
 * Whether an operator has come in through a connector. What they sign in with is not theirs to change then: with a passkey
 * of their own, a provider that a tenant chose would be an operator at the next sign-in (SSO-10).
 */
export async function isOperatorThrough(
  services: Looking,
  { accountId, amr = [] }: { readonly accountId: string; readonly amr?: readonly string[] | undefined },
): Promise<boolean> {
  if (!amr.includes(ssoMethod)) return false
  // An operator may be named as this issuer knows them, also before they are remembered by it.
  const named = { issuer: ownIssuer(services.config).issuer, subject: accountId, emailKey: null }
  if (isNamedOperator(services.config, named)) return true
  return lookAs(services, accountId, async ask => {
    const principal = await ask.load.principalById.load(accountId)
    return principal !== null && (await managementOf(ask, principal)).size > 0
  })
}
