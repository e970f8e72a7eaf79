import { oneBy } from '../db/loaders.ts'
import { type Db, dateOf, type Instant, statement } from '../db/statement.ts'
import type { SsoSetupLinkStatus } from './sso-setup-link.entity.ts'

/** What the status of a link follows from. */
interface Terms {
  readonly expiresAt: Instant
  readonly finishedAt: Instant | null
  readonly revokedAt: Instant | null
}

export interface SsoSetupLinkRow extends Terms {
  readonly organizationId: string
  readonly id: string
  readonly label: string
  /** The one connector that it is for; there is none of this id until it is made. */
  readonly connectorId: string
  readonly createdBy: string | null
  readonly createdAt: Instant
  readonly lastUsedAt: Instant | null
}

/** The columns of an SsoSetupLinkRow, of the table under the alias `l`. */
export const setupLinkColumns = `l.organization_id as "organizationId", l.id, l.label, l.connector_id as "connectorId",
  l.created_by as "createdBy", l.created_at as "createdAt", l.expires_at as "expiresAt", l.last_used_at as "lastUsedAt",
  l.finished_at as "finishedAt", l.revoked_at as "revokedAt"`

const byId = statement(
  'sso_setup_link_by_id',
  `select ${setupLinkColumns} from sso_setup_link l where l.id = any($1::uuid[])`,
)

export function ssoSetupLinkLoaders(db: Db) {
  return {
    /** Of the viewer's organizations; whether the viewer may see it there is for the policy to say. */
    ssoSetupLinkById: oneBy<SsoSetupLinkRow>(db, byId, row => row.id),
  }
}

/** The status at this moment. */
export function statusAt({ expiresAt, finishedAt, revokedAt }: Terms, now: Date): SsoSetupLinkStatus {
  if (revokedAt !== null) return 'REVOKED'
  if (finishedAt !== null) return 'FINISHED'
  return dateOf(expiresAt) <= now ? 'EXPIRED' : 'ACTIVE'
}
