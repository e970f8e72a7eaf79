import { defineEntity, p } from '@mikro-orm/postgresql'
import type { PublicKey } from './public-keys.ts'

/** That a machine application is owned by one organization; without a row, it is of the deployment. */
export const OrganizationApplication = defineEntity({
  name: 'OrganizationApplication',
  tableName: 'organization_application',
  properties: { organizationId: p.uuid().primary(), applicationId: p.uuid().primary() },
})

/** A secret of an application: several at once, so that one can be replaced while the other still works. */
export const ApplicationSecret = defineEntity({
  name: 'ApplicationSecret',
  tableName: 'application_secret',
  properties: {
    /** The nil id for an application of the deployment. */
    organizationId: p.uuid().primary(),
    id: p.uuid().primary(),
    applicationId: p.uuid(),
    label: p.text(),
    secretHash: p.text(),
    createdBy: p.uuid().nullable(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3),
    lastUsedAt: p.datetime(3).nullable(),
    revokedAt: p.datetime(3).nullable(),
  },
})
export type ApplicationSecretStatus = 'ACTIVE' | 'EXPIRED' | 'REVOKED'

/** A public key by which an application proves who it is (private_key_jwt, RFC 7523). */
export const ApplicationKey = defineEntity({
  name: 'ApplicationKey',
  tableName: 'application_key',
  properties: {
    organizationId: p.uuid().primary(),
    applicationId: p.uuid().primary(),
    keyId: p.text().primary(),
    jwk: p.json<PublicKey>(),
    createdAt: p.datetime(3),
  },
})
