import DataLoader from 'dataloader'
import type { Db, Statement } from './statement.ts'

/** A batched read of one row by key; null where there is none, or none that row-level security shows. */
export type One<Row> = DataLoader<string, Row | null>
/** A batched read of all rows of a key, in the order of the statement. */
export type Many<Row> = DataLoader<string, readonly Row[]>

/** One row by key. The statement takes the keys as its first value, `$1::uuid[]`. */
export function oneBy<Row extends object>(
  db: Db,
  statement: Statement,
  keyOf: (row: Row) => string,
  values: readonly unknown[] = [],
): One<Row> {
  return new DataLoader(async keys => {
    const rows = await db.rows<Row>(statement, [keys, ...values])
    const byKey = new Map(rows.map(row => [keyOf(row), row]))
    return keys.map(key => byKey.get(key) ?? null)
  })
}

/** All rows of a key; each key's bound is the business of the statement. */
export function manyBy<Row extends object>(
  db: Db,
  statement: Statement,
  keyOf: (row: Row) => string,
  values: readonly unknown[] = [],
): Many<Row> {
  return new DataLoader(async keys => {
    const rows = await db.rows<Row>(statement, [keys, ...values])
    const byKey = Map.groupBy(rows, keyOf)
    return keys.map(key => byKey.get(key) ?? [])
  })
}
