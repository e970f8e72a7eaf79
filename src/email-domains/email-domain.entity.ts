import { defineEntity, p } from '@mikro-orm/postgresql'

/** A domain of email addresses that an organization claims, and may have proved. */
export const EmailDomain = defineEntity({
  name: 'EmailDomain',
  tableName: 'email_domain',
  properties: {
    organizationId: p.uuid().primary(),
    id: p.uuid().primary(),
    domain: p.text(),
    token: p.text(),
    status: p.text().$type<EmailDomainStatus>().default('PENDING'),
    isVouchedFor: p.boolean().default(false),
    createdAt: p.datetime(3),
    verifiedAt: p.datetime(3).nullable(),
    lastCheckedAt: p.datetime(3).nullable(),
    nextCheckAt: p.datetime(3).nullable(),
    missedChecks: p.integer().default(0),
    provisions: p.boolean().default(false),
  },
})

export type EmailDomainStatus = 'PENDING' | 'VERIFIED' | 'LAPSED'
