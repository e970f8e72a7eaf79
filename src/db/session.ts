import type { PoolClient, QueryResult } from 'pg'
import { type Actor, actorOf, anonymous, type Caller, givenTo } from '../auth/actor.ts'
import { accountGone } from '../errors.ts'
import type { ReadConnections } from './read-connections.ts'
import type { Db, Statement } from './statement.ts'
import type { TemplateMemory } from './template-memory.ts'
import { refuseUnstorable } from './unstorable.ts'

/** Told of every statement, for counting in tests and for debug logs; never of its values. */
export type Observer = (statement: Statement) => void

export interface ReadSession extends Db {
  /**
   * Who the caller is: their management permissions come with the message that begins the transaction. With `assuming`,
   * who they were when last looked up, where that is known: nothing is waited for, and `isAsAssumed` has to be asked
   * before anything that was read is handed out.
   */
  actor(assuming?: 'ASSUMING'): Promise<Actor>
  /**
   * Whether the caller still is who `actor` said. If not, nothing more is read, and `actor` says who they are once the
   * session was ended.
   * @throws RequestError UNAUTHENTICATED when their account is gone
   */
  isAsAssumed(): Promise<boolean>
  /** Ends the read transaction, if one was begun; the next read begins another, and sees what was written meanwhile. */
  end(): Promise<void>
  /** Ends it for good: what was begun ahead and comes after it reads nothing, and holds no connection. */
  close(): Promise<void>
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
 * An anonymous request without SQL opens none. Statements run in the order in which they are asked for; none waits here
 * for the answer to another.
 */
export function openReadSession(
  connections: ReadConnections,
  caller: Caller | null,
  options: SessionOptions,
): ReadSession {
  let opened: Promise<Opened> | undefined
  let assumed: string | undefined
  let pending: Promise<unknown> = Promise.resolve()
  let failed: { readonly because: unknown } | undefined
  let isClosed = false
  // What failed first is why all that was asked after it fails, too.
  const watch = <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    const watched = answer.catch((error: unknown) => {
      failed ??= { because: error }
      throw failed.because
    })
    pending = Promise.all([pending, watched.catch(() => {})])
    return watched
  }
  const open = async (): Promise<Opened> => {
    if (isClosed) throw new Error('the session is over')
    const { client, prefix } = await connections.take().catch(error => {
      opened = undefined
      throw error
    })
    const looked = watch(begin(client, caller, { prefix, ...options.timeouts }))
    return { client, looked: looked.then(found => remember(caller, found)) }
  }
  // Answers are handed out one in each turn of the event loop, however they arrive: what batches with what depends on the
  // query alone, and so does the number of statements.
  let turn: Promise<void> = Promise.resolve()
  const read = async (statement: Statement, values: readonly unknown[]): Promise<string | undefined> => {
    const [before, next] = [turn, Promise.withResolvers<void>()]
    turn = next.promise
    try {
      const text = await ask(statement, values)
      await before
      return text
    } finally {
      setImmediate(next.resolve)
    }
  }
  const ask = async (statement: Statement, values: readonly unknown[]): Promise<string | undefined> => {
    refuseUnstorable(values)
    opened ??= open()
    const { client, looked } = await opened
    options.observe?.(statement)
    const { name, text } = inOneValue(statement)
    const query = { text, values: [...values], ...(options.prepare && { name }) }
    const [found, { rows }] = await Promise.all([looked, watch(client.query<{ rows: string }>(query))])
    if (isOther(assumed, found)) throw new Error('the caller is not who they were assumed to be')
    return rows[0]?.rows
  }
  const rows = async <Row extends object>(statement: Statement, values: readonly unknown[]) =>
    JSON.parse((await read(statement, values)) ?? '[]') as Row[]
  const look = async (): Promise<Looked> => {
    opened ??= open()
    return (await opened).looked
  }
  /** Who the caller is today; without an answer, or an account, nothing is left open. */
  const find = async (): Promise<Looked> => {
    const looked = await look().catch(async error => {
      await session.end()
      throw error
    })
    if (looked.isKnown) return looked
    await session.end()
    throw accountGone()
  }
  const session: ReadSession = {
    async actor(assuming) {
      if (caller === null) return anonymous
      assumed = assuming === undefined ? undefined : held.get(caller)
      if (assumed !== undefined) return actorOf(caller, assumed.split(' '))
      return actorOf(caller, (await find()).management.split(' '))
    },
    async isAsAssumed() {
      if (assumed === undefined) return true
      if (isOther(assumed, await find())) return false
      assumed = undefined
      return true
    },
    rows,
    async close() {
      isClosed = true
      await session.end()
    },
    async templateRows<Row extends object>(statement: Statement) {
      const { template } = await look()
      return options.memory(template, statement, () => rows<Row>(statement, []))
    },
    async end() {
      if (opened === undefined) return
      const ending = opened
      opened = undefined
      const { client } = await ending
      await pending
      if (failed !== undefined) connections.discard(client)
      else connections.give(client)
      failed = undefined
    },
  }
  return session
}

interface Opened {
  readonly client: PoolClient
  readonly looked: Promise<Looked>
}

/** What callers held when last looked up; a caller lives as long as the token that was verified is remembered. */
const held = new WeakMap<Caller, string>()

function remember(caller: Caller | null, looked: Looked): Looked {
  if (caller !== null && looked.isKnown) held.set(caller, looked.management)
  return looked
}

function isOther(assumed: string | undefined, { isKnown, management }: Looked): boolean {
  return assumed !== undefined && (!isKnown || management !== assumed)
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
  const given = caller === null ? null : givenTo(caller)
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
