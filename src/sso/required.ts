import type { Services } from '../context.ts'
import { statement } from '../db/statement.ts'

/** The connector that an address has to sign in through (SSO-5). */
export interface RequiredSso {
  readonly organizationId: string
  readonly connectorId: string
  readonly connectorName: string
  /** Whether the user may come in by another way, with a second factor: an owner there who was allowed to, and has one. */
  readonly isBreakGlass: boolean
}

const find = statement('required_sso', 'select tenantry_required_sso($1, $2) as required')

/**
 * The connector that is required of an address: of this one, or of the verified one of the user. Null where none is.
 * @param asked of whom; null for somebody who is no user yet
 */
export async function requiredSsoOf(
  { pool }: Pick<Services, 'pool'>,
  asked: { readonly principalId: string | null; readonly emailKey?: string },
): Promise<RequiredSso | null> {
  const values = [asked.principalId, asked.emailKey ?? null]
  const { rows } = await pool.query<{ required: RequiredSso | null }>(find.text, values)
  return rows[0]?.required ?? null
}
