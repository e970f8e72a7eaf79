import { UserError } from '../errors.ts'

/** A role permits more than operators let just-in-time provisioning give (JIT-7). */
export class JitCeilingExceededError extends UserError {
  readonly beyond: readonly string[]
  /** @param beyond ids of the permissions beyond the ceiling */
  constructor(beyond: readonly string[]) {
    super(
      'These roles permit more than may be given to whoever signs in. Name others, or have whoever runs this gateway raise the ceiling.',
    )
    this.beyond = beyond
  }
}
