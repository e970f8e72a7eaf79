import pg, { type ClientConfig, type QueryConfig } from 'pg'
import { ReadBatch } from './read-batch.ts'
import { nameOf } from './statement.ts'

/**
 * A connection that sends what is asked of it without waiting for the answers to what was asked before, and what is asked
 * in one turn of the event loop in one write: each message of its own costs a wake-up on both sides.
 *
 * With `prepare`, our statements go under their names. What is between a service and the driver passes on the text alone,
 * and PostgreSQL would plan it at each call: with row-level security that takes longer than to run it.
 */
export class RuntimeClient extends pg.Client {
  readonly #prepares: boolean

  constructor(config: ClientConfig & { readonly prepare?: boolean } = {}) {
    super({ ...config, pipeline: true })
    this.#prepares = config.prepare === true
  }

  // The overloads of the driver are many; what is none of ours goes through as it came.
  override query = ((...[text, values, ...rest]: unknown[]) => {
    if (!(text instanceof ReadBatch)) {
      const { stream } = this.connection
      stream.cork()
      setImmediate(() => stream.uncork())
    }
    const isText = this.#prepares && typeof text === 'string' && Array.isArray(values)
    const name = isText ? nameOf(text) : undefined
    const sent = name === undefined ? [text, values, ...rest] : [{ name, text, values } as QueryConfig, ...rest]
    return Reflect.apply(super.query, this, sent)
  }) as pg.Client['query']
}
