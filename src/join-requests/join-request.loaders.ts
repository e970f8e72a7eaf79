import DataLoader from 'dataloader'
import { oneBy } from '../db/loaders.ts'
import { type Db, type Instant, statement } from '../db/statement.ts'
import type { JoinRequestAccess, JoinRequestStatus } from './join-request.entity.ts'

export interface JoinRequestRow {
  readonly organizationId: string
  readonly id: string
  readonly requesterId: string
  readonly message: string | null
  readonly status: JoinRequestStatus
  readonly refusalReason: string | null
  readonly decidedBy: string | null
  readonly createdAt: Instant
  readonly closedAt: Instant | null
}

export interface JoinPolicyRow {
  readonly organizationId: string
  readonly access: JoinRequestAccess
  readonly emailDomains: readonly string[]
}

/** The columns of a JoinRequestRow, of the table under the alias `r`. */
export const joinRequestColumns = `r.organization_id as "organizationId", r.id, r.requester_id as "requesterId", r.message,
  r.status, r.refusal_reason as "refusalReason", r.decided_by as "decidedBy", r.created_at as "createdAt",
  r.closed_at as "closedAt"`

const byId = statement(
  'join_request_by_id',
  `select ${joinRequestColumns} from join_request r where r.id = any($1::uuid[])`,
)
const requested = statement(
  'requested_organizations',
  'select id, name from tenantry_requested_organizations() where id = any($1::uuid[])',
)
const policies = statement(
  'join_policy_by_organization',
  `select organization_id as "organizationId", access, email_domains as "emailDomains" from join_policy
   where organization_id = any($1::uuid[])`,
)
const joinable = statement('joinable_organization', 'select tenantry_joinable_organization($1, $2) as id')

export function joinRequestLoaders(db: Db, now: Date) {
  return {
    /** Of the viewer's organizations, or of the viewer; whether the viewer may see it is for the policy to say. */
    joinRequestById: oneBy<JoinRequestRow>(db, byId, row => row.id),
    /** The name of an organization that the viewer asked to join; null once it is deleted (ORG-6). */
    requestedOrganizationById: oneBy<{ id: string; name: string }>(db, requested, row => row.id),
    joinPolicyByOrganization: oneBy<JoinPolicyRow>(db, policies, row => row.organizationId),
    /** The id of the organization that a slug leads to, when the viewer is a member of it or may ask to join it (REQ-2). */
    joinableOrganization: new DataLoader<string, string | null>(slugs =>
      Promise.all(
        slugs.map(async slug => (await db.rows<{ id: string | null }>(joinable, [slug, now]))[0]?.id ?? null),
      ),
    ),
  }
}
