import { notFound } from '../auth/policy.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import type { Ask } from '../load.ts'
import { alreadyThere } from '../members/join.ts'
import { membershipOf } from '../members/offer.ts'
import { slugSought } from '../organizations/slug.ts'
import { blockedDomainOf } from '../users/blocked-domain.ts'
import type { SuggestionRow } from './jit-provisioning.loaders.ts'
import { provision } from './provision.ts'

/** Where the viewer may come to by their address, full ones too; nowhere at a blocked domain (INV-17). */
export async function suggestionsFor({ actor, config, load }: Ask): Promise<readonly SuggestionRow[]> {
  if (actor.kind !== 'USER' || actor.emailKey === null) return []
  if (blockedDomainOf(actor.emailKey, config.blockedEmailDomains) !== null) return []
  return load.suggestedOrganizations()
}

/** The suggested organization of this slug, or one where the viewer is a member already. */
export async function findSuggested(ask: Ask, { slug }: { slug: string }) {
  const wanted = slugSought(slug)
  if (wanted === null || ask.actor.kind !== 'USER') return null
  const suggestion = (await suggestionsFor(ask)).find(one => one.slug === wanted)
  if (suggestion !== undefined) return { organizationId: suggestion.organizationId, suggestion }
  // Whoever has become a member since the transaction began does not see the organization yet.
  const id = await ask.load.joinableOrganization.load(wanted)
  return id === null ? null : { organizationId: id, suggestion: null }
}

const wayOf = statement('jit_way_of_viewer', 'select domain from tenantry_jit_ways($2, $3) where organization_id = $1')

/**
 * Makes the viewer a member where that is suggested to them (JIT-5).
 * @throws AlreadyMemberError, SeatLimitReachedError
 */
export async function joinSuggestedOrganization(tx: Tx, organizationId: string) {
  const { actor } = tx
  if (actor.kind !== 'USER') throw notFound('suggested organization')
  const member = await membershipOf(tx, organizationId, actor.id)
  if (member !== undefined) throw alreadyThere(tx, member)
  const [way] = await tx.rows<{ domain: string | null }>(wayOf, [organizationId, actor.emailKey, actor.id])
  if (way === undefined) throw notFound('suggested organization')
  const { domain } = way
  const origin = domain === null ? 'SSO' : 'EMAIL_DOMAIN'
  const through = { organizationId, ...(domain !== null && { emailDomain: domain }) }
  const [joined] = await provision(tx, { principalId: actor.id, origin, addedBy: null }, [through])
  if (joined === undefined || joined instanceof Error) throw joined ?? notFound('suggested organization')
  return { membershipId: joined.id }
}
