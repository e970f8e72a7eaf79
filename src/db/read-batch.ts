import pg, { type Connection, type PoolClient } from 'pg'
import { serialize } from 'pg-protocol'
import type { Statement } from './statement.ts'

/** The first row of an answer, as PostgreSQL writes its values; undefined where there is no row. */
export type FirstRow = readonly (string | null)[] | undefined

interface Item {
  readonly statement: Statement
  readonly values: readonly unknown[]
  readonly answer: PromiseWithResolvers<FirstRow>
  row: FirstRow
}

/** What the driver has, and its types do not tell of. */
interface Wire {
  readonly stream: { write(message: Buffer): boolean }
  /** The texts of the statements that this connection knows by name. */
  readonly parsedStatements: Record<string, string>
}
const { prepareValue } = (pg as unknown as { utils: { prepareValue(value: unknown): unknown } }).utils

/**
 * Statements that go to PostgreSQL in one message and are answered in one: a message of its own costs a wake-up on both
 * sides. Each answers with one row, of which it is known what its columns are: nothing is described. When one fails, all
 * after it fail with it, and the connection is not to be used any more.
 */
export class ReadBatch extends pg.Query {
  /** The driver's own, with which it clears the timer of a `query_timeout`. */
  declare callback?: (error: Error | null) => void
  readonly #prepare: boolean
  readonly #items: Item[] = []
  #answered = 0

  /** With `prepare`, PostgreSQL keeps the plans under the names of the statements. */
  constructor(prepare: boolean) {
    super('')
    this.#prepare = prepare
  }

  ask(statement: Statement, values: readonly unknown[] = []): Promise<FirstRow> {
    const answer = Promise.withResolvers<FirstRow>()
    this.#items.push({ statement, values, answer, row: undefined })
    return answer.promise
  }

  /** From here on the driver calls; what cannot be sent it hands to `handleError`, and nothing was written. */
  override submit = (connection: Connection): Error | null => {
    const wire = connection as unknown as Wire
    let bound: unknown[][]
    try {
      bound = this.#items.map(({ values }) => values.map(prepareValue))
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
    const parts = this.#items.flatMap(({ statement }, index) => {
      const name = this.#prepare ? statement.name : ''
      const known = name === '' ? [serialize.parse({ text: statement.text })] : know(statement, wire)
      return [...known, serialize.bind({ statement: name, values: bound[index] ?? [] }), serialize.execute()]
    })
    wire.stream.write(Buffer.concat([...parts, serialize.sync()]))
    return null
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    const item = this.#items[this.#answered]
    if (item !== undefined) item.row ??= fields
  }

  handleCommandComplete(): void {
    const item = this.#items[this.#answered++]
    item?.answer.resolve(item.row)
  }

  handleError(error: Error): void {
    for (const { answer } of this.#items.slice(this.#answered)) answer.reject(error)
    this.#answered = this.#items.length
    this.callback?.(error)
  }

  handleReadyForQuery(): void {
    this.callback?.(null)
  }
}

/** PostgreSQL keeps a plan for each name, and clients can ask for lists in more ways than it should keep. */
const mostNames = 500

/** What makes the statement known to the connection by its name; the one it has known the longest gives way. */
function know({ name, text }: Statement, { parsedStatements }: Wire): Buffer[] {
  if (parsedStatements[name] !== undefined) return []
  const names = Object.keys(parsedStatements)
  const [oldest] = names
  const parts = [serialize.parse({ name, text })]
  if (names.length >= mostNames && oldest !== undefined) {
    parts.unshift(serialize.close({ type: 'S', name: oldest }))
    delete parsedStatements[oldest]
  }
  parsedStatements[name] = text
  return parts
}

/** Sends what is asked in one turn of the event loop in one message. */
export function inBatches(client: PoolClient, prepare: boolean): ReadBatch['ask'] {
  let batch: ReadBatch | undefined
  return (statement, values) => {
    if (batch === undefined) {
      const made = new ReadBatch(prepare)
      batch = made
      setImmediate(() => {
        batch = undefined
        client.query(made)
      })
    }
    return batch.ask(statement, values)
  }
}
