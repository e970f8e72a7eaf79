import type { PageArgs } from '../db/cursor.ts'
import { type Condition, type Page, pageOf } from '../db/page.ts'
import type { Ask } from '../load.ts'
import type { JoinRequestStatus } from './join-request.entity.ts'
import { type JoinRequestRow, joinRequestColumns } from './join-request.loaders.ts'

type ListArgs = PageArgs & {
  filter?: { statuses?: readonly JoinRequestStatus[] | null | undefined } | null | undefined
}

const base = {
  columns: joinRequestColumns,
  from: 'join_request r',
  id: 'r.id',
  order: { name: 'createdAt', expression: 'r.created_at', type: 'timestamptz' },
  direction: 'DESC',
} as const

/** The requests to join an organization, newest first, for a viewer who was found to hold join-request:read there. */
export function joinRequestsOf(
  by: Ask,
  organizationId: string,
  args: ListArgs,
  withTotal: boolean,
): Promise<Page<JoinRequestRow>> {
  const statuses = args.filter?.statuses
  const where: Condition[] =
    statuses == null ? [] : [{ sql: placeholder => `r.status = any(${placeholder}::text[])`, value: statuses }]
  const listing = { ...base, label: 'join_requests', parent: 'r.organization_id', where, withTotal }
  return pageOf(by, organizationId, listing, args)
}

/** What the viewer asked for, newest first; without organizations that were deleted since (ORG-6). */
export function joinRequestsBy(
  by: Ask,
  requesterId: string,
  args: PageArgs,
  withTotal: boolean,
): Promise<Page<JoinRequestRow>> {
  const alive = (placeholder: string) =>
    `${placeholder}::boolean and r.organization_id in (select id from tenantry_requested_organizations())`
  const where: Condition[] = [{ sql: alive, value: true }]
  const listing = { ...base, label: 'join_requests_by', parent: 'r.requester_id', where, withTotal }
  return pageOf(by, requesterId, listing, args)
}
