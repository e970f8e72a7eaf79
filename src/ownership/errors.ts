import { UserError } from '../errors.ts'

/** An offer of ownership is pending already: there is one at a time. */
export class OwnershipTransferPendingError extends UserError {
  readonly ownershipTransferId: string
  constructor(ownershipTransferId: string) {
    super('An offer of ownership is pending already. Cancel it first, or wait for its answer.')
    this.ownershipTransferId = ownershipTransferId
  }
}

/** The offer of ownership is no longer pending. */
export class OwnershipTransferClosedError extends UserError {
  readonly status: 'ACCEPTED' | 'DECLINED' | 'CANCELED' | 'EXPIRED'
  constructor(status: OwnershipTransferClosedError['status']) {
    super(`The offer of ownership is ${status.toLowerCase()}; nobody became an owner by this.`)
    this.status = status
  }
}
