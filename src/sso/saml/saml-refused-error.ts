/** Each reason why a SAML response is refused. What stands after the text is what was found, where that helps. */
const messages = {
  TOO_LARGE: 'The SAML response is larger than is accepted.',
  NOT_BASE64: 'The SAML response is not base64 text.',
  XML_MALFORMED: 'The SAML response is not well-formed XML in UTF-8.',
  XML_FORBIDDEN: 'The SAML response has XML that is never accepted.',
  NOT_A_RESPONSE: 'This is no SAML 2.0 response.',
  STRUCTURE_FORBIDDEN: 'The SAML response has elements where they are not allowed, as in signature wrapping.',
  STATUS_NOT_SUCCESS: 'The identity provider did not sign the user in.',
  ASSERTION_MISSING: 'The SAML response has no assertion.',
  SEVERAL_ASSERTIONS: 'The SAML response has more than one assertion.',
  ASSERTION_UNSIGNED: 'The assertion is not signed. A signature of the response alone is not enough.',
  ALGORITHM_FORBIDDEN: 'A signature uses an algorithm that is not accepted. RSA with SHA-256 or SHA-512 is.',
  SIGNATURE_INVALID: 'A signature is not one of the identity provider: none of its certificates fits.',
  NOT_ENCRYPTED_FOR_US: 'The assertion is encrypted, and this connector has no key to decrypt with.',
  DECRYPTION_FAILED:
    'The encrypted assertion could not be decrypted and verified. Why is not told: it would help to guess.',
  ISSUER_MISMATCH: 'The response is not of the identity provider of this connector.',
  DESTINATION_MISMATCH: 'The response was made for another address.',
  RECIPIENT_MISMATCH: 'The assertion was made for another address.',
  AUDIENCE_MISMATCH: 'The assertion was made for another service.',
  CONDITIONS_UNKNOWN: 'The assertion is bound to conditions that are not understood.',
  CONFIRMATION_MISSING: 'The assertion has no confirmation of its bearer, or more than one.',
  TIMES_UNCLEAR: 'The assertion does not say in UTC until when it is valid.',
  VALID_TOO_LONG: 'The assertion is valid for more than a day. Have the identity provider make it valid for minutes.',
  NOT_YET_VALID: 'The assertion is not valid yet. Is the clock of the identity provider right?',
  EXPIRED: 'The assertion is no longer valid.',
  UNSOLICITED:
    'The response answers no request, and this connector does not allow sign-in that starts at the provider.',
  REQUEST_MISMATCH: 'The response does not answer the request of this sign-in.',
  AUTHENTICATION_MISSING: 'The assertion does not say how and when the user signed in.',
  SUBJECT_MISSING: 'The assertion names no user.',
  SUBJECT_NOT_STABLE:
    'The name of the user (NameID) is a transient one: the next sign-in would not know the user again.',
  ATTRIBUTE_AMBIGUOUS: 'The assertion has several values where the user has one.',
  REPLAYED: 'The assertion was used before.',
} as const

export type SamlRefusal = keyof typeof messages

/** A SAML response is refused. The message is fit for an audit entry; to the user, every reason is the same. */
export class SamlRefusedError extends Error {
  override readonly name = 'SamlRefusedError'
  readonly reason: SamlRefusal
  /** @param found what the response has there; cut, since whoever sent it chose it */
  constructor(reason: SamlRefusal, found?: string | null) {
    super(found ? `${messages[reason]} Found: ${shown(found)}` : messages[reason])
    this.reason = reason
  }
}

const longest = 200

function shown(found: string): string {
  const line = found.replace(/[\p{C}\p{Z}]+/gu, ' ').trim()
  return JSON.stringify(line.length > longest ? `${line.slice(0, longest)}…` : line)
}
