import { manyBy, oneBy } from '../db/loaders.ts'
import { type Db, dateOf, type Instant, statement } from '../db/statement.ts'
import type { RoleIdRow } from '../members/membership.loaders.ts'
import type { InviteLinkStatus } from './invite-link.entity.ts'

/** What the status of a link follows from. */
interface Terms {
  readonly maxUses: number | null
  readonly uses: number
  readonly expiresAt: Instant
  readonly revokedAt: Instant | null
}

export interface InviteLinkRow extends Terms {
  readonly organizationId: string
  readonly id: string
  readonly label: string
  readonly allowedEmailDomains: readonly string[]
  readonly createdBy: string | null
  readonly createdAt: Instant
}

/** A link as whoever has its token finds it. */
export interface InviteLinkPreviewRow extends Terms {
  readonly organizationId: string
  readonly id: string
  readonly tokenHash: string
  readonly organizationName: string
  readonly organizationLogoUrl: string | null
  readonly roleNames: readonly string[]
}

/** The columns of an InviteLinkRow, of the table under the alias `l`. */
export const inviteLinkColumns = `l.organization_id as "organizationId", l.id, l.label, l.max_uses as "maxUses", l.uses,
  l.allowed_email_domains as "allowedEmailDomains", l.created_by as "createdBy", l.created_at as "createdAt",
  l.expires_at as "expiresAt", l.revoked_at as "revokedAt"`

/** The status of a link `l` in SQL, as `statusAt` has it; `at` is the placeholder of the moment. */
export const statusSql = (at: string) => `case when l.revoked_at is not null then 'REVOKED'
  when l.uses >= l.max_uses then 'USED_UP' when l.expires_at <= ${at} then 'EXPIRED' else 'ACTIVE' end`

const byId = statement(
  'invite_link_by_id',
  `select ${inviteLinkColumns} from invite_link l where l.id = any($1::uuid[])`,
)
const byHash = statement(
  'invite_link_by_hash',
  `select organization_id as "organizationId", id, token_hash as "tokenHash", organization_name as "organizationName",
     organization_logo_url as "organizationLogoUrl", role_names as "roleNames", max_uses as "maxUses", uses,
     expires_at as "expiresAt", revoked_at as "revokedAt"
   from tenantry_invite_links($1::text[])`,
)
// Through the link, which knows its organization: every index of invite_link_role begins with that.
const roleIds = statement(
  'role_ids_by_invite_link',
  `select lr.invite_link_id as "ownerId", lr.role_id as "roleId"
   from invite_link l join invite_link_role lr on lr.organization_id = l.organization_id and lr.invite_link_id = l.id
   where l.id = any($1::uuid[]) order by lr.role_id`,
)

export function inviteLinkLoaders(db: Db) {
  return {
    /** Of the viewer's organizations; whether the viewer may see it there is for the policy to say. */
    inviteLinkById: oneBy<InviteLinkRow>(db, byId, row => row.id),
    /** By the hash of its token, for whoever has that; null for a link of a deleted organization (ORG-6). */
    inviteLinkByHash: oneBy<InviteLinkPreviewRow>(db, byHash, row => row.tokenHash),
    roleIdsByInviteLink: manyBy<RoleIdRow>(db, roleIds, row => row.ownerId),
  }
}

/** The status at this moment. What is used up stays so when it would have expired (LNK-2). */
export function statusAt({ maxUses, uses, expiresAt, revokedAt }: Terms, now: Date): InviteLinkStatus {
  if (revokedAt !== null) return 'REVOKED'
  if (maxUses !== null && uses >= maxUses) return 'USED_UP'
  return dateOf(expiresAt) <= now ? 'EXPIRED' : 'ACTIVE'
}
