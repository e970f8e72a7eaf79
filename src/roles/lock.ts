import { notFound } from '../auth/policy.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import type { RoleRow } from './role.loaders.ts'

const lock = statement('lock_template_role', 'select id from template_role where id = $1 for update')

/**
 * What the organization's lock is for its own roles: changes of a template role come one by one, each on what the last
 * one left, and nobody is given the role meanwhile.
 */
export async function lockTemplateRole(tx: Tx, id: string): Promise<RoleRow> {
  await tx.rows(lock, [id])
  tx.refresh()
  const role = await tx.load.roleById.load(id)
  if (role === null) throw notFound('role')
  return role
}
