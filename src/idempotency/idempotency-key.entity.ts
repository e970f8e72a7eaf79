import { defineEntity, p } from '@mikro-orm/postgresql'
import type { Json } from '../organizations/organization.entity.ts'

/** What a call with an idempotency key came to. */
export const IdempotencyKey = defineEntity({
  name: 'IdempotencyKey',
  tableName: 'idempotency_key',
  properties: {
    organizationId: p.uuid().primary(),
    principalId: p.uuid().primary(),
    keyHash: p.blob().primary(),
    inputHash: p.blob(),
    outcome: p.json<Json>().nullable(),
    createdAt: p.datetime(3),
  },
})
