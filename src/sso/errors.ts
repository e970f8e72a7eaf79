import { UserError } from '../errors.ts'

/** The provider cannot be used with these settings: it was asked, and the message says what came of it (SSO-1). */
export class SsoConfigurationError extends UserError {
  override readonly isSuspicious: boolean
  /** @param isSuspicious for addresses that lead where nobody may have us go, and documents that attack their reader (SSO-7) */
  constructor(message: string, isSuspicious = false) {
    super(message)
    this.isSuspicious = isSuspicious
  }
}

/** Requiring the connector would leave nobody who could come in, or is of no use yet (SSO-5). */
export class SsoLockoutError extends UserError {
  readonly reason: SsoLockoutReason
  constructor(reason: SsoLockoutReason) {
    super(
      reason === 'NOT_USABLE'
        ? 'A connector can be required once it is switched on and tested: test it, switch it on, and require it then.'
        : 'No owner has signed in through this connector, and none may do without it: sign in through it first, or allow it by setBreakGlass.',
    )
    this.reason = reason
  }
}
export type SsoLockoutReason = 'NOT_USABLE' | 'NO_OWNER'

/** Somebody has no second factor, and needs one for what is asked. */
export class SecondFactorMissingError extends UserError {
  readonly isViewer: boolean
  constructor(isViewer: boolean) {
    super(
      isViewer
        ? 'Set a second factor or a passkey up first, at /oidc/account.'
        : 'This member has neither a second factor nor a passkey: they set one up at /oidc/account.',
    )
    this.isViewer = isViewer
  }
}
