import { RequestError } from '../errors.ts'
import { isUuid } from '../ids.ts'
import { dateOf } from './statement.ts'

export const defaultPageSize = 20
const maxPageSize = 100

/** The page arguments of a connection, checked. */
export interface Cut {
  readonly limit: number
  readonly isBackward: boolean
  readonly after: string | null
  readonly before: string | null
}

export interface PageArgs {
  first?: number | null | undefined
  after?: string | null | undefined
  last?: number | null | undefined
  before?: string | null | undefined
}

/**
 * Checks page arguments.
 * @throws RequestError BAD_USER_INPUT when a size is out of bounds, or both `first` and `last` are given.
 */
export function cutOf(args: PageArgs): Cut {
  const { first = null, last = null, after = null, before = null } = args
  if (first !== null && last !== null) throw badInput('first', 'Give either first or last, not both.')
  const limit = first ?? last ?? defaultPageSize
  if (limit < 0 || limit > maxPageSize)
    throw badInput(
      first === null ? 'last' : 'first',
      `The page size must be between 0 and ${maxPageSize}; it was ${limit}.`,
    )
  return { limit, isBackward: last !== null, after, before }
}

/** An opaque position: the order it belongs to, the value and the id of its row. It survives the row. */
export function encodeCursor(order: string, value: string, id: string): string {
  return Buffer.from(JSON.stringify([order, value, id])).toString('base64url')
}

/** @throws RequestError BAD_USER_INPUT when the text is no cursor, or one of another order. */
export function decodeCursor(
  cursor: string,
  order: { name: string; type: 'timestamptz' | 'text' | 'uuid' },
  path: string,
): { value: string; id: string } {
  const [name, value, id, ...rest] = parse(cursor)
  const isWellFormed =
    typeof name === 'string' && typeof value === 'string' && typeof id === 'string' && isUuid(id) && rest.length === 0
  if (!isWellFormed) throw badInput(path, 'This is not a cursor of a connection.')
  if (name !== order.name)
    throw badInput(
      path,
      `This cursor belongs to another order (${name.slice(0, 40)}); page on with the order it came from.`,
    )
  const isOfType =
    order.type === 'text' ? !value.includes('\0') : order.type === 'uuid' ? isUuid(value) : isInstant(value)
  if (!isOfType) throw badInput(path, 'This is not a cursor of a connection.')
  return { value, id }
}

function parse(cursor: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(parsed) ? parsed : []
  } catch {
    return []
  }
}

function badInput(path: string, message: string): RequestError {
  return new RequestError('BAD_USER_INPUT', message, { path: [path] })
}

/** Whether PostgreSQL can read it: JavaScript takes the 30th of February for a day of March, so the date must come back. */
function isInstant(value: string): boolean {
  if (!/^(?!0000)\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,3})?\+00$/.test(value)) return false
  const date = dateOf(value)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value.slice(0, 10))
}
