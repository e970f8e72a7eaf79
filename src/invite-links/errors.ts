import { UserError } from '../errors.ts'
import type { InviteLinkStatus } from './invite-link.entity.ts'

/** The link lets nobody in any more (LNK-2). */
export class InviteLinkClosedError extends UserError {
  readonly status: Exclude<InviteLinkStatus, 'ACTIVE'>
  constructor(status: InviteLinkClosedError['status']) {
    super(`The link is ${status === 'USED_UP' ? 'used up' : status.toLowerCase()}; nothing was changed.`)
    this.status = status
  }
}

/** The link is for addresses of certain domains, and the viewer's is of none of them (LNK-5). */
export class EmailDomainNotAllowedError extends UserError {
  constructor() {
    super('This link is not for your email address. Sign in with another, or ask whoever shared it.')
  }
}
