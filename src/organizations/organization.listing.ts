import type { PageArgs } from '../db/cursor.ts'
import { contains, type Page, pageOf, searchOf } from '../db/page.ts'
import type { Instant } from '../db/statement.ts'
import type { Ask } from '../load.ts'

interface OrganizationOrder {
  field: 'NAME' | 'CREATED_AT'
  direction: 'ASC' | 'DESC'
}
type ListArgs = PageArgs & {
  filter?: { search?: string | null | undefined; isDeleted: boolean } | null | undefined
  orderBy: OrganizationOrder
}

const orders = {
  NAME: { name: 'name', expression: 'lower(o.name) collate "C"', type: 'text' },
  CREATED_AT: { name: 'createdAt', expression: 'o.created_at', type: 'timestamptz' },
} as const

/** The organizations of the deployment, for a viewer who was found to hold organizations:read. */
export function organizationsOf(by: Ask, args: ListArgs, withTotal: boolean): Promise<Page<{ id: string }>> {
  const search = searchOf(args.filter?.search, ['filter', 'search'])
  const { field, direction } = args.orderBy
  const listing = {
    label: 'organizations',
    columns: 'o.id',
    from: 'organization o',
    parent: null,
    id: 'o.id',
    order: orders[field],
    direction,
    where: [
      {
        sql: (placeholder: string) => `(o.deleted_at is not null) = ${placeholder}`,
        value: args.filter?.isDeleted ?? false,
      },
      ...(search === '' ? [] : [contains(['o.name', 'o.slug'], search)]),
    ],
    withTotal,
  }
  return pageOf(by, 'all', listing, args)
}

/** A deleted organization as its owner sees it. */
export interface DeletedOrganizationRow {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly deletedAt: Instant
  readonly purgesAt: Instant
}

/** The deleted organizations that the viewer can restore as their owner, the one deleted last first (ORG-6). */
export function deletedOrganizationsOf(
  by: Ask,
  args: PageArgs,
  withTotal: boolean,
): Promise<Page<DeletedOrganizationRow>> {
  const listing = {
    label: 'deleted_organizations',
    columns: 'o.id, o.slug, o.name, o.deleted_at as "deletedAt", o.purges_at as "purgesAt"',
    from: 'tenantry_deleted_organizations() o',
    parent: null,
    id: 'o.id',
    order: { name: 'deletedAt', expression: 'o.deleted_at', type: 'timestamptz' as const },
    direction: 'DESC' as const,
    where: [
      { sql: (placeholder: string) => `o.purges_at > ${placeholder}`, value: by.now },
      { sql: (placeholder: string) => `${placeholder}::boolean`, value: by.config.ownersRestore },
    ],
    withTotal,
  }
  return pageOf(by, 'viewer', listing, args)
}
