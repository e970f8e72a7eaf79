import type { PoolClient, QueryResult } from 'pg'
import { type Actor, actorOf, anonymous, type Caller } from '../auth/actor.ts'
import { managementPermissionKeys } from '../auth/permissions.ts'
import { accountGone } from '../errors.ts'
import type { ReadConnections } from './read-connections.ts'
import type { Db, Statement } from './statement.ts'
import type { TemplateMemory } from './template-memory.ts'

/** Told of every statement, for counting in tests and for debug logs; never of its values. */
export type Observer = (statement: Statement) => void

export interface ReadSession extends Db {
  /** Who the caller is today: their management permissions come with the message that begins the transaction. */
  actor(): Promise<Actor>
  /** Ends the read transaction, if one was begun; the next read begins another, and sees what was written meanwhile. */
  end(): Promise<void>
}

/** After how many milliseconds PostgreSQL gives up on a statement, and on waiting for a lock. */
export interface Timeouts {
  readonly statement: number
  readonly lock: number
}

interface SessionOptions {
  readonly prepare: boolean
  readonly memory: TemplateMemory
  readonly timeouts: Timeouts
  readonly observe?: Observer | undefined
}

/**
 * The read side of a request: one read-only transaction with one snapshot, in which row-level security knows the viewer.
 * An anonymous request without SQL opens none. Statements run in the order in which they are asked for.
 */
export function openReadSession(
  connections: ReadConnections,
  caller: Caller | null,
  options: SessionOptions,
): ReadSession {
  let opened: Promise<{ client: PoolClient; looked: Looked }> | undefined
  // A connection takes one statement at a time; whoever comes next waits for it here.
  let last: Promise<unknown> = Promise.resolve()
  let hasFailed = false
  const open = async () => {
    const { client, prefix } = await connections.take()
    try {
      return { client, looked: await begin(client, caller, { prefix, ...options.timeouts }) }
    } catch (error) {
      connections.discard(client)
      opened = undefined
      throw error
    }
  }
  const rows = <Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]> => {
    opened ??= open()
    const result = Promise.all([opened, last]).then(([{ client }]) => {
      options.observe?.(statement)
      const { name, text } = inOneValue(statement)
      return client.query<{ rows: string }>({ text, values: [...values], ...(options.prepare && { name }) })
    })
    last = result.catch(() => {
      hasFailed = true
    })
    return result.then(({ rows: [all] }) => JSON.parse(all?.rows ?? '[]') as Row[])
  }
  const session: ReadSession = {
    async actor() {
      if (caller === null) return anonymous
      opened ??= open()
      const { looked } = await opened
      if (!looked.isKnown) {
        await session.end()
        throw accountGone()
      }
      return actorOf(caller, looked.management.split(' '))
    },
    rows,
    async templateRows<Row extends object>(statement: Statement) {
      opened ??= open()
      const { looked } = await opened
      return options.memory(looked.template, statement, () => rows<Row>(statement, []))
    },
    async end() {
      if (opened === undefined) return
      const ending = opened
      opened = undefined
      const { client } = await ending
      await last
      if (hasFailed) connections.discard(client)
      else connections.give(client)
      hasFailed = false
    },
  }
  return session
}

/**
 * All rows as one JSON text: the driver takes three times as long for a page of members value by value. The order of the
 * rows stays.
 */
function inOneValue(of: Statement): Statement {
  let made = wrapped.get(of)
  if (made === undefined) {
    made = { name: `${of.name}_j`, text: `select json_agg(row)::text as rows from (${of.text}) row` }
    wrapped.set(of, made)
  }
  return made
}

const wrapped = new WeakMap<Statement, Statement>()

/** What a transaction learns as it begins: who calls, what they may do as an operator, and the version of the template. */
interface Looked {
  readonly management: string
  readonly template: number
  /** Whether there is such a caller; their account may be gone since the token was verified. */
  readonly isKnown: boolean
}

/** One message: begin, and tell row-level security who looks. */
async function begin(
  client: PoolClient,
  caller: Caller | null,
  { prefix, statement, lock }: Timeouts & { prefix: string },
): Promise<Looked> {
  const given = caller?.isConfiguredOperator === true ? managementPermissionKeys.join(' ') : null
  const boundTo = caller?.token?.organizationId ?? null
  const who = [caller?.id ?? null, caller?.emailKey ?? null, given, boundTo].map(quote).join(', ')
  const results: unknown = await client.query(
    `${prefix}begin isolation level repeatable read, read only; select management, template, is_known as "isKnown" from tenantry_look(${who}, ${statement}, ${lock})`,
  )
  // pg answers a message of several statements with a list of results, which its types do not know.
  const looked = (results as QueryResult<Looked>[]).at(-1)?.rows[0]
  if (looked === undefined) throw new Error('tenantry_look answered nothing')
  return looked
}

/** A literal; ids, permission names and addresses need no escape, but nothing is trusted here. */
function quote(value: string | null): string {
  if (value === null) return 'null'
  const escaped = value.replaceAll("'", "''")
  return escaped.includes('\\') ? ` E'${escaped.replaceAll('\\', '\\\\')}'` : `'${escaped}'`
}
