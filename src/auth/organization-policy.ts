/** The rules of what operators do with organizations, and of deleted ones: a part of policy.ts, under the same laws. */
import type { Ask } from '../load.ts'
import { manages as actorManages } from './actor.ts'
import { inPerson, manages, notFound, signedIn, type Verdict } from './policy.ts'
import { standingIn } from './standing.ts'

/** The seats of an organization may be limited by operators with organizations:write, unless it is deleted (MEM-3). */
export async function setSeatLimit(ask: Ask, organizationId: string): Promise<Verdict> {
  const standing = await standingIn(ask, organizationId)
  if (standing === null || standing.organization.deletedAt !== null) return signedIn(ask) ?? notFound('organization')
  return manages(ask, 'organizations:write')
}

/** What just-in-time provisioning may give at most is said by operators with organizations:write, unless the organization is deleted (JIT-7). */
export async function setJitCeiling(ask: Ask, organizationId: string): Promise<Verdict> {
  return setSeatLimit(ask, organizationId)
}

/** A deleted organization may be restored, until its time is over, by operators with organizations:write, and by its owners where the configuration lets them (ORG-6). */
export async function restoreOrganization(ask: Ask, organizationId: string): Promise<Verdict> {
  const found = await ask.load.restorableOrganizationById.load(organizationId)
  const isOwners = found?.isOwn === true && ask.config.ownersRestore
  const isSeen = found !== null && (isOwners || actorManages(ask.actor, 'organizations:read'))
  if (!isSeen) return signedIn(ask) ?? notFound('deleted organization')
  return isOwners ? inPerson(ask) : manages(ask, 'organizations:write')
}

/** A deleted organization may be purged before its time by operators with organizations:write (ORG-6). */
export async function purgeOrganization(ask: Ask, organizationId: string): Promise<Verdict> {
  const standing = await standingIn(ask, organizationId)
  if (standing === null || standing.organization.deletedAt === null)
    return signedIn(ask) ?? notFound('deleted organization')
  return manages(ask, 'organizations:write')
}
