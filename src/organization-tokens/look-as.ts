import type { Caller } from '../auth/actor.ts'
import type { Services } from '../context.ts'
import { openReadSession } from '../db/session.ts'
import { type Ask, createLoaders } from '../load.ts'
import type { OrganizationRow } from '../organizations/organization.loaders.ts'
import { slugSought } from '../organizations/slug.ts'

export type Looking = Pick<Services, 'config' | 'reads' | 'memory' | 'observe' | 'clock'>

/** An organization as a request names it. */
export type OrganizationName = { readonly id: string } | { readonly slug: string }

/** Reads, from one snapshot, what this principal sees as an active member: row-level security shows nothing else. */
export function lookAs<Found>(
  services: Looking,
  principalId: string,
  look: (ask: Ask) => Promise<Found>,
): Promise<Found> {
  // Kind and name are not known, nor asked for.
  const who = { kind: 'USER', id: principalId, displayName: '', emailKey: null, token: null } as const
  return lookAsCaller(services, { ...who, isConfiguredOperator: false }, look)
}

/** Reads, from one snapshot, what this caller sees, with the management permissions of now. @throws RequestError */
export async function lookAsCaller<Found>(
  { config, reads, memory, observe, clock }: Looking,
  caller: Caller,
  look: (ask: Ask) => Promise<Found>,
): Promise<Found> {
  const session = openReadSession(reads, caller, {
    ...{ prepare: config.preparedStatements, timeouts: config.databaseTimeouts, memory, observe },
  })
  try {
    const asker = { actor: await session.actor(), config, now: clock() }
    return await look({ ...asker, load: createLoaders(session, asker) })
  } finally {
    await session.close()
  }
}

/**
 * The organization where whoever looks is an active member; null for a stranger, the suspended, those who were removed,
 * and where there is no such organization. An operator sees organizations without being a member, deleted ones too.
 */
export async function activeIn({ load }: Ask, by: OrganizationName): Promise<Active | null> {
  const slug = 'slug' in by ? slugSought(by.slug) : null
  const organization =
    'id' in by
      ? await load.organizationById.load(by.id)
      : slug === null
        ? null
        : await load.organizationBySlug.load(slug)
  const membershipId = organization?.viewerMembershipId ?? null
  if (organization === null || membershipId === null || organization.deletedAt !== null) return null
  return { organization, membershipId }
}
interface Active {
  readonly organization: OrganizationRow
  readonly membershipId: string
}
