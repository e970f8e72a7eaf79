import type { PageArgs } from '../db/cursor.ts'
import { type Condition, contains, type Page, pageOf, searchOf } from '../db/page.ts'
import type { Ask } from '../load.ts'
import type { InvitationStatus } from './invitation.entity.ts'
import { type InvitationRow, invitationColumns } from './invitation.loaders.ts'

interface InvitationOrder {
  field: 'CREATED_AT' | 'EXPIRES_AT' | 'EMAIL'
  direction: 'ASC' | 'DESC'
}
type ListArgs = PageArgs & {
  filter?:
    | { statuses?: readonly InvitationStatus[] | null | undefined; search?: string | null | undefined }
    | null
    | undefined
  orderBy: InvitationOrder
}

const orders = {
  CREATED_AT: { name: 'createdAt', expression: 'i.created_at', type: 'timestamptz' },
  EXPIRES_AT: { name: 'expiresAt', expression: 'i.expires_at', type: 'timestamptz' },
  EMAIL: { name: 'email', expression: 'i.email_key collate "C"', type: 'text' },
} as const

const base = { columns: invitationColumns, from: 'invitation i', id: 'i.id' } as const

/** The invitations of an organization, for a viewer who was found to hold invitation:read there. */
export function invitationsOf(
  by: Ask,
  organizationId: string,
  args: ListArgs,
  withTotal: boolean,
): Promise<Page<InvitationRow>> {
  const { filter, orderBy } = args
  const where: Condition[] = filter?.statuses == null ? [] : [hasStatus(filter.statuses, by.now)]
  const search = searchOf(filter?.search, ['filter', 'search'])
  if (search !== '') where.push(contains(['i.email'], search))
  const { field, direction } = orderBy
  const listing = {
    ...base,
    label: 'invitations',
    parent: 'i.organization_id',
    order: orders[field],
    direction,
    where,
    withTotal,
  }
  return pageOf(by, organizationId, listing, args)
}

/** The pending invitations to the viewer's verified address, newest first (INV-13). */
export function invitationsTo(
  by: Ask,
  emailKey: string | null,
  args: PageArgs,
  withTotal: boolean,
): Promise<Page<InvitationRow>> {
  const where: Condition[] = [
    { sql: placeholder => `i.email_key = ${placeholder}`, value: emailKey },
    hasStatus(['PENDING'], by.now),
    // Organizations that were deleted meanwhile take their invitations with them (ORG-6).
    {
      sql: placeholder => `i.id = any ((select tenantry_pending_invitations())::uuid[]) and ${placeholder}::boolean`,
      value: true,
    },
  ]
  const listing = {
    ...base,
    label: 'invitations_to',
    parent: null,
    order: orders.CREATED_AT,
    direction: 'DESC' as const,
    where,
    withTotal,
  }
  return pageOf(by, 'viewer', listing, args)
}

/** Expiry is a matter of the moment, not of what is written (INV-1): overdue is EXPIRED, and no longer PENDING. */
function hasStatus(statuses: readonly InvitationStatus[], now: Date): Condition {
  return {
    sql: placeholder => `exists (select from jsonb_to_record(${placeholder}::jsonb) as asked (statuses text[], at timestamptz)
      where case when i.status = 'PENDING' and i.expires_at <= asked.at then 'EXPIRED' else i.status end = any (asked.statuses))`,
    value: JSON.stringify({ statuses, at: now }),
  }
}
