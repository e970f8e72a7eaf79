import { createHash } from 'node:crypto'

/** SQL of fixed text with `$n` values. The name lets PostgreSQL keep its plan per connection. */
export interface Statement {
  readonly name: string
  readonly text: string
}

/**
 * Names a statement after its own text, so that equal texts share a plan and different ones never clash.
 * PostgreSQL cuts names at 63 bytes; the label is only there for people who read its logs.
 */
export function statement(label: string, text: string): Statement {
  return known(label, text, named)
}

/** The same of a text that is put together while the server runs: of these so many are remembered. */
export function composedStatement(label: string, text: string): Statement {
  if (composed.size >= mostComposed) composed.clear()
  return known(label, text, composed)
}

function known(label: string, text: string, statements: Map<string, Statement>): Statement {
  const found = statements.get(text)
  if (found !== undefined) return found
  const digest = createHash('sha256').update(text).digest('base64url').slice(0, 16)
  const made = { name: `${label.slice(0, 40)}_${digest}`, text }
  statements.set(text, made)
  return made
}

/** The name under which the statement of this text is known; undefined when it is none of ours. */
export function nameOf(text: string): string | undefined {
  return (named.get(text) ?? composed.get(text))?.name
}

const named = new Map<string, Statement>()
// Lists can be asked for in tens of thousands of ways, of which a deployment sees some dozens.
const composed = new Map<string, Statement>()
const mostComposed = 5000

/** Where rows are read: the request's read session, or the transaction of a mutation. */
export interface Db {
  rows<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]>
  /** The rows of a statement that reads nothing but the organization template, maybe from an earlier request. */
  templateRows<Row extends object>(statement: Statement): Promise<readonly Row[]>
}

/**
 * A `timestamptz` in UTC: `2026-01-31T08:00:00.25+00:00`, as PostgreSQL writes it into JSON, or `2026-01-31 08:00:00.25+00`,
 * as it prints it. The DateTime scalar turns either into RFC 3339.
 */
export type Instant = string

/** The instant a row carries, as a Date to compute with. */
export function dateOf(instant: Instant): Date {
  return new Date(toRfc3339(instant))
}

/** RFC 3339 with milliseconds, such as `2026-01-31T08:00:00.250Z`, without a Date in between. */
export function toRfc3339(instant: Instant): string {
  const zone = instant.indexOf('+', 19)
  if (zone === -1 || !/^\+00(:00)?$/.test(instant.slice(zone)))
    throw new Error('an instant from the database is in UTC')
  return `${instant.slice(0, 10)}T${instant.slice(11, 19)}.${instant.slice(20, zone).padEnd(3, '0')}Z`
}

/** The other way round: as a row would carry it. */
export function instantOf(date: Date): Instant {
  return date.toISOString().replace('Z', '+00:00')
}
