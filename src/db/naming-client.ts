import pg, { type QueryConfig } from 'pg'
import { nameOf } from './statement.ts'

/**
 * A connection that sends our statements under their names. What is between a service and the driver passes on the text
 * alone, and PostgreSQL would plan it at each call: with row-level security that takes longer than to run it.
 */
export class NamingClient extends pg.Client {
  // The overloads of the driver are many; what is none of ours goes through as it came.
  override query = ((...[text, values, ...rest]: unknown[]) => {
    const name = typeof text === 'string' && Array.isArray(values) ? nameOf(text) : undefined
    const sent = name === undefined ? [text, values, ...rest] : [{ name, text, values } as QueryConfig, ...rest]
    return Reflect.apply(super.query, this, sent)
  }) as pg.Client['query']
}
