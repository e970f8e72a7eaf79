import { oneBy } from '../db/loaders.ts'
import { type Db, type Instant, statement } from '../db/statement.ts'
import type { AuditAction } from './actions.ts'
import type { AuditChange } from './audit-event.entity.ts'

export interface AuditEventRow {
  readonly organizationId: string
  readonly id: string
  readonly action: AuditAction
  readonly actorId: string | null
  readonly actorLabel: string | null
  readonly targetType: string | null
  readonly targetId: string | null
  readonly targetLabel: string
  readonly changes: readonly AuditChange[]
  readonly ipAddress: string | null
  readonly occurredAt: Instant
}

/** The columns of an AuditEventRow, of the table under the alias `a`. */
export const auditEventColumns = `a.organization_id as "organizationId", a.id, a.action, a.actor_id as "actorId", a.actor_label as "actorLabel",
  a.target_type as "targetType", a.target_id as "targetId", a.target_label as "targetLabel", a.changes,
  a.ip_address as "ipAddress", a.occurred_at as "occurredAt"`

const byId = statement(
  'audit_event_by_id',
  `select ${auditEventColumns} from audit_event a where a.id = any($1::uuid[])`,
)

export function auditLoaders(db: Db) {
  return { auditEventById: oneBy<AuditEventRow>(db, byId, row => row.id) }
}
