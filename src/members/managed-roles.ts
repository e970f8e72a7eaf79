import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { RoleManagedByGroupsError } from '../roles/errors.ts'

const byGroups = statement(
  'roles_by_groups',
  'select membership_id as "membershipId", role_id as "roleId" from tenantry_roles_by_groups($1)',
)

interface Change {
  readonly member: { readonly id: string }
  readonly added: readonly { readonly id: string }[]
  readonly removed: readonly { readonly id: string }[]
}

/**
 * What groups of an identity provider decide at each sign-in is not changed by hand: it would hold until the next one.
 * @throws RoleManagedByGroupsError (SSO-6)
 */
export async function refuseManaged(tx: Tx, changes: readonly Change[]): Promise<void> {
  const changed = changes.filter(({ added, removed }) => added.length + removed.length > 0)
  if (changed.length === 0) return
  const ids = changed.map(({ member }) => member.id)
  const rows = await tx.rows<{ membershipId: string; roleId: string }>(byGroups, [ids])
  const managed = new Set(rows.map(row => `${row.membershipId} ${row.roleId}`))
  const refused = changed.flatMap(({ member, added, removed }) =>
    [...added, ...removed].filter(role => managed.has(`${member.id} ${role.id}`)).map(role => role.id),
  )
  if (refused.length > 0) throw new RoleManagedByGroupsError([...new Set(refused)])
}
