import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Client } from 'pg'
import { from } from 'pg-copy-streams'
import type { Progress } from './progress.ts'

type Value = string | number | boolean | Date | null

/** Rows for one table. */
export interface Load {
  readonly table: string
  readonly columns: readonly string[]
  readonly count: number
  rows(): Iterable<readonly Value[]>
}

/** A row per item: what each column gets from it. */
export function loadOf<Item>(
  table: string,
  items: readonly Item[],
  columns: Readonly<Record<string, (item: Item) => Value>>,
): Load {
  const values = Object.values(columns)
  return {
    table,
    columns: Object.keys(columns),
    count: items.length,
    *rows() {
      for (const item of items) yield values.map(value => value(item))
    },
  }
}

/** Writes the rows by COPY, which takes them as fast as PostgreSQL can check and index them. */
export async function copy(client: Client, load: Load, progress: Progress): Promise<void> {
  progress.begin(load.table)
  const sink = client.query(from(`copy ${load.table} (${load.columns.join(', ')}) from stdin`))
  await pipeline(Readable.from(lots(load, progress)), sink)
}

/** Lines in lots of some size: a chunk per row would cost more than its row. */
function* lots(load: Load, progress: Progress): Generator<string> {
  let lot: string[] = []
  for (const row of load.rows()) {
    if (lot.push(row.map(field).join('\t')) < 500) continue
    yield `${lot.join('\n')}\n`
    progress.advance(lot.length)
    lot = []
  }
  if (lot.length > 0) yield `${lot.join('\n')}\n`
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
