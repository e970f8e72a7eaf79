import DataLoader from 'dataloader'
import { RequestError } from '../errors.ts'
import { type Cut, cutOf, decodeCursor, encodeCursor, type PageArgs } from './cursor.ts'
import { type Db, type Statement, statement } from './statement.ts'

const longestSearch = 128

/** What a connection lists: everything but the cut that the page arguments make. */
export interface Listing {
  /** A word for PostgreSQL's log. */
  readonly label: string
  readonly columns: string
  /** What is filtered, ordered and counted. */
  readonly from: string
  /** What `from` and `columns` name as $2, $3 and so on. */
  readonly values?: readonly unknown[]
  /** What each row is joined with for its columns; there is always exactly one to join, so that the count can do without. */
  readonly join?: string
  /** The column that holds the parent's id; null lists without a parent. */
  readonly parent: string | null
  /** The tie-breaking unique column. */
  readonly id: string
  readonly order: { readonly name: string; readonly expression: string; readonly type: 'timestamptz' | 'text' | 'uuid' }
  readonly direction: 'ASC' | 'DESC'
  /** Conditions; each gets its value's placeholder. */
  readonly where: readonly Condition[]
  readonly withTotal: boolean
  /** False where only the total is asked for. */
  readonly withRows?: boolean
}
export interface Condition {
  readonly sql: (placeholder: string) => string
  readonly value: unknown
}

export interface Page<Row> {
  readonly rows: readonly (Row & PageRow)[]
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
  /** How many there are in all; null unless the listing asked. */
  readonly total: number | null
  readonly cursorOf: (row: PageRow) => string
}
interface PageRow {
  /** Of every listing's columns: the tie-breaking id, by which a cursor knows its row. */
  readonly id: string
  readonly pageValue: string
}
type RawRow = PageRow & { parentKey: string; pageTotal?: number }

/** Reads pages by keyset. Same listing and cut under many parents: one statement (`lateral`), however many parents. */
export interface Pager {
  page<Row extends object>(parent: string, listing: Listing, cut: Cut): Promise<Page<Row>>
}

/** The page of a listing under one parent; parents resolved at the same time share one statement. */
export function pageOf<Row extends object>(
  by: { readonly load: Pager },
  parent: string,
  listing: Listing,
  args: PageArgs,
): Promise<Page<Row>> {
  return by.load.page<Row>(parent, listing, cutOf(args))
}

/**
 * The text to search for, without what is around it; empty when there is none.
 * @throws RequestError BAD_USER_INPUT when it is too long.
 */
export function searchOf(text: string | null | undefined, path: readonly string[]): string {
  const search = text?.trim() ?? ''
  if (search.length <= longestSearch) return search
  throw new RequestError('BAD_USER_INPUT', `${path.join('.')}: at most ${longestSearch} characters.`, { path })
}

/** For `Listing.where`: the text occurs in one of the columns, without regard to case; wildcards in it mean themselves. */
export function contains(columns: readonly string[], text: string): Condition {
  return {
    sql: placeholder => `(${columns.map(column => `${column} ilike ${placeholder}`).join(' or ')})`,
    value: `%${text.replaceAll(/[\\%_]/g, match => `\\${match}`)}%`,
  }
}

export function createPager(db: Db): Pager {
  const loaders = new Map<string, DataLoader<string, Page<object>>>()
  return {
    page<Row extends object>(parent: string, listing: Listing, cut: Cut): Promise<Page<Row>> {
      const built = build(listing, cut)
      const key = `${built.statement.name} ${JSON.stringify(built.values)}`
      let loader = loaders.get(key)
      if (loader === undefined) {
        loader = new DataLoader(async parents => {
          const rows = await db.rows<RawRow>(built.statement, [parents, ...built.values])
          const byParent = Map.groupBy(rows, row => row.parentKey)
          return parents.map(one => toPage(byParent.get(one) ?? [], listing, cut))
        })
        loaders.set(key, loader)
      }
      // The listing decides the columns, so only its caller knows the type of the rows.
      return loader.load(parent) as unknown as Promise<Page<Row>>
    },
  }
}

function build(listing: Listing, cut: Cut): { statement: Statement; values: unknown[] } {
  const values: unknown[] = [...(listing.values ?? [])]
  const placeholder = (value: unknown) => `$${values.push(value) + 1}` // $1 is the parents
  const filters = listing.where.map(condition => condition.sql(placeholder(condition.value)))
  if (listing.parent !== null) filters.unshift(`${listing.parent} = parent.key`)
  const isForward = (listing.direction === 'ASC') !== cut.isBackward
  const [after, before] = (['after', 'before'] as const).map(path => {
    const cursor = cut[path]
    return cursor === null ? null : decodeCursor(cursor, listing.order, path)
  })
  const bound = (at: ReturnType<typeof decodeCursor> | null | undefined, operator: '<' | '>') =>
    at == null
      ? []
      : [
          `(${listing.order.expression}, ${listing.id}) ${operator} (${placeholder(at.value)}::${listing.order.type}, ${placeholder(at.id)}::uuid)`,
        ]
  const ascending = listing.direction === 'ASC'
  const way = isForward ? 'asc' : 'desc'
  const total = `cross join lateral (select count(*)::int as count from ${listing.from} ${where(filters)}) total`
  const items = () => `left join lateral (
      select ${listing.columns}, (${listing.order.expression})::text as "pageValue"
      from ${listing.from} ${listing.join ?? ''}
      ${where([...filters, ...bound(after, ascending ? '>' : '<'), ...bound(before, ascending ? '<' : '>')])}
      order by ${listing.order.expression} ${way}, ${listing.id} ${way}
      limit ${placeholder(cut.limit + 1)}
    ) item on true`
  const isRead = listing.withRows !== false
  const text = `
    select parent.key as "parentKey"${listing.withTotal ? ', total.count as "pageTotal"' : ''}${isRead ? ', item.*' : ''}
    from unnest($1::${listing.parent === null ? 'text' : 'uuid'}[]) as parent(key)
    ${listing.withTotal ? total : ''}
    ${isRead ? items() : ''}`
  return { statement: statement(listing.label, text), values }
}

const where = (conditions: readonly string[]) => (conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`)

function toPage(raw: readonly RawRow[], listing: Listing, cut: Cut): Page<object> {
  const found = raw.filter(row => (row.id ?? null) !== null)
  const rows = found.slice(0, cut.limit)
  if (cut.isBackward) rows.reverse()
  const hasMore = found.length > cut.limit
  return {
    rows,
    // Relay lets the far side be told from the cursor alone: whoever came from there knows that something was there.
    hasNextPage: cut.isBackward ? cut.before !== null : hasMore,
    hasPreviousPage: cut.isBackward ? hasMore : cut.after !== null,
    total: raw[0]?.pageTotal ?? null,
    cursorOf: row => encodeCursor(listing.order.name, row.pageValue, row.id),
  }
}
