import type { Pool, PoolClient, QueryResult } from 'pg'
import { type Actor, actorOf, anonymous, type Caller } from '../auth/actor.ts'
import { managementPermissionKeys } from '../auth/permissions.ts'
import { runtimeRole } from './runtime-role.ts'
import type { Db, Statement } from './statement.ts'

/** Told of every statement, for counting in tests and for debug logs; never of its values. */
export type Observer = (statement: Statement) => void

export interface ReadSession extends Db {
  /** Who the caller is today: their management permissions come with the message that begins the transaction. */
  actor(): Promise<Actor>
  /** Ends the read transaction, if one was begun; the next read begins another, and sees what was written meanwhile. */
  end(): Promise<void>
}

interface SessionOptions {
  readonly prepare: boolean
  readonly observe?: Observer | undefined
}

/**
 * The read side of a request: one read-only transaction with one snapshot, in which row-level security knows the viewer.
 * An anonymous request without SQL opens none. Statements run in the order in which they are asked for.
 */
export function openReadSession(pool: Pool, caller: Caller | null, options: SessionOptions): ReadSession {
  let opened: Promise<{ client: PoolClient; management: string }> | undefined
  // A connection takes one statement at a time; whoever comes next waits for it here.
  let last: Promise<unknown> = Promise.resolve()
  const open = async () => {
    const client = await pool.connect()
    try {
      return { client, management: await begin(client, caller) }
    } catch (error) {
      client.release(true)
      opened = undefined
      throw error
    }
  }
  return {
    async actor() {
      if (caller === null) return anonymous
      opened ??= open()
      return actorOf(caller, (await opened).management.split(' '))
    },
    rows<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
      opened ??= open()
      const result = Promise.all([opened, last]).then(([{ client }]) => {
        options.observe?.(statement)
        const query = { text: statement.text, values: [...values], ...(options.prepare && { name: statement.name }) }
        return client.query<Row>(query)
      })
      last = result.catch(() => {})
      return result.then(({ rows }) => rows)
    },
    async end() {
      if (opened === undefined) return
      const ending = opened
      opened = undefined
      const { client } = await ending
      await last
      // The answer does not wait for the end of reads; the connection goes back once it is through, or is thrown away.
      client.query('commit').then(
        () => client.release(),
        () => client.release(true),
      )
    },
  }
}

/** One message: begin, tell row-level security who looks, and bring back what this caller may do as an operator. */
async function begin(client: PoolClient, caller: Caller | null): Promise<string> {
  const id = quote(caller?.id ?? '')
  const granted = `(select string_agg(permission, ' ') from management_grant where principal_id = ${id})`
  const management =
    caller === null ? "''" : caller.isConfiguredOperator ? quote(managementPermissionKeys.join(' ')) : granted
  const results: unknown = await client.query(
    `begin isolation level repeatable read, read only; set local role ${runtimeRole}; set local timezone to 'UTC';
     select set_config('tenantry.viewer', ${id}, true), set_config('tenantry.viewer_email', ${quote(caller?.emailKey ?? '')}, true),
       set_config('tenantry.management', coalesce(${management}, ''), true) as management`,
  )
  // pg answers a message of several statements with a list of results, which its types do not know.
  const settings = (results as QueryResult<{ management: string }>[]).at(-1)
  return settings?.rows[0]?.management ?? ''
}

/** A literal; ids, permission names and addresses need no escape, but nothing is trusted here. */
function quote(value: string): string {
  const escaped = value.replaceAll("'", "''")
  return escaped.includes('\\') ? ` E'${escaped.replaceAll('\\', '\\\\')}'` : `'${escaped}'`
}
