import { UserError } from '../errors.ts'

/** The organization owns as many machine applications as it may. */
export class ApplicationLimitReachedError extends UserError {
  readonly limit: number
  constructor(limit: number) {
    super(`An organization has at most ${limit} machine applications.`)
    this.limit = limit
  }
}

/** The application has as many secrets that work as it may. */
export class SecretLimitReachedError extends UserError {
  readonly limit: number
  constructor(limit: number) {
    super(`An application has at most ${limit} secrets that work: revoke one that is not needed.`)
    this.limit = limit
  }
}
