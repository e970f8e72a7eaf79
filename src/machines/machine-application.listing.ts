import type { PageArgs } from '../db/cursor.ts'
import { type Page, pageOf } from '../db/page.ts'
import type { Ask } from '../load.ts'
import { type PrincipalRow, principalColumns } from '../users/principal.loaders.ts'

/** The machine applications that an organization owns, by name, for a viewer who was found to hold application:read there. */
export function applicationsOf(
  by: Ask,
  organizationId: string,
  args: PageArgs,
  withTotal: boolean,
): Promise<Page<PrincipalRow>> {
  const listing = {
    label: 'organization_applications',
    columns: principalColumns('p'),
    from: 'organization_application a join principal p on p.id = a.application_id',
    parent: 'a.organization_id',
    id: 'p.id',
    order: { name: 'displayName', expression: 'lower(p.display_name) collate "C"', type: 'text' as const },
    direction: 'ASC' as const,
    where: [],
    withTotal,
  }
  return pageOf(by, organizationId, listing, args)
}
