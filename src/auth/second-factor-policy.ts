/** Who takes a second factor away. A part of policy.ts, under the same laws. */
import { RequestError } from '../errors.ts'
import type { Ask } from '../load.ts'
import { deleteUser } from './membership-policy.ts'
import type { Verdict } from './policy.ts'

/** The second factor of a user may be taken away by who may delete the user; their own, by nobody without the factor. */
export async function removeSecondFactor(ask: Ask, userId: string): Promise<Verdict> {
  if (ask.actor.kind === 'ANONYMOUS' || ask.actor.id !== userId) return deleteUser(ask, userId)
  return new RequestError('FORBIDDEN', 'Remove your own where you sign in: it takes the factor, or a recovery code.')
}
