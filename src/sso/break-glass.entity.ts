import { defineEntity, p } from '@mikro-orm/postgresql'

/** Who may sign in without the connector that their organization requires, with a second factor. */
export const BreakGlass = defineEntity({
  name: 'BreakGlass',
  tableName: 'break_glass',
  properties: {
    organizationId: p.uuid().primary(),
    membershipId: p.uuid().primary(),
    allowedBy: p.uuid().nullable(),
    allowedAt: p.datetime(3),
  },
})
