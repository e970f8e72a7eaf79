import { UniqueConstraintViolationException } from '@mikro-orm/postgresql'
import { changesOf } from '../audit/changes.ts'
import { manages } from '../auth/actor.ts'
import { type CustomDataChange, nextData, refuseLargeData } from '../custom-data.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { lapseDomainsOf } from '../email-domains/transitions.ts'
import {
  InvalidInputError,
  OrganizationLimitReachedError,
  RequestError,
  SlugTakenError,
  StaleVersionError,
} from '../errors.ts'
import { newId } from '../ids.ts'
import { join } from '../members/join.ts'
import { ownerRoleId } from '../members/owners.ts'
import { type JsonObject, Organization } from './organization.entity.ts'
import { numbered, slugFrom } from './slug.ts'
import { isSlugFree, keepFormerSlug } from './slug-history.ts'

export interface CreateOrganization {
  name: string
  slug?: string | null | undefined
  description?: string | null | undefined
  logoUrl?: string | null | undefined
  primaryColor?: string | null | undefined
  customData?: JsonObject | null | undefined
  /** For an operator: the user who becomes the owner in the operator's place (ORG-3). */
  ownerId?: string | null | undefined
}

const insert = statement(
  'insert_organization',
  `insert into organization (id, slug, name, description, logo_url, primary_color, custom_data, created_by, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (slug) do nothing returning id`,
)
const lockCreator = statement('lock_creator', 'select id from principal where id = $1 for no key update')
const created = statement('count_created_organizations', 'select tenantry_created_organizations($1) as count')

/** Creates an organization with its owner (ORG-3). The name makes the slug when none is given. */
export async function createOrganization(tx: Tx, input: CreateOrganization) {
  const ownerId = await ownerOf(tx, input)
  if (!manages(tx.actor, 'organizations:write')) await withinLimit(tx, ownerId)
  const id = newId(tx.now)
  await tx.enter(id)
  const slug = await insertWithSlug(tx, id, input)
  const membership = await join(tx, {
    organizationId: id,
    principalId: ownerId,
    origin: ownerId === tx.actorId ? 'CREATION' : 'OPERATOR',
    addedBy: tx.actorId,
    roleIds: [await ownerRoleId(tx)],
    ceiling: 'NONE',
  })
  const changes = changesOf({}, { name: input.name, slug, description: input.description })
  tx.record({
    organizationId: id,
    action: 'ORGANIZATION_CREATED',
    target: { type: 'Organization', id, label: input.name },
    changes,
  })
  tx.emit(id, 'ORGANIZATION_CREATED', { organizationId: id, slug, ownerId })
  return { organizationId: id, membershipId: membership.id }
}

/** Who becomes the owner: always a person, so a machine that acts as operator has to name one. */
async function ownerOf(tx: Tx, input: CreateOrganization): Promise<string> {
  const id = input.ownerId ?? tx.actorId ?? ''
  const owner = await tx.load.principalById.load(id)
  if (owner?.kind === 'USER') return id
  const message = input.ownerId == null ? 'Name the user who becomes the owner.' : 'There is no user with this id.'
  throw new InvalidInputError([{ path: ['input', 'ownerId'], message }])
}

async function withinLimit(tx: Tx, userId: string): Promise<void> {
  const limit = tx.config.organizationLimitPerUser
  // Two creations of one user come one after the other, so that neither slips past the count of the other.
  await tx.rows(lockCreator, [userId])
  const [row] = await tx.rows<{ count: number }>(created, [userId])
  if (row !== undefined && row.count >= limit) throw new OrganizationLimitReachedError(limit)
}

async function insertWithSlug(tx: Tx, id: string, input: CreateOrganization): Promise<string> {
  const wanted = input.slug ?? slugFrom(input.name)
  // A slug that the client did not choose gives way to one close to it; one that it chose is refused.
  const candidates = input.slug == null ? [wanted, numbered(wanted), numbered(wanted)] : [wanted]
  refuseLargeData(input.customData ?? {})
  for (const slug of candidates) {
    const { name, description, logoUrl, primaryColor, customData } = input
    const values = [
      id,
      slug,
      name,
      description,
      logoUrl,
      primaryColor,
      JSON.stringify(customData ?? {}),
      tx.actorId,
      tx.now,
    ]
    if (!(await isSlugFree(tx, slug))) continue
    const rows = await tx.rows(
      insert,
      values.map(value => value ?? null),
    )
    if (rows.length > 0) return slug
  }
  throw slugTaken(wanted)
}

const slugTaken = (slug: string) => new SlugTakenError(slug, numbered(slug))

export interface UpdateOrganization {
  organizationId: string
  expectedVersion?: number | null | undefined
  name?: string | null | undefined
  slug?: string | null | undefined
  description?: string | null | undefined
  logoUrl?: string | null | undefined
  primaryColor?: string | null | undefined
  customData?: CustomDataChange | null | undefined
}

/** Changes what the input names; what it leaves out stays (ORG-5). */
export async function updateOrganization(tx: Tx, input: UpdateOrganization) {
  const id = input.organizationId
  const before = await tx.em.findOneOrFail(Organization, { id })
  if (input.expectedVersion != null && input.expectedVersion !== before.version) throw new StaleVersionError(id)
  const wanted = {
    ...(input.name != null && { name: input.name }),
    ...(input.slug != null && { slug: input.slug }),
    ...(input.description !== undefined && { description: input.description }),
    ...(input.logoUrl !== undefined && { logoUrl: input.logoUrl }),
    ...(input.primaryColor !== undefined && { primaryColor: input.primaryColor }),
    ...(input.customData != null && { customData: nextData(before.customData, input.customData) }),
  }
  const changes = changesOf(before, wanted)
  if (changes.length === 0) return { organizationId: id }
  const { slug = before.slug } = wanted
  if (slug !== before.slug && !(await isSlugFree(tx, slug))) throw slugTaken(slug)
  await write(tx, id, { ...wanted, version: before.version + 1 })
  if (slug !== before.slug) await keepFormerSlug(tx, id, before.slug)
  tx.record({
    organizationId: id,
    action: 'ORGANIZATION_UPDATED',
    target: { type: 'Organization', id, label: input.name ?? before.name },
    changes,
  })
  tx.emit(id, 'ORGANIZATION_UPDATED', { organizationId: id, fields: changes.map(change => change.field) })
  return { organizationId: id }
}

async function write(tx: Tx, id: string, data: Partial<Organization>): Promise<void> {
  try {
    await tx.em.nativeUpdate(Organization, { id }, data)
  } catch (error) {
    // Somebody else took it at this moment.
    const isTaken = error instanceof UniqueConstraintViolationException && data.slug !== undefined
    throw isTaken ? slugTaken(data.slug ?? '') : error
  }
}

/** Deletes an organization softly: nobody but operators sees it from here on, and its slug stays taken (ORG-6). */
export async function deleteOrganization(tx: Tx, input: { organizationId: string }) {
  const id = input.organizationId
  const { name, deletedAt, version } = await tx.em.findOneOrFail(Organization, { id })
  if (deletedAt !== null) throw new RequestError('NOT_FOUND', 'The organization is deleted already.')
  const purgesAt = new Date(tx.now.getTime() + tx.config.restoreDays * 86_400_000)
  await tx.em.nativeUpdate(Organization, { id }, { deletedAt: tx.now, purgesAt, version: version + 1 })
  await lapseDomainsOf(tx, id)
  tx.record({ organizationId: id, action: 'ORGANIZATION_DELETED', target: { type: 'Organization', id, label: name } })
  tx.emit(id, 'ORGANIZATION_DELETED', { organizationId: id })
  return { deletedOrganizationId: id }
}
