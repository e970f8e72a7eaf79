import type { PageArgs } from '../db/cursor.ts'
import { type Condition, type Page, pageOf } from '../db/page.ts'
import type { Ask } from '../load.ts'
import type { AuditAction } from './actions.ts'
import { type AuditEventRow, auditEventColumns } from './audit-event.loaders.ts'

export interface AuditEventFilter {
  actions?: readonly AuditAction[] | null | undefined
  actorId?: string | null | undefined
  targetId?: string | null | undefined
  since?: Date | null | undefined
  until?: Date | null | undefined
}

/** The audit log of an organization, or of the deployment, newest first: ids are made in the order of time. */
export function auditEventsOf(
  by: Ask,
  organizationId: string,
  args: PageArgs & { filter: AuditEventFilter },
  withTotal: boolean,
): Promise<Page<AuditEventRow>> {
  const { actions, actorId, targetId, since, until } = args.filter
  const conditions: [unknown, (placeholder: string) => string][] = [
    [actions, placeholder => `a.action = any(${placeholder}::text[])`],
    [actorId, placeholder => `a.actor_id = ${placeholder}`],
    [targetId, placeholder => `a.target_id = ${placeholder}`],
    [since, placeholder => `a.occurred_at >= ${placeholder}`],
    [until, placeholder => `a.occurred_at < ${placeholder}`],
  ]
  const where: Condition[] = conditions.flatMap(([value, sql]) => (value == null ? [] : [{ value, sql }]))
  const listing = {
    label: 'audit_events',
    columns: auditEventColumns,
    from: 'audit_event a',
    parent: 'a.organization_id',
    id: 'a.id',
    order: { name: 'occurredAt', expression: 'a.id', type: 'uuid' as const },
    direction: 'DESC' as const,
    where,
    withTotal,
  }
  return pageOf(by, organizationId, listing, args)
}
