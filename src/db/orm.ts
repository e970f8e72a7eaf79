import { MikroORM, type Options } from '@mikro-orm/postgresql'
import { AuditEvent } from '../audit/audit-event.entity.ts'
import { OutboxEvent } from '../events/outbox-event.entity.ts'
import { Invitation, InvitationRole } from '../invitations/invitation.entity.ts'
import { ManagementGrant } from '../management/management-grant.entity.ts'
import { Membership, MembershipRole } from '../members/membership.entity.ts'
import { Organization } from '../organizations/organization.entity.ts'
import { ApiResource, Permission } from '../roles/permission.entity.ts'
import { CustomRole, CustomRolePermission, TemplateRole, TemplateRolePermission } from '../roles/role.entity.ts'
import { Identity, Principal } from '../users/principal.entity.ts'

/** The role that serves requests: it owns no table and is subject to row-level security. */
export const runtimeRole = 'tenantry_app'

const entities = [
  Principal,
  Identity,
  ManagementGrant,
  ApiResource,
  Permission,
  TemplateRole,
  TemplateRolePermission,
  Organization,
  Membership,
  MembershipRole,
  CustomRole,
  CustomRolePermission,
  Invitation,
  InvitationRole,
  AuditEvent,
  OutboxEvent,
]

/**
 * Opens the database. As `'runtime'` every connection starts in the restricted role, so that a statement outside any
 * session finds row-level security in force and no viewer set; `'owner'` is for migrations and seeds.
 */
export async function openOrm(
  url: string,
  as: 'runtime' | 'owner',
  options: { pool?: number; extra?: Partial<Options> } = {},
) {
  const settings = ['-c timezone=UTC', ...(as === 'runtime' ? [`-c role=${runtimeRole}`] : [])]
  return MikroORM.init({
    clientUrl: url,
    entities,
    pool: { min: 0, max: options.pool ?? 10 },
    driverOptions: { options: settings.join(' '), application_name: `tenantry ${as}` },
    forceUtcTimezone: true,
    ...options.extra,
  })
}
