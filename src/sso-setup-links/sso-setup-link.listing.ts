import type { PageArgs } from '../db/cursor.ts'
import { type Page, pageOf } from '../db/page.ts'
import type { Ask } from '../load.ts'
import { type SsoSetupLinkRow, setupLinkColumns } from './sso-setup-link.loaders.ts'

/** The links of an organization, newest first, for a viewer who was found to hold sso:read there. */
export function ssoSetupLinksOf(
  by: Ask,
  organizationId: string,
  args: PageArgs,
  withTotal: boolean,
): Promise<Page<SsoSetupLinkRow>> {
  const listing = {
    label: 'sso_setup_links',
    columns: setupLinkColumns,
    from: 'sso_setup_link l',
    parent: 'l.organization_id',
    id: 'l.id',
    order: { name: 'createdAt', expression: 'l.created_at', type: 'timestamptz' as const },
    direction: 'DESC' as const,
    where: [],
    withTotal,
  }
  return pageOf(by, organizationId, listing, args)
}
