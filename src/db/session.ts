import type { PoolClient } from 'pg'
import { type Actor, actorOf, anonymous, type Caller } from '../auth/actor.ts'
import { accountGone } from '../errors.ts'
import { beginRead, type Looked } from './look.ts'
import { createOutstanding, type Outstanding } from './outstanding.ts'
import { inBatches, type ReadBatch } from './read-batch.ts'
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
  let isClosed = false
  const open = async (): Promise<Opened> => {
    if (isClosed) throw new Error('the session is over')
    const { client, isInTransaction } = await connections.take().catch(error => {
      opened = undefined
      throw error
    })
    const outstanding = createOutstanding()
    const send = inBatches(client, options.prepare)
    const looked = outstanding.watch(beginRead(send, caller, { isInTransaction, ...options.timeouts }))
    return { client, send, outstanding, looked: looked.then(found => remember(caller, found)) }
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
    const { send, looked, outstanding } = await opened
    options.observe?.(statement)
    const [found, row] = await Promise.all([looked, outstanding.watch(send(inOneValue(statement), values))])
    if (isOther(assumed, found)) throw new Error('the caller is not who they were assumed to be')
    return row?.[0] ?? undefined
  }
  const rows = async <Row extends object>(statement: Statement, values: readonly unknown[]) =>
    JSON.parse((await read(statement, values)) ?? '[]') as Row[]
  const looked = async (): Promise<Looked> => {
    opened ??= open()
    return (await opened).looked
  }
  /** Who the caller is today; without an answer, or an account, nothing is left open. */
  const find = async (): Promise<Looked> => {
    const found = await looked().catch(async error => {
      await session.end()
      throw error
    })
    if (found.isKnown) return found
    await session.end()
    throw accountGone()
  }
  const session: ReadSession = {
    async actor(assuming) {
      if (caller === null) return anonymous
      const known = assuming === undefined ? undefined : held.get(caller)
      assumed = known?.management
      return known?.actor ?? actorOf(caller, (await find()).management.split(' '))
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
      const { template } = await looked()
      return options.memory(template, statement, () => rows<Row>(statement, []))
    },
    async end() {
      if (opened === undefined) return
      const ending = opened
      opened = undefined
      const { client, outstanding } = await ending
      await outstanding.settled()
      if (outstanding.hasFailed()) connections.discard(client)
      else connections.give(client)
    },
  }
  return session
}

interface Opened {
  readonly client: PoolClient
  readonly send: ReadBatch['ask']
  readonly outstanding: Outstanding
  readonly looked: Promise<Looked>
}

/** Who callers were when last looked up; a caller lives as long as the token that was verified is remembered. */
const held = new WeakMap<Caller, { readonly management: string; readonly actor: Actor }>()

function remember(caller: Caller | null, looked: Looked): Looked {
  const { isKnown, management } = looked
  if (caller !== null && isKnown && held.get(caller)?.management !== management)
    held.set(caller, { management, actor: actorOf(caller, management.split(' ')) })
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
