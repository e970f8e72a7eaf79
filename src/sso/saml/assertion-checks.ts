import { SamlRefusedError } from './saml-refused-error.ts'
import { attributeOf, childrenNamed, childrenOf, textOf } from './xml.ts'

/** By how much the provider's clock and ours may differ. */
export const clockSkewMs = 60_000

const longestMs = 24 * 3_600_000

/** What an assertion is held against. */
export interface Expected {
  readonly issuer: string
  readonly audience: string
  readonly acsUrl: string
  /** The ID of the request that is answered; null when there was none. */
  readonly requestId: string | null
  readonly now: Date
}

/** The response and the assertion are of the provider that the connector is for. */
export function checkIssuers(response: Element, assertion: Element, { issuer }: Expected): void {
  const [own, ...others] = childrenNamed(response, 'assertion', 'Issuer').map(textOf)
  const [stated, ...more] = childrenNamed(assertion, 'assertion', 'Issuer').map(textOf)
  // The response may leave it out when it is not signed (core, section 3.2.2); the assertion never.
  if (others.length > 0 || more.length > 0 || (own !== undefined && own?.trim() !== issuer))
    throw new SamlRefusedError('ISSUER_MISMATCH', own)
  if (stated?.trim() !== issuer) throw new SamlRefusedError('ISSUER_MISMATCH', stated)
}

/** The assertion is for us, and now. What binds it to more is not understood, and so not fulfilled (core, section 2.5.1). */
export function checkConditions(assertion: Element, { audience, now }: Expected): void {
  const [conditions, ...others] = childrenNamed(assertion, 'assertion', 'Conditions')
  if (others.length > 0) throw new SamlRefusedError('CONDITIONS_UNKNOWN')
  const restrictions = conditions === undefined ? [] : childrenNamed(conditions, 'assertion', 'AudienceRestriction')
  if (conditions === undefined || restrictions.length === 0) throw new SamlRefusedError('AUDIENCE_MISMATCH')
  const known = new Set(['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction'])
  const unknown = childrenOf(conditions).find(({ localName }) => !known.has(localName))
  if (unknown !== undefined) throw new SamlRefusedError('CONDITIONS_UNKNOWN', unknown.localName)
  for (const restriction of restrictions) {
    const audiences = childrenNamed(restriction, 'assertion', 'Audience').map(one => textOf(one)?.trim() ?? '')
    if (!audiences.includes(audience)) throw new SamlRefusedError('AUDIENCE_MISMATCH', audiences.join(' '))
  }
  checkTimes(conditions, now)
}

/**
 * Whoever brings the assertion may: it was made for this address and as the answer to this request.
 * @returns until when it counts
 */
export function checkConfirmation(assertion: Element, { acsUrl, requestId, now }: Expected): Date {
  const [data, ...others] = childrenNamed(assertion, 'assertion', 'Subject')
    .flatMap(subject => childrenNamed(subject, 'assertion', 'SubjectConfirmation'))
    .filter(confirmation => attributeOf(confirmation, 'Method') === 'urn:oasis:names:tc:SAML:2.0:cm:bearer')
    .map(confirmation => childrenNamed(confirmation, 'assertion', 'SubjectConfirmationData')[0])
  if (data === undefined || others.length > 0) throw new SamlRefusedError('CONFIRMATION_MISSING')
  const recipient = attributeOf(data, 'Recipient')
  if (recipient !== acsUrl) throw new SamlRefusedError('RECIPIENT_MISMATCH', recipient)
  checkRequest(attributeOf(data, 'InResponseTo'), requestId)
  const end = checkTimes(data, now)
  if (end === null) throw new SamlRefusedError('TIMES_UNCLEAR')
  // For so long has to be kept that it was used.
  if (end.getTime() - now.getTime() > longestMs) throw new SamlRefusedError('VALID_TOO_LONG')
  return end
}

/** What is answered is the request of this sign-in; where there was none, nothing. */
export function checkRequest(inResponseTo: string | null, requestId: string | null): void {
  if (inResponseTo === requestId) return
  throw new SamlRefusedError('REQUEST_MISMATCH', inResponseTo)
}

/** How and in which session the user signed in. */
export interface Authentication {
  readonly sessionIndex: string | null
  readonly contextClass: string | null
}

export function authenticationOf(assertion: Element, now: Date): Authentication {
  const [statement] = childrenNamed(assertion, 'assertion', 'AuthnStatement')
  if (statement === undefined) throw new SamlRefusedError('AUTHENTICATION_MISSING')
  const end = timeOf(statement, 'SessionNotOnOrAfter')
  if (end !== null && isPast(end, now))
    throw new SamlRefusedError('EXPIRED', attributeOf(statement, 'SessionNotOnOrAfter'))
  const [reference] = childrenNamed(statement, 'assertion', 'AuthnContext').flatMap(context =>
    childrenNamed(context, 'assertion', 'AuthnContextClassRef'),
  )
  const contextClass = reference === undefined ? null : (textOf(reference)?.trim() ?? null)
  return { sessionIndex: attributeOf(statement, 'SessionIndex'), contextClass: contextClass || null }
}

/** @returns the end, null when there is none */
function checkTimes(element: Element, now: Date): Date | null {
  const begin = timeOf(element, 'NotBefore')
  const end = timeOf(element, 'NotOnOrAfter')
  if (begin !== null && now.getTime() + clockSkewMs < begin.getTime())
    throw new SamlRefusedError('NOT_YET_VALID', attributeOf(element, 'NotBefore'))
  if (end !== null && isPast(end, now)) throw new SamlRefusedError('EXPIRED', attributeOf(element, 'NotOnOrAfter'))
  return end
}

const isPast = (end: Date, now: Date) => now.getTime() - clockSkewMs >= end.getTime()

/** Times are in UTC (core, section 1.3.3); another form is a guess at best. */
function timeOf(element: Element, name: string): Date | null {
  const text = attributeOf(element, name)
  if (text === null) return null
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(text) ? new Date(text) : null
  if (time === null || Number.isNaN(time.getTime())) throw new SamlRefusedError('TIMES_UNCLEAR', text)
  return time
}
