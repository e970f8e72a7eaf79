/** Which sign-ins count for an address whose organization requires a connector: a part of policy.ts, under the same laws. */
import { RequestError } from '../errors.ts'
import { type Authentication, saysMultiFactor } from '../sign-in-policy/meets.ts'
import { isThrough } from '../sso/methods.ts'
import type { RequiredSso } from '../sso/required.ts'
import type { Verdict } from './policy.ts'

/** What a sign-in has shown, as far as a required connector asks. */
export type Shown = Pick<Authentication, 'issuer' | 'methods' | 'acr'>

/** What a sign-in is to a required connector; see `signInUnder`. */
export type UnderRequiredSso = 'FREE' | 'THROUGH' | 'BREAK_GLASS' | 'FACTOR_MISSING' | 'REFUSED'

/**
 * A sign-in with an address whose organization requires a connector counts when it went through that connector, or when an
 * owner who may break the glass showed a second factor here (SSO-5). Every flow asks this, and nothing else.
 */
export function signInUnder(
  required: RequiredSso | null,
  shown: Shown | null,
  builtInIssuer: string,
): UnderRequiredSso {
  if (required === null) return 'FREE'
  // What another issuer says of methods is its own matter: it names no connector of this gateway.
  if (shown === null || shown.issuer !== builtInIssuer) return 'REFUSED'
  if (isThrough(shown.methods, [required.connectorId])) return 'THROUGH'
  if (!required.isBreakGlass) return 'REFUSED'
  return saysMultiFactor(shown) ? 'BREAK_GLASS' : 'FACTOR_MISSING'
}

/** Whether such a sign-in gets tokens, and is answered at the gateway. */
export const isAccepted = (under: UnderRequiredSso) => under !== 'REFUSED' && under !== 'FACTOR_MISSING'

/** A token is of use at the gateway unless its sign-in passed by a required connector (SSO-5). */
export function useToken(required: RequiredSso | null, shown: Shown | null, builtInIssuer: string): Verdict {
  if (required === null || isAccepted(signInUnder(required, shown, builtInIssuer))) return null
  return new RequestError(
    'UNAUTHENTICATED',
    'The organization of your email address requires its own sign-in: sign in through it.',
    { reason: 'SSO_REQUIRED', connectorNames: [required.connectorName] },
  )
}
