import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'

const lock = statement('lock_organization', 'select id from organization where id = $1 for no key update')

/** The first lock of every change inside an organization: changes of its members, roles and invitations come one by one. */
export async function lockOrganization(tx: Tx, organizationId: string): Promise<void> {
  await tx.rows(lock, [organizationId])
}
