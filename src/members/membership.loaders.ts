import { type Many, manyBy, oneBy } from '../db/loaders.ts'
import { type Db, type Instant, statement } from '../db/statement.ts'
import type { JsonObject } from '../organizations/organization.entity.ts'
import type { RoleRow } from '../roles/role.loaders.ts'
import type { PrincipalKind } from '../users/principal.entity.ts'
import type { PrincipalRow } from '../users/principal.loaders.ts'
import type { MembershipOrigin } from './membership.entity.ts'

export interface MembershipRow {
  readonly organizationId: string
  readonly id: string
  readonly principalId: string
  readonly kind: PrincipalKind
  readonly origin: MembershipOrigin
  readonly addedBy: string | null
  readonly joinedAt: Instant
  /** Since when the member has no access; null for an active one. */
  readonly suspendedAt: Instant | null
  /** There when the page that brought the row was asked for it as well. */
  readonly principal?: PrincipalRow
  readonly roles?: readonly RoleRow[]
}

/** The columns of a MembershipRow, of the table under the alias `m`. */
export const membershipColumns = `m.organization_id as "organizationId", m.id, m.principal_id as "principalId", m.kind, m.origin,
  m.added_by as "addedBy", m.joined_at as "joinedAt", m.suspended_at as "suspendedAt"`

const byId = statement('membership_by_id', `select ${membershipColumns} from membership m where m.id = any($1::uuid[])`)
// Through the membership, which knows its organization: every index of membership_role begins with that.
const roleIds = statement(
  'role_ids_by_membership',
  `select mr.membership_id as "ownerId", mr.role_id as "roleId"
   from membership m join membership_role mr on mr.organization_id = m.organization_id and mr.membership_id = m.id
   where m.id = any($1::uuid[]) order by mr.assigned_at, mr.role_id`,
)

// Apart from the row: it may be large, and lists rarely ask for it.
const dataById = statement(
  'membership_data_by_id',
  'select id, custom_data as "customData" from membership where id = any($1::uuid[])',
)
// Row-level security shows the suspended no row of theirs: what they are told comes from a function.
const suspensions = statement(
  'suspensions',
  `select organization_name as "organizationName", organization_logo_url as "organizationLogoUrl", suspended_at as "suspendedAt"
   from tenantry_suspensions()`,
)

/** What a suspended member is told: where, and since when. */
export interface SuspensionRow {
  readonly organizationName: string
  readonly organizationLogoUrl: string | null
  readonly suspendedAt: Instant
}

// A role is of the template or of one organization: of either kind, those who hold it stand in an index, by their ids.
const holders = statement(
  'holders_by_role',
  `select asked.id as "heldRoleId", ${membershipColumns}
   from unnest($1::uuid[]) as asked (id)
   cross join lateral (
     (select h.organization_id, h.membership_id from membership_role h
      where h.template_role_id = asked.id order by h.membership_id limit 20)
     union all
     (select h.organization_id, h.membership_id from custom_role r
      join membership_role h on h.organization_id = r.organization_id and h.role_id = r.id
      where r.id = asked.id order by h.membership_id limit 20)) held
   join membership m on m.organization_id = held.organization_id and m.id = held.membership_id
   order by m.id`,
)

/** Which roles something holds: a membership, or an invitation. */
export interface RoleIdRow {
  readonly ownerId: string
  readonly roleId: string
}

export function membershipLoaders(db: Db) {
  return {
    /** In the viewer's organizations; whether the viewer may see it there is for the policy to say. */
    membershipById: oneBy<MembershipRow>(db, byId, row => row.id),
    membershipDataById: oneBy<{ id: string; customData: JsonObject }>(db, dataById, row => row.id),
    /** The viewer's own, the latest first; at most 100. */
    suspensions: () => db.rows<SuspensionRow>(suspensions, []),
    /** The first 20 who hold a role, in the viewer's organizations, in the order of their ids. */
    holdersByRole: manyBy<MembershipRow & { heldRoleId: string }>(db, holders, row => row.heldRoleId),
    roleIdsByMembership: manyBy<RoleIdRow>(db, roleIds, row => row.ownerId) as Many<RoleIdRow>,
  }
}
