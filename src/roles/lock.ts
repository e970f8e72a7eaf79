import { notFound } from '../auth/policy.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import type { RoleRow } from './role.loaders.ts'

const lock = statement(
  'lock_template_roles',
  'select id from template_role where id = any($1::uuid[]) order by id for update',
)
const keep = statement(
  'keep_template_roles',
  'select id from template_role where id = any($1::uuid[]) order by id for key share',
)

/**
 * What the organization's lock is for its own roles: changes of a template role come one by one, each on what the last
 * one left, and nobody is given the role meanwhile. The others that the change depends on are locked along with it.
 */
export async function lockTemplateRole(tx: Tx, id: string, others: readonly string[] = []): Promise<RoleRow> {
  await tx.rows(lock, [[id, ...others]])
  tx.refresh()
  const role = await tx.load.roleById.load(id)
  if (role === null) throw notFound('role')
  return role
}

/** Which of these roles of the template are there, and stay until the transaction ends. */
export async function keepTemplateRoles(tx: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  return new Set((await tx.rows<{ id: string }>(keep, [ids])).map(row => row.id))
}
