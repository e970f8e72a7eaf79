import type { PageArgs } from '../db/cursor.ts'
import { contains, type Page, pageOf, searchOf } from '../db/page.ts'
import type { Ask } from '../load.ts'
import type { PrincipalKind } from './principal.entity.ts'
import { type PrincipalRow, principalColumns } from './principal.loaders.ts'

/** All users, or all machine applications, of the deployment by name, for a viewer who was found to hold users:read. */
export function principalsOf(
  by: Ask,
  kind: PrincipalKind,
  args: PageArgs & { search?: string | null | undefined },
  withTotal: boolean,
): Promise<Page<PrincipalRow>> {
  const search = searchOf(args.search, ['search'])
  const listing = {
    label: 'principals',
    columns: principalColumns('p'),
    from: 'principal p',
    parent: null,
    id: 'p.id',
    order: { name: 'displayName', expression: 'lower(p.display_name) collate "C"', type: 'text' as const },
    direction: 'ASC' as const,
    where: [
      { sql: (placeholder: string) => `p.kind = ${placeholder}`, value: kind },
      ...(search === '' ? [] : [contains(['p.display_name', 'p.email', 'p.client_id'], search)]),
    ],
    withTotal,
  }
  return pageOf(by, 'all', listing, args)
}
