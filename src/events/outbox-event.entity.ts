import { defineEntity, p } from '@mikro-orm/postgresql'
import type { Json } from '../organizations/organization.entity.ts'

/** Something others want to hear of once the transaction has committed. */
export const OutboxEvent = defineEntity({
  name: 'OutboxEvent',
  tableName: 'outbox_event',
  properties: {
    organizationId: p.uuid().primary(),
    id: p.uuid().primary(),
    type: p.text(),
    payload: p.json<Json>(),
    occurredAt: p.datetime(3),
  },
})
