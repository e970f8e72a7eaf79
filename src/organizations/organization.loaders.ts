import DataLoader from 'dataloader'
import { type Actor, manages } from '../auth/actor.ts'
import { oneBy } from '../db/loaders.ts'
import { type Db, type Instant, statement } from '../db/statement.ts'
import { heldPermissions } from '../roles/held-permissions.ts'
import type { JsonObject } from './organization.entity.ts'

/** An organization, and what the viewer is in it: both are needed together almost always, so one statement brings both. */
export interface OrganizationRow {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly description: string | null
  readonly logoUrl: string | null
  readonly primaryColor: string | null
  readonly seatLimit: number | null
  readonly version: number
  readonly createdAt: Instant
  readonly deletedAt: Instant | null
  readonly purgesAt: Instant | null
  readonly viewerMembershipId: string | null
  readonly viewerIsOwner: boolean
  readonly viewerPermissionIds: readonly string[]
}

/** The columns of an OrganizationRow; the viewer's id is the statement's `viewer` placeholder. */
const select = (viewer: string) => `
  select o.id, o.slug, o.name, o.description, o.logo_url as "logoUrl", o.primary_color as "primaryColor",
    o.seat_limit as "seatLimit", o.version, o.created_at as "createdAt", o.deleted_at as "deletedAt",
    o.purges_at as "purgesAt", m.id as "viewerMembershipId", coalesce(held.is_owner, false) as "viewerIsOwner",
    coalesce(held.permission_ids, '{}') as "viewerPermissionIds"
  from organization o
  left join membership m on m.organization_id = o.id and m.principal_id = ${viewer}
  left join lateral (
    select array_agg(distinct rp.permission_id) filter (where rp.permission_id is not null) as permission_ids,
      bool_or(r.is_owner) as is_owner
    from membership_role mr
    left join template_role r on r.id = mr.template_role_id
    left join ${heldPermissions('mr')} rp on true
    where mr.organization_id = m.organization_id and mr.membership_id = m.id
  ) held on true`

const byId = statement('organization_by_id', `${select('$2::uuid')} where o.id = any($1::uuid[])`)
const bySlug = statement('organization_by_slug', `${select('$2::uuid')} where o.slug = any($1::text[])`)
const labelById = statement(
  'organization_label_by_id',
  'select id, name, logo_url as "logoUrl" from organization where id = any($1::uuid[])',
)
const dataById = statement(
  'organization_data_by_id',
  'select id, custom_data as "customData" from organization where id = any($1::uuid[])',
)

export function organizationLoaders(db: Db, actor: Actor) {
  const viewer = actor.kind === 'ANONYMOUS' ? null : actor.id
  const seesAll = manages(actor, 'organizations:read')
  // Row-level security also shows an invitee the organization that invites; as an organization it is not theirs to see.
  const isVisible = (row: OrganizationRow | undefined) =>
    row !== undefined && (seesAll || (row.viewerMembershipId !== null && row.deletedAt === null))
  const load = async (of: typeof byId, keys: readonly string[], keyOf: (row: OrganizationRow) => string) => {
    const rows = new Map((await db.rows<OrganizationRow>(of, [keys, viewer])).map(row => [keyOf(row), row]))
    return keys.map(key => (isVisible(rows.get(key)) ? (rows.get(key) ?? null) : null))
  }
  const organizationById = new DataLoader<string, OrganizationRow | null>(ids => load(byId, ids, row => row.id))
  return {
    /** Null unless the viewer is a member, or an operator who sees all. */
    organizationById,
    /** As organizationById; slugs in lower case. */
    organizationBySlug: new DataLoader<string, OrganizationRow | null>(async slugs => {
      const rows = await load(bySlug, slugs, row => row.slug)
      for (const row of rows) if (row !== null) organizationById.prime(row.id, row)
      return rows
    }),
    /** Name and logo, which an invitee may see as well. */
    organizationLabelById: oneBy<{ id: string; name: string; logoUrl: string | null }>(db, labelById, row => row.id),
    organizationDataById: oneBy<{ id: string; customData: JsonObject }>(db, dataById, row => row.id),
  }
}
