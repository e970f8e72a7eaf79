import type { Instant } from '../db/statement.ts'
import { UserError } from '../errors.ts'
import type { JoinRequestStatus } from './join-request.entity.ts'

/** The viewer has a pending request there already (REQ-3). */
export class AlreadyRequestedError extends UserError {
  readonly joinRequestId: string
  constructor(joinRequestId: string) {
    super('You have asked to join this organization; nobody has answered yet.')
    this.joinRequestId = joinRequestId
  }
}

/** The viewer was refused there lately (REQ-5). */
export class JoinRequestTooSoonError extends UserError {
  readonly retryAt: Instant
  constructor(retryAt: Instant) {
    super(`Your last request was refused. You can ask again from ${retryAt.slice(0, 16)} UTC.`)
    this.retryAt = retryAt
  }
}

/** The viewer has as many pending requests as one user may (REQ-4). */
export class JoinRequestLimitReachedError extends UserError {
  readonly limit: number
  constructor(limit: number) {
    super(
      `You have ${limit} pending requests; that is the most one user may have. Withdraw one, or wait for an answer.`,
    )
    this.limit = limit
  }
}

/** The request is no longer pending (REQ-6). */
export class JoinRequestClosedError extends UserError {
  readonly status: Exclude<JoinRequestStatus, 'PENDING'>
  constructor(status: JoinRequestClosedError['status']) {
    super(`The request is ${status.toLowerCase()}; nothing was changed.`)
    this.status = status
  }
}
