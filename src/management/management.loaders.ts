import type { ManagementPermission } from '../auth/permissions.ts'
import { manyBy } from '../db/loaders.ts'
import { type Db, statement } from '../db/statement.ts'

const granted = statement(
  'management_by_principal',
  'select principal_id as "principalId", permission from management_grant where principal_id = any($1::uuid[]) order by permission',
)

export interface ManagementGrantRow {
  readonly principalId: string
  readonly permission: ManagementPermission
}

export function managementLoaders(db: Db) {
  return {
    /** What was granted in the graph; what the configuration gives is not stored. */
    managementGrantsByPrincipal: manyBy<ManagementGrantRow>(db, granted, row => row.principalId),
  }
}
