import DataLoader from 'dataloader'
import { type Actor, manages } from '../auth/actor.ts'
import { oneBy } from '../db/loaders.ts'
import { type Db, type Instant, statement } from '../db/statement.ts'
import type { TemplateRoleRow } from '../roles/role.loaders.ts'
import type { JsonObject } from './organization.entity.ts'
import { invitedSeats, memberSeats } from './seats.ts'

/** An organization, and what the viewer is in it: both are needed together almost always, so one statement brings both. */
export interface OrganizationRow {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly description: string | null
  readonly logoUrl: string | null
  readonly primaryColor: string | null
  readonly seatLimit: number | null
  readonly invitationsTakeSeats: boolean
  readonly version: number
  readonly createdAt: Instant
  readonly deletedAt: Instant | null
  readonly purgesAt: Instant | null
  /** Null for a suspended member as well: they have no standing here. */
  readonly viewerMembershipId: string | null
  readonly viewerIsOwner: boolean
  readonly viewerPermissionIds: readonly string[]
}

/** The columns of an OrganizationRow, and `more`; the viewer's id is the statement's `viewer` placeholder. */
const select = (viewer: string, more = '') => `
  select ${more} o.id, o.slug, o.name, o.description, o.logo_url as "logoUrl", o.primary_color as "primaryColor",
    o.seat_limit as "seatLimit", o.invitations_take_seats as "invitationsTakeSeats", o.version, o.created_at as "createdAt", o.deleted_at as "deletedAt",
    o.purges_at as "purgesAt", m.id as "viewerMembershipId", held.template_role_ids as "templateRoleIds",
    held.custom_permission_ids as "customPermissionIds"
  from organization o
  left join membership m on m.organization_id = o.id and m.principal_id = ${viewer} and m.suspended_at is null
  left join lateral (
    select array_agg(mr.template_role_id) filter (where mr.template_role_id is not null) as template_role_ids,
      array_agg(custom.permission_id) filter (where custom.permission_id is not null) as custom_permission_ids
    from membership_role mr
    left join custom_role_permission custom
      on custom.organization_id = mr.organization_id and custom.role_id = mr.custom_role_id
    where mr.organization_id = m.organization_id and mr.membership_id = m.id
  ) held on true`

/** As read; what the roles of the template permit is known without asking. */
type FoundRow = Omit<OrganizationRow, 'viewerIsOwner' | 'viewerPermissionIds'> & {
  readonly templateRoleIds: readonly string[] | null
  readonly customPermissionIds: readonly string[] | null
}

const byId = statement('organization_by_id', `${select('$2::uuid')} where o.id = any($1::uuid[])`)
const bySlug = statement(
  'organization_by_slug',
  `${select('$2::uuid', 's.slug as "soughtSlug",')} join organization_slug s on s.organization_id = o.id
   where s.slug = any($1::text[]) and (s.leads_until is null or s.leads_until > $3)`,
)
const labelById = statement(
  'organization_label_by_id',
  'select id, name, logo_url as "logoUrl" from tenantry_organization_labels($1::uuid[])',
)
const dataById = statement(
  'organization_data_by_id',
  'select id, custom_data as "customData" from organization where id = any($1::uuid[])',
)
// What row-level security shows of deleted ones is for operators; what the function gives is the viewer's own.
const restorableById = statement(
  'restorable_organization_by_id',
  `select id, bool_or(is_own) as "isOwn" from (
     select id, purges_at, true as is_own from tenantry_deleted_organizations()
     union all select id, purges_at, false from organization where deleted_at is not null) deleted
   where id = any($1::uuid[]) and purges_at > $2 group by id`,
)
const seatsTakenById = statement(
  'seats_taken_by_id',
  `select o.id, ${memberSeats} + ${invitedSeats('$2')} as taken from organization o where o.id = any($1::uuid[])`,
)

export function organizationLoaders(
  db: Db,
  { actor, now }: { readonly actor: Actor; readonly now: Date },
  templateRoles: () => Promise<readonly TemplateRoleRow[]>,
) {
  const viewer = actor.kind === 'ANONYMOUS' ? null : actor.id
  const seesAll = manages(actor, 'organizations:read')
  // Row-level security also shows a write the organization it acts in; that it may be seen is a rule of its own.
  const isVisible = (row: FoundRow | undefined): row is FoundRow =>
    row !== undefined && (seesAll || (row.viewerMembershipId !== null && row.deletedAt === null))
  const inOrder = async <Row extends FoundRow>(
    keys: readonly string[],
    found: readonly Row[],
    keyOf: (row: Row) => string,
  ): Promise<(OrganizationRow | null)[]> => {
    const rows = new Map(found.map(row => [keyOf(row), row]))
    const template = rows.size === 0 ? [] : await templateRoles()
    return keys.map(key => {
      const row = rows.get(key)
      return isVisible(row) ? withStanding(row, template) : null
    })
  }
  const organizationById = new DataLoader<string, OrganizationRow | null>(async ids =>
    inOrder(ids, await db.rows<FoundRow>(byId, [ids, viewer]), row => row.id),
  )
  return {
    /** Null unless the viewer is an active member, or an operator who sees all. */
    organizationById,
    /** As organizationById; slugs in lower case. A former slug leads to it for a while (ORG-1). */
    organizationBySlug: new DataLoader<string, OrganizationRow | null>(async slugs => {
      const found = await db.rows<FoundRow & { soughtSlug: string }>(bySlug, [slugs, viewer, now])
      const rows = await inOrder(slugs, found, row => row.soughtSlug)
      for (const row of rows) if (row !== null) organizationById.prime(row.id, row)
      return rows
    }),
    /** Name and logo, which an invitee may see as well. */
    organizationLabelById: oneBy<{ id: string; name: string; logoUrl: string | null }>(db, labelById, row => row.id),
    organizationDataById: oneBy<{ id: string; customData: JsonObject }>(db, dataById, row => row.id),
    /** Deleted ones whose time is not over: the viewer's own, and those that an operator sees (ORG-6). */
    restorableOrganizationById: oneBy<{ id: string; isOwn: boolean }>(db, restorableById, row => row.id, [now]),
    seatsTakenByOrganization: oneBy<{ id: string; taken: number }>(db, seatsTakenById, row => row.id, [now]),
  }
}

function withStanding(found: FoundRow, template: readonly TemplateRoleRow[]): OrganizationRow {
  const { templateRoleIds, customPermissionIds, ...row } = found
  const { isOwner, permissionIds } = heldBy(templateRoleIds ?? [], template)
  return {
    ...row,
    viewerIsOwner: isOwner,
    viewerPermissionIds:
      customPermissionIds === null ? permissionIds : [...new Set([...permissionIds, ...customPermissionIds])],
  }
}

interface Held {
  readonly isOwner: boolean
  readonly permissionIds: readonly string[]
}

// Most viewers hold the same few roles: what these permit is put together once, for as long as the template is the same.
const held = new WeakMap<readonly TemplateRoleRow[], Map<string, Held>>()

function heldBy(roleIds: readonly string[], template: readonly TemplateRoleRow[]): Held {
  const known = held.get(template) ?? new Map<string, Held>()
  held.set(template, known)
  const key = roleIds.toSorted().join()
  let made = known.get(key)
  if (made === undefined) {
    const roles = template.filter(role => roleIds.includes(role.id))
    made = {
      isOwner: roles.some(role => role.isOwner),
      permissionIds: [...new Set(roles.flatMap(role => role.permissionIds))],
    }
    known.set(key, made)
  }
  return made
}
