import DataLoader from 'dataloader'
import { RequestError } from '../errors.ts'
import { type Cut, cutOf, decodeCursor, encodeCursor, type PageArgs } from './cursor.ts'
import { composedStatement, type Db, type Statement } from './statement.ts'

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
  /** False where no cursor is asked for. */
  readonly withCursors?: boolean
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
  /** Where the row stands in the order; not there without cursors. */
  readonly pageValue?: string
}
interface RawPage {
  readonly parentKey: string
  readonly total?: number
  /** Null for none. */
  readonly rows?: PageRow[] | null
}

/** Reads pages by keyset. Same listing and cut under many parents: one statement, however many parents. */
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
          const pages = await db.rows<RawPage>(built.statement, [parents, ...built.values])
          const byParent = new Map(pages.map(page => [page.parentKey, page]))
          return parents.map(one => toPage(byParent.get(one), listing, cut))
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
  const isRead = listing.withRows !== false
  const bounds = isRead ? [...bound(after, ascending ? '>' : '<'), ...bound(before, ascending ? '<' : '>')] : []
  const limit = isRead ? placeholder(cut.limit + 1) : ''
  const way = isForward ? 'asc' : 'desc'
  const { label, from, join = '', parent, id, order, withTotal, withCursors } = listing
  // To make the long text at each request, and to hash it, would cost more than this short key.
  const shape = [label, from, join, parent, id, order.expression, way, withTotal, withCursors, limit]
  const key = [...shape, ...filters, '', ...bounds].join('\0')
  const known = statements.get(listing.columns)?.get(key)
  const made = known ?? composedStatement(label, textOf(listing, { filters, bounds, way, limit }))
  if (known === undefined) remember(listing.columns, key, made)
  return { statement: made, values }
}

interface Parts {
  readonly filters: readonly string[]
  readonly bounds: readonly string[]
  readonly way: string
  /** Its placeholder; empty where no rows are read. */
  readonly limit: string
}

/** One row for each parent: its key, the total, and its page. */
function textOf(listing: Listing, { filters, bounds, way, limit }: Parts): string {
  const { columns, from, join = '', parent, id, order, withTotal, withCursors } = listing
  const cursor = withCursors === false ? '' : `, (${order.expression})::text as "pageValue"`
  const total = `, (select count(*)::int from ${from} ${where(filters)}) as total`
  const rows = `, (select json_agg(item) from (
      select ${columns}${cursor}
      from ${from} ${join}
      ${where([...filters, ...bounds])}
      order by ${order.expression} ${way}, ${id} ${way}
      limit ${limit}
    ) item) as rows`
  return `
    select parent.key as "parentKey"${withTotal ? total : ''}${limit === '' ? '' : rows}
    from unnest($1::${parent === null ? 'text' : 'uuid'}[]) as parent(key)`
}

/** Statements by what makes them, under their columns; so many are remembered. */
const statements = new Map<string, Map<string, Statement>>()
const mostStatements = 5000
let remembered = 0

function remember(columns: string, key: string, made: Statement): void {
  if (remembered >= mostStatements) {
    statements.clear()
    remembered = 0
  }
  remembered += 1
  const known = statements.get(columns) ?? new Map<string, Statement>()
  statements.set(columns, known.set(key, made))
}

const where = (conditions: readonly string[]) => (conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`)

function toPage(raw: RawPage | undefined, listing: Listing, cut: Cut): Page<object> {
  const rows = raw?.rows ?? []
  const hasMore = rows.length > cut.limit
  if (hasMore) rows.length = cut.limit
  if (cut.isBackward) rows.reverse()
  return {
    rows,
    // Relay lets the far side be told from the cursor alone: whoever came from there knows that something was there.
    hasNextPage: cut.isBackward ? cut.before !== null : hasMore,
    hasPreviousPage: cut.isBackward ? hasMore : cut.after !== null,
    total: raw?.total ?? null,
    cursorOf({ id, pageValue }) {
      if (pageValue === undefined) throw new Error('the listing was asked for no cursors')
      return encodeCursor(listing.order.name, pageValue, id)
    },
  }
}
