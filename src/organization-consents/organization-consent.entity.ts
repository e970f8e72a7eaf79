import { defineEntity, p } from '@mikro-orm/postgresql'

/** What a member lets somebody else's product do in an organization. */
export const OrganizationConsent = defineEntity({
  name: 'OrganizationConsent',
  tableName: 'organization_consent',
  properties: {
    organizationId: p.uuid().primary(),
    principalId: p.uuid().primary(),
    clientId: p.text().primary(),
    permissionIds: p.array().columnType('uuid[]'),
    consentedAt: p.datetime(3),
  },
})
