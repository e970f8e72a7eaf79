import { manyBy, oneBy } from '../db/loaders.ts'
import { type Db, type Instant, statement } from '../db/statement.ts'
import type { EmailDomainStatus } from './email-domain.entity.ts'

export interface EmailDomainRow {
  readonly organizationId: string
  readonly id: string
  /** In ASCII; with `*.` before it, every domain below. */
  readonly domain: string
  readonly token: string
  readonly status: EmailDomainStatus
  readonly isVouchedFor: boolean
  readonly createdAt: Instant
  readonly verifiedAt: Instant | null
  readonly lastCheckedAt: Instant | null
  readonly missedChecks: number
  /** Whether just-in-time provisioning takes people in by it, while it is proved. */
  readonly provisions: boolean
}

const columns = `organization_id as "organizationId", id, domain, token, status, is_vouched_for as "isVouchedFor",
  created_at as "createdAt", verified_at as "verifiedAt", last_checked_at as "lastCheckedAt", missed_checks as "missedChecks", provisions`
const byId = statement('email_domain_by_id', `select ${columns} from email_domain where id = any($1::uuid[])`)
const byOrganization = statement(
  'email_domains_by_organization',
  `select ${columns} from email_domain where organization_id = any($1::uuid[]) order by domain, id`,
)

export function emailDomainLoaders(db: Db) {
  return {
    /** Of the viewer's organizations; whether the viewer may see it there is for the policy to say. */
    emailDomainById: oneBy<EmailDomainRow>(db, byId, row => row.id),
    emailDomainsByOrganization: manyBy<EmailDomainRow>(db, byOrganization, row => row.organizationId),
  }
}
