import { multiFactor } from '../auth/issuer/acr.ts'
import { isThrough, showsFactor, ssoMethod } from '../sso/methods.ts'
import type { SignInMethod } from './sign-in-policy.entity.ts'
import type { SignInPolicyRow } from './sign-in-policy.loaders.ts'

/** What a sign-in has shown of the person: when, by which methods (RFC 8176 amr), at which acr, and to which issuer. */
export interface Authentication {
  /** Null where nobody says when. */
  readonly at: Date | null
  readonly methods: readonly string[]
  readonly acr: string | null
  readonly issuer: string
}

/** What a sign-in lacks; null when it meets the policy. */
export type Missing = 'METHOD' | 'MFA' | 'SESSION' | null

/** Clocks of issuers are not ours: what is said to have happened this far ahead has happened now. */
const AHEAD_MILLISECONDS = 60_000

/** By which authentication context classes issuers say that there was more than one factor. */
const multiFactorClasses = new Set([
  multiFactor,
  // OpenID Connect Extended Authentication Profile, section 3: resistant to phishing, by hardware or not.
  'phr',
  'phrh',
  'http://schemas.openid.net/pape/policies/2007/06/multi-factor',
  'https://refeds.org/profile/mfa',
])

/**
 * Whether a sign-in meets what an organization asks (the order is that in which a person can do something about it: by
 * another method, with a second factor, anew). Of a sign-in that is not known it is known that it does not.
 */
export function missingIn(
  policy: SignInPolicyRow,
  authentication: Authentication | null,
  at: { readonly now: Date; readonly builtInIssuer: string; readonly connectorIds: readonly string[] },
): Missing {
  const { now, builtInIssuer, connectorIds } = at
  const methods = authentication === null ? [] : methodsOf(authentication, builtInIssuer, connectorIds)
  if (policy.allowedMethods.length > 0 && !methods.some(method => policy.allowedMethods.includes(method)))
    return 'METHOD'
  if (policy.requiresMfa && !isMultiFactor(authentication, at)) return 'MFA'
  if (policy.maxSessionMinutes === null) return null
  return secondsLeft(policy, authentication, now) > 0 ? null : 'SESSION'
}

/** For how long the sign-in still meets the policy; without end where the policy names none. */
export function secondsLeft(policy: SignInPolicyRow, authentication: Authentication | null, now: Date): number {
  if (policy.maxSessionMinutes === null) return Number.POSITIVE_INFINITY
  if (authentication === null || authentication.at === null) return 0
  const age = now.getTime() - authentication.at.getTime()
  // NaN, too: a time that is none is not recent.
  if (!(age >= -AHEAD_MILLISECONDS)) return 0
  return Math.floor((policy.maxSessionMinutes * 60_000 - Math.max(age, 0)) / 1000)
}

/** By which methods one signed in. What happened at another issuer is that issuer's matter: one method, whatever it says. */
function methodsOf(
  { issuer, methods }: Authentication,
  builtInIssuer: string,
  connectorIds: readonly string[],
): SignInMethod[] {
  if (issuer !== builtInIssuer) return ['EXTERNAL']
  // What was shown at the provider of another organization is no method of this one.
  if (methods.includes(ssoMethod)) return isThrough(methods, connectorIds) ? ['SSO'] : []
  const isByMail = methods.includes('email') || methods.includes('otp')
  const isByKey = methods.some(method => ['hwk', 'swk', 'pop'].includes(method))
  return [...(isByMail ? (['EMAIL_CODE'] as const) : []), ...(isByKey ? (['PASSKEY'] as const) : [])]
}

/** What was shown here or at a trusted issuer counts everywhere, what was shown at a provider for who uses its connector. */
function isMultiFactor(
  authentication: Authentication | null,
  { builtInIssuer, connectorIds }: { readonly builtInIssuer: string; readonly connectorIds: readonly string[] },
): boolean {
  if (authentication === null) return false
  const { issuer, methods } = authentication
  return saysMultiFactor(authentication) || (issuer === builtInIssuer && showsFactor(methods, connectorIds))
}

/** RFC 8176, section 2: `mfa` says it; so do classes by which issuers agree on it. */
export function saysMultiFactor({ methods, acr }: Pick<Authentication, 'methods' | 'acr'>): boolean {
  return methods.includes('mfa') || (acr !== null && multiFactorClasses.has(acr))
}
