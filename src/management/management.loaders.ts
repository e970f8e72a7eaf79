import type { ManagementPermission } from '../auth/permissions.ts'
import { manyBy } from '../db/loaders.ts'
import { type Db, statement } from '../db/statement.ts'
import { emailKey } from '../users/email.ts'
import { type PrincipalRow, principalColumns } from '../users/principal.loaders.ts'

const granted = statement(
  'management_by_principal',
  'select principal_id as "principalId", permission from management_grant where principal_id = any($1::uuid[]) order by permission',
)

// A configured operator is named by a verified address or by "issuer subject".
const operators = statement(
  'operators',
  `select ${principalColumns('p')} from principal p
   where p.id in (select principal_id from management_grant)
      or (p.is_email_verified and p.email_key = any($1::text[]))
      or p.id in (select i.principal_id from identity i where i.issuer || ' ' || i.subject = any($1::text[]))
   order by lower(p.display_name), p.id`,
)

export interface ManagementGrantRow {
  readonly principalId: string
  readonly permission: ManagementPermission
}

export function managementLoaders(db: Db, configured: readonly string[]) {
  const names = configured.map(operator => emailKey(operator) ?? operator)
  return {
    /** Everybody who holds a management permission. */
    operators: () => db.rows<PrincipalRow>(operators, [names]),
    /** What was granted in the graph; what the configuration gives is not stored. */
    managementGrantsByPrincipal: manyBy<ManagementGrantRow>(db, granted, row => row.principalId),
  }
}
