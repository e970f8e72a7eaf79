import { dateOf, type Instant, type Statement, statement } from './statement.ts'
import type { Tx } from './transaction.ts'

/** What is counted, and by what. */
interface Counted {
  readonly table: string
  /** The column with the time of each. */
  readonly at: string
  /** Two conditions on the values $1 and $2, each with a limit of its own. */
  readonly by: readonly [string, string]
}

/** A statement for `freeAgainAt`: which row has to leave the window before there is room for one more. */
export function slidingLimits(label: string, { table, at, by: [one, other] }: Counted): Statement {
  return statement(
    label,
    `select max(at) as at from (
       (select ${at} as at from ${table} where ${one} and ${at} > $3 order by ${at} desc offset $4 - 1 limit 1)
       union all
       (select ${at} from ${table} where ${other} and ${at} > $3 order by ${at} desc offset $5 - 1 limit 1)
     ) found`,
  )
}

interface Asked {
  /** What the two conditions are about. */
  readonly values: readonly [string | null, string | null]
  /** How many each allows within the window. */
  readonly limits: readonly [number, number]
  /** How many milliseconds they look back. */
  readonly window: number
}

/** When there is room for one more; null: now. */
export async function freeAgainAt(tx: Tx, limited: Statement, { values, limits, window }: Asked): Promise<Date | null> {
  const since = new Date(tx.now.getTime() - window)
  const [found] = await tx.rows<{ at: Instant | null }>(limited, [...values, since, ...limits])
  return found === undefined || found.at === null ? null : new Date(dateOf(found.at).getTime() + window)
}
