import { manyBy, oneBy } from '../db/loaders.ts'
import { type Db, dateOf, type Instant, statement } from '../db/statement.ts'
import type { RoleIdRow } from '../members/membership.loaders.ts'
import type { InvitationStatus, MailFailure } from './invitation.entity.ts'

export interface InvitationRow {
  readonly organizationId: string
  readonly id: string
  readonly email: string
  readonly emailKey: string
  readonly status: InvitationStatus
  readonly inviterId: string | null
  readonly acceptedBy: string | null
  readonly createdAt: Instant
  readonly expiresAt: Instant
  readonly lastSentAt: Instant | null
  readonly lastMailFailure: MailFailure | null
}

/** What the holder of a link may see before signing in. */
export interface InvitationPreviewRow {
  readonly tokenHash: string
  readonly organizationName: string
  readonly logoUrl: string | null
  readonly inviterName: string | null
  readonly roleNames: readonly string[]
  readonly email: string
  readonly status: InvitationStatus
  readonly expiresAt: Instant
}

/** The columns of an InvitationRow, of the table under the alias `i`. */
export const invitationColumns = `i.organization_id as "organizationId", i.id, i.email, i.email_key as "emailKey", i.status,
  i.inviter_id as "inviterId", i.accepted_by as "acceptedBy", i.created_at as "createdAt", i.expires_at as "expiresAt",
  i.last_sent_at as "lastSentAt", i.last_mail_failure as "lastMailFailure"`

const byId = statement('invitation_by_id', `select ${invitationColumns} from invitation i where i.id = any($1::uuid[])`)
// Through the invitation, which knows its organization: every index of invitation_role begins with that.
const roleIds = statement(
  'role_ids_by_invitation',
  `select ir.invitation_id as "ownerId", ir.role_id as "roleId"
   from invitation i join invitation_role ir on ir.organization_id = i.organization_id and ir.invitation_id = i.id
   where i.id = any($1::uuid[]) order by ir.role_id`,
)
// These two go past row-level security by functions of the database, which answer to nothing but the hash of a link.
const byTokenHash = statement(
  'invitation_by_token_hash',
  `select link.hash as "tokenHash", ${invitationColumns}
   from unnest($1::text[]) as link (hash) cross join lateral tenantry_invitation_by_token(link.hash) i`,
)
const previewByTokenHash = statement(
  'invitation_preview_by_token_hash',
  `select link.hash as "tokenHash", p.organization_name as "organizationName", p.logo_url as "logoUrl",
     p.inviter_name as "inviterName", p.role_names as "roleNames", p.email, p.status, p.expires_at as "expiresAt"
   from unnest($1::text[]) as link (hash) cross join lateral tenantry_invitation_preview(link.hash) p`,
)
const invitingById = statement(
  'inviting_organization_by_id',
  'select id, is_deleted as "isDeleted" from tenantry_organization_labels($1::uuid[])',
)

export function invitationLoaders(db: Db) {
  return {
    /** Whether an organization can still be joined, for the recipient of an open invitation to it as well (ORG-6). */
    invitingOrganizationById: oneBy<{ id: string; isDeleted: boolean }>(db, invitingById, row => row.id),
    /** Of the viewer's organizations, or to the viewer; whether the viewer may see it is for the policy to say. */
    invitationById: oneBy<InvitationRow>(db, byId, row => row.id),
    /** For whoever has the link, whoever they are; in every status, but only while the organization is there. */
    invitationByTokenHash: oneBy<InvitationRow & { tokenHash: string }>(db, byTokenHash, row => row.tokenHash),
    invitationPreviewByTokenHash: oneBy<InvitationPreviewRow>(db, previewByTokenHash, row => row.tokenHash),
    roleIdsByInvitation: manyBy<RoleIdRow>(db, roleIds, row => row.ownerId),
  }
}

/** The status at this moment: a pending invitation that is overdue has expired, though nobody has written it yet (INV-1). */
export function statusAt(invitation: { status: InvitationStatus; expiresAt: Instant }, now: Date): InvitationStatus {
  return invitation.status === 'PENDING' && dateOf(invitation.expiresAt) <= now ? 'EXPIRED' : invitation.status
}
