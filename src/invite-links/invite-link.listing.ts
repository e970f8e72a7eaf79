import type { PageArgs } from '../db/cursor.ts'
import { type Page, pageOf } from '../db/page.ts'
import type { Ask } from '../load.ts'
import type { InviteLinkStatus } from './invite-link.entity.ts'
import { type InviteLinkRow, inviteLinkColumns, statusSql } from './invite-link.loaders.ts'

type ListArgs = PageArgs & {
  filter?: { statuses?: readonly InviteLinkStatus[] | null | undefined } | null | undefined
}

/** The links of an organization, newest first, for a viewer who was found to hold invite-link:read there. */
export function inviteLinksOf(
  by: Ask,
  organizationId: string,
  args: ListArgs,
  withTotal: boolean,
): Promise<Page<InviteLinkRow>> {
  const statuses = args.filter?.statuses
  const hasStatus = (placeholder: string) => `exists (
    select from jsonb_to_record(${placeholder}::jsonb) as asked (statuses text[], at timestamptz)
    where ${statusSql('asked.at')} = any (asked.statuses))`
  const listing = {
    label: 'invite_links',
    columns: inviteLinkColumns,
    from: 'invite_link l',
    parent: 'l.organization_id',
    id: 'l.id',
    order: { name: 'createdAt', expression: 'l.created_at', type: 'timestamptz' as const },
    direction: 'DESC' as const,
    where: statuses == null ? [] : [{ sql: hasStatus, value: JSON.stringify({ statuses, at: by.now }) }],
    withTotal,
  }
  return pageOf(by, organizationId, listing, args)
}
