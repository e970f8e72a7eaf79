import type { PageArgs } from '../db/cursor.ts'
import { contains, type Page, pageOf, searchOf } from '../db/page.ts'
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
