import type { Services } from '../../../context.ts'
import { statement } from '../../../db/statement.ts'

const find = statement(
  'factors_of',
  `select exists (select from second_factor where principal_id = $1) as "hasProgram",
     exists (select from passkey where principal_id = $1) as "hasPasskey"`,
)

/** What a user can show beside a mailed code. */
export interface Factors {
  readonly hasProgram: boolean
  readonly hasPasskey: boolean
}

/** Which factors a user has: a program for codes, passkeys, both, or neither. */
export async function factorsOf({ pool }: Pick<Services, 'pool'>, principalId: string): Promise<Factors> {
  const { rows } = await pool.query<Factors>(find.text, [principalId])
  return rows[0] ?? { hasProgram: false, hasPasskey: false }
}

export const hasAny = ({ hasProgram, hasPasskey }: Factors) => hasProgram || hasPasskey
