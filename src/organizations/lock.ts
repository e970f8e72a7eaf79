import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'

// In one order, so that two who lock several do not wait for one another.
const lock = statement(
  'lock_organizations',
  'select id from organization where id = any($1::uuid[]) order by id for no key update',
)

/** The first lock of every change inside an organization: changes of its members, roles and invitations come one by one. */
export function lockOrganization(tx: Tx, organizationId: string): Promise<void> {
  return lockOrganizations(tx, [organizationId])
}

/** As lockOrganization, for what happens in several at once. */
export async function lockOrganizations(tx: Tx, organizationIds: readonly string[]): Promise<void> {
  await tx.rows(lock, [organizationIds])
}
