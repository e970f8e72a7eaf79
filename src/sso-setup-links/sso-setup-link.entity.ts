import { defineEntity, p } from '@mikro-orm/postgresql'

/** Lets whoever has its token connect one provider for an organization, in the name of its maker (SSO-9). */
export const SsoSetupLink = defineEntity({
  name: 'SsoSetupLink',
  tableName: 'sso_setup_link',
  properties: {
    organizationId: p.uuid().primary(),
    id: p.uuid().primary(),
    label: p.text(),
    tokenHash: p.text(),
    connectorId: p.uuid(),
    scopes: p.array().columnType('text[]'),
    createdBy: p.uuid().nullable(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3),
    lastUsedAt: p.datetime(3).nullable(),
    finishedAt: p.datetime(3).nullable(),
    revokedAt: p.datetime(3).nullable(),
  },
})

export type SsoSetupLinkStatus = 'ACTIVE' | 'FINISHED' | 'EXPIRED' | 'REVOKED'
