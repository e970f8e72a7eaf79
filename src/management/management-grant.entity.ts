import { defineEntity, p } from '@mikro-orm/postgresql'

/** A management permission that one operator granted to a principal. */
export const ManagementGrant = defineEntity({
  name: 'ManagementGrant',
  tableName: 'management_grant',
  properties: {
    principalId: p.uuid().primary(),
    permission: p.text().primary(),
    grantedBy: p.uuid().nullable(),
    grantedAt: p.datetime(3),
  },
})
