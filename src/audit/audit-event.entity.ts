import { defineEntity, p } from '@mikro-orm/postgresql'
import type { AuditAction } from './actions.ts'

/** What happened, written in the transaction of the change and never altered. It has no foreign keys: it outlives them. */
export const AuditEvent = defineEntity({
  name: 'AuditEvent',
  tableName: 'audit_event',
  properties: {
    organizationId: p.uuid().primary(),
    id: p.uuid().primary(),
    action: p.text().$type<AuditAction>(),
    actorId: p.uuid().nullable(),
    actorLabel: p.text().nullable(),
    targetType: p.text().nullable(),
    targetId: p.uuid().nullable(),
    targetLabel: p.text(),
    changes: p.json<AuditChange[]>(),
    ipAddress: p.text().nullable(),
    occurredAt: p.datetime(3),
  },
})

/** One changed field, as people read it. Secrets and tokens never appear here. */
export interface AuditChange {
  field: string
  before: string | null
  after: string | null
}
