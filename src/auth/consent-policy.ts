/** Who answers for what was consented to. A part of policy.ts, under the same laws. */
import { RequestError } from '../errors.ts'
import type { Ask } from '../load.ts'
import { inPerson, notFound, signedIn, type Verdict } from './policy.ts'
import { standingIn } from './standing.ts'

/** What somebody consented to in an organization is seen and ended by themselves, as a person, while they are an active member there (TOK-6). */
export async function endConsent(ask: Ask, organizationId: string): Promise<Verdict> {
  const standing = await standingIn(ask, organizationId)
  if (standing === null || standing.organization.deletedAt !== null) return signedIn(ask) ?? notFound('organization')
  return standing.organization.viewerMembershipId === null
    ? new RequestError('FORBIDDEN', 'You are no active member here.')
    : inPerson(ask)
}
