/** Each thing that keeps metadata of an identity provider from being used, in words for the customer's IT. */
const messages = {
  TOO_LARGE: 'The metadata is too large. Give that of one identity provider, not of a whole federation.',
  XML_MALFORMED: 'The metadata is not well-formed XML in UTF-8.',
  XML_FORBIDDEN: 'The metadata has a document type or a processing instruction. Neither is accepted.',
  NOT_METADATA: 'This is no SAML 2.0 metadata: its root is not an EntityDescriptor.',
  IDENTITY_PROVIDER_MISSING: 'The metadata describes no SAML 2.0 identity provider (IDPSSODescriptor).',
  SEVERAL_IDENTITY_PROVIDERS: 'The metadata describes several identity providers. Give that of one.',
  ENTITY_ID_MISSING: 'The metadata has no entityID, or a longer one than 1024 characters.',
  VALIDITY_UNCLEAR: 'The metadata has a validUntil that is no time.',
  EXPIRED: 'The metadata is past its validUntil. Get it from the identity provider anew.',
  SIGN_IN_URL_MISSING: 'The metadata has no SingleSignOnService with the binding HTTP-Redirect or HTTP-POST.',
  SIGN_IN_URL_NOT_HTTPS: 'The address of the SingleSignOnService must start with https://, without credentials.',
  CERTIFICATE_MISSING: 'The metadata has no certificate for signing (KeyDescriptor with an X509Certificate).',
  CERTIFICATE_INVALID: 'A certificate in the metadata cannot be read.',
  CERTIFICATE_UNUSABLE: 'No certificate for signing has an RSA key of at least 2048 bits.',
  TOO_MANY_CERTIFICATES: 'The metadata has more than 10 certificates for signing.',
} as const

export type MetadataFault = keyof typeof messages

/** Metadata cannot be used; the message says what is missing. */
export class MetadataError extends Error {
  override readonly name = 'MetadataError'
  readonly reason: MetadataFault
  /** Whether it looks like an attack on whoever reads it. */
  readonly isSuspicious: boolean
  constructor(reason: MetadataFault) {
    super(messages[reason])
    this.reason = reason
    this.isSuspicious = reason === 'XML_FORBIDDEN' || reason === 'TOO_LARGE'
  }
}
