import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'

/** How many former slugs lead to an organization at most, so that renaming is no way to take slugs away from everybody. */
const mostFormer = 10

const isFree = statement('slug_is_free', 'select tenantry_slug_is_free($1, $2) as "isFree"')
const leave = statement(
  'leave_slug',
  `update organization_slug set leads_until = $3 where organization_id = $1 and slug = $2`,
)
const forget = statement(
  'forget_slugs',
  `delete from organization_slug where organization_id = $1 and (leads_until <= $2 or slug in (
     select slug from organization_slug where organization_id = $1 and leads_until is not null
     order by leads_until desc, slug offset ${mostFormer}))`,
)

/**
 * Whether the organization in which the transaction acts can have a slug: nobody else has it, nor had it so lately that
 * it still leads to them. Only the unique key knows of others who take it at this moment (ORG-1).
 */
export async function isSlugFree(tx: Tx, slug: string): Promise<boolean> {
  const [row] = await tx.rows<{ isFree: boolean }>(isFree, [slug, tx.now])
  return row?.isFree === true
}

/** Lets a slug that the organization had until now lead to it for a while (ORG-1). */
export async function keepFormerSlug(tx: Tx, organizationId: string, slug: string): Promise<void> {
  const until = new Date(tx.now.getTime() + tx.config.slugRedirectDays * 86_400_000)
  await tx.rows(leave, [organizationId, slug, until])
  await tx.rows(forget, [organizationId, tx.now])
}
