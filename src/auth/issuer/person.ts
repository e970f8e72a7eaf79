import type { Services } from '../../context.ts'
import { statement } from '../../db/statement.ts'

const personById = statement(
  'person_at_issuer',
  'select display_name as "displayName", email from principal where id = $1',
)
interface PersonRow {
  readonly displayName: string
  readonly email: string | null
}

/** Who is signed in, as a page calls them and the audit log knows them. */
export async function personAsked({ pool }: Pick<Services, 'pool'>, accountId: string): Promise<PersonRow> {
  const { rows } = await pool.query<PersonRow>(personById.text, [accountId])
  return rows[0] ?? { displayName: '', email: null }
}
