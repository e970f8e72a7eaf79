/** Each reason why a request is not made, or its answer not taken, with what people are told. */
const messages = {
  URL_INVALID: 'This is not a web address.',
  NOT_HTTPS: 'The address must start with https://.',
  CREDENTIALS_IN_URL: 'The address must not have a user name or password in it.',
  PORT_NOT_ALLOWED: 'The port must be 443, or 1024 or higher.',
  // One text for a name that nobody knows, one of our own network, and a failing name server: what is in there is not told.
  HOST_NOT_PUBLIC: 'The host of the address has no public IP address, or not only public ones.',
  REDIRECT_REFUSED: 'The server redirects where this request must not go.',
  TOO_MANY_REDIRECTS: 'The server redirects too often.',
  TIMED_OUT: 'The server took too long to answer.',
  TOO_LARGE: 'The answer of the server is too large.',
  CERTIFICATE_NOT_TRUSTED: 'The TLS certificate of the server is not valid for this address.',
  NO_ANSWER: 'The server could not be reached, or did not answer as a web server does.',
} as const

/** What a provider does not do, and who tries to reach our network does. */
const suspicious = new Set<OutsideRequestReason>([
  ...(['NOT_HTTPS', 'CREDENTIALS_IN_URL', 'PORT_NOT_ALLOWED', 'HOST_NOT_PUBLIC'] as const),
  ...(['REDIRECT_REFUSED', 'TOO_MANY_REDIRECTS', 'TOO_LARGE'] as const),
])

export type OutsideRequestReason = keyof typeof messages

/** A request to an address that a tenant gave was refused, or failed. The message is fit for that tenant. */
export class OutsideRequestError extends Error {
  override readonly name = 'OutsideRequestError'
  readonly reason: OutsideRequestReason
  /** Whether it looks like an attack on our network. */
  readonly isSuspicious: boolean
  constructor(reason: OutsideRequestReason, options?: ErrorOptions) {
    super(messages[reason], options)
    this.reason = reason
    this.isSuspicious = suspicious.has(reason)
  }
}
