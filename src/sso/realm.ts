import type { Services } from '../context.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'

/** A connector, by where it is. */
export interface Realm {
  readonly organizationId: string
  readonly connectorId: string
  /** Whether it is switched on, and tested. */
  readonly isUsable: boolean
}

const columns = 'organization_id as "organizationId", connector_id as "connectorId", is_usable as "isUsable"'
const find = statement(
  'sso_connector_for',
  `select ${columns} from tenantry_sso_connector_for(tenantry_covering_domains($1))`,
)

/**
 * The connector that serves the domain of this address, which its organization has proved. Null where there is none.
 * @param emailKey the address in the form in which addresses are compared, the domain in ASCII (JIT-1)
 */
export async function realmOf({ pool }: Pick<Services, 'pool'>, emailKey: string): Promise<Realm | null> {
  const { rows } = await pool.query<Realm>(find.text, [emailKey])
  return rows[0] ?? null
}

/** As `realmOf`, as it is within a transaction. */
export async function realmIn(tx: Pick<Tx, 'rows'>, emailKey: string): Promise<Realm | null> {
  return (await tx.rows<Realm>(find, [emailKey]))[0] ?? null
}
