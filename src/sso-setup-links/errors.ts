import { UserError } from '../errors.ts'
import type { SsoSetupLinkStatus } from './sso-setup-link.entity.ts'

/** The link is of no use any more. */
export class SsoSetupLinkClosedError extends UserError {
  readonly status: Exclude<SsoSetupLinkStatus, 'ACTIVE'>
  constructor(status: SsoSetupLinkClosedError['status']) {
    super(`The link is ${status.toLowerCase()}; nothing was changed.`)
    this.status = status
  }
}
