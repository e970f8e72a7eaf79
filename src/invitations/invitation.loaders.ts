import { manyBy, oneBy } from '../db/loaders.ts'
import { type Db, dateOf, type Instant, statement } from '../db/statement.ts'
import type { RoleIdRow } from '../members/membership.loaders.ts'
import type { InvitationStatus } from './invitation.entity.ts'

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
}

/** The columns of an InvitationRow, of the table under the alias `i`. */
export const invitationColumns = `i.organization_id as "organizationId", i.id, i.email, i.email_key as "emailKey", i.status,
  i.inviter_id as "inviterId", i.accepted_by as "acceptedBy", i.created_at as "createdAt", i.expires_at as "expiresAt"`

const byId = statement('invitation_by_id', `select ${invitationColumns} from invitation i where i.id = any($1::uuid[])`)
// Through the invitation, which knows its organization: every index of invitation_role begins with that.
const roleIds = statement(
  'role_ids_by_invitation',
  `select ir.invitation_id as "ownerId", ir.role_id as "roleId"
   from invitation i join invitation_role ir on ir.organization_id = i.organization_id and ir.invitation_id = i.id
   where i.id = any($1::uuid[]) order by ir.role_id`,
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
    roleIdsByInvitation: manyBy<RoleIdRow>(db, roleIds, row => row.ownerId),
  }
}

/** The status at this moment: a pending invitation that is overdue has expired, though nobody has written it yet (INV-1). */
export function statusAt(invitation: { status: InvitationStatus; expiresAt: Instant }, now: Date): InvitationStatus {
  return invitation.status === 'PENDING' && dateOf(invitation.expiresAt) <= now ? 'EXPIRED' : invitation.status
}
