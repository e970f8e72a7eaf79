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

/** That the record of a domain was looked up, for as long as a limit counts it. */
export const EmailDomainLook = defineEntity({
  name: 'EmailDomainLook',
  tableName: 'email_domain_look',
  properties: {
    organizationId: p.uuid().primary(),
    id: p.uuid().primary(),
    domain: p.text(),
    lookedAt: p.datetime(3),
  },
})

export type EmailDomainStatus = 'PENDING' | 'VERIFIED' | 'LAPSED'
