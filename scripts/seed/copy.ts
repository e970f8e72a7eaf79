import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Client } from 'pg'
import { from } from 'pg-copy-streams'
import type { Progress } from './progress.ts'

type Value = string | number | boolean | Date | null

/** What to write into one table: its columns, and the rows as they come. */
export interface Load {
  readonly table: string
  readonly columns: readonly string[]
  readonly rows: Iterable<readonly Value[]>
}

/** Writes the rows by COPY, which takes them as fast as PostgreSQL can check and index them. */
export async function copy(client: Client, { table, columns, rows }: Load, progress: Progress): Promise<void> {
  progress.begin(table)
  const sink = client.query(from(`copy ${table} (${columns.join(', ')}) from stdin`))
  await pipeline(Readable.from(batches(rows, progress)), sink)
}

/** Lines in lots of some size: a chunk per row would cost more than its row. */
function* batches(rows: Iterable<readonly Value[]>, progress: Progress): Generator<string> {
  let lot: string[] = []
  for (const row of rows) {
    lot.push(row.map(field).join('\t'))
    if (lot.length === 500) {
      yield `${lot.join('\n')}\n`
      progress.advance(lot.length)
      lot = []
    }
  }
  if (lot.length === 0) return
  yield `${lot.join('\n')}\n`
  progress.advance(lot.length)
}

const escapes = new Map([
  ['\\', '\\\\'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\r', '\\r'],
])

/** A value in COPY's text format. */
function field(value: Value): string {
  if (value === null) return '\\N'
  if (value instanceof Date) return value.toISOString()
  return String(value).replaceAll(/[\\\t\n\r]/g, found => escapes.get(found) ?? found)
}
