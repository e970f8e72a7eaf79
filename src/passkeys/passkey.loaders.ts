import { manyBy } from '../db/loaders.ts'
import { type Db, type Instant, statement } from '../db/statement.ts'

export interface PasskeyRow {
  readonly id: string
  readonly principalId: string
  readonly name: string
  readonly isBackedUp: boolean
  readonly createdAt: Instant
  readonly lastUsedAt: Instant | null
}

/** How many passkeys one user can have. */
export const MAX_PASSKEYS = 20

const byPrincipal = statement(
  'passkeys_by_principal',
  `select id, principal_id as "principalId", name, is_backed_up as "isBackedUp", created_at as "createdAt",
     last_used_at as "lastUsedAt"
   from passkey where principal_id = any($1::uuid[]) order by created_at, id`,
)

export function passkeyLoaders(db: Db) {
  return {
    /** The oldest first; a user has at most MAX_PASSKEYS. */
    passkeysByPrincipal: manyBy<PasskeyRow>(db, byPrincipal, row => row.principalId),
  }
}
