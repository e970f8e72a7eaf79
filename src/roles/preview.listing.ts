import type { PageArgs } from '../db/cursor.ts'
import { type Page, pageOf } from '../db/page.ts'
import type { Ask } from '../load.ts'
import { type MembershipRow, membershipColumns } from '../members/membership.loaders.ts'
import { heldPermissions } from './held-permissions.ts'
import type { RoleEffect } from './preview.loaders.ts'

/** A member whom a change of a role concerns, and what they gain and lose by it. */
export type AffectedRow = MembershipRow & { readonly gainedIds: readonly string[]; readonly lostIds: readonly string[] }

const others = `array(select o.role_id from membership_role o
  where o.organization_id = h.organization_id and o.membership_id = h.membership_id and o.role_id <> h.role_id)`

// What each gains and loses is worked out along the index of the holders, until the page is full.
const from = `membership_role h
  join membership m on m.organization_id = h.organization_id and m.id = h.membership_id
  cross join lateral (select ${others} as roles) other
  join lateral tenantry_role_effect(h.organization_id, other.roles,
    case when other.roles = '{}' then $4::uuid[] else $2::uuid[] end,
    case when other.roles = '{}' then $5::uuid[] else $3::uuid[] end) effect
    on cardinality(effect.gained) + cardinality(effect.lost) > 0`

const fromLosing = `membership m
  join lateral (
    select array_agg(distinct permitted.permission_id) as lost
    from membership_role h join ${heldPermissions('h')} permitted on permitted.permission_id = any($2::uuid[])
    where h.organization_id = m.organization_id and h.membership_id = m.id) effect on effect.lost is not null`

/** Those who hold one of these permissions, in the order of their ids, for a viewer who was found to see them all. */
export function losing(by: Ask, permissionIds: readonly string[], args: PageArgs): Promise<Page<AffectedRow>> {
  const listing = {
    label: 'losing_members',
    columns: `${membershipColumns}, '{}'::uuid[] as "gainedIds", effect.lost as "lostIds"`,
    values: [permissionIds],
    from: fromLosing,
    parent: null,
    id: 'm.id',
    order: { name: 'id', expression: 'm.id', type: 'uuid' as const },
    direction: 'ASC' as const,
    where: [],
    // The preview has counted them.
    withTotal: false,
  }
  return pageOf(by, 'template', listing, args)
}

/** Those whom the change concerns, in the order of their ids, for a viewer who was found to see them. */
export function affectedBy(
  by: Ask,
  { role, given, taken, givenAlone, takenAlone }: RoleEffect,
  args: PageArgs,
): Promise<Page<AffectedRow>> {
  const { organizationId } = role
  const column = organizationId === null ? 'h.template_role_id' : 'h.role_id'
  const listing = {
    label: 'affected_members',
    columns: `${membershipColumns}, effect.gained as "gainedIds", effect.lost as "lostIds"`,
    values: [given, taken, givenAlone, takenAlone],
    from,
    parent: organizationId === null ? null : 'h.organization_id',
    id: 'h.membership_id',
    order: { name: 'id', expression: 'h.membership_id', type: 'uuid' as const },
    direction: 'ASC' as const,
    where: [{ sql: (placeholder: string) => `${column} = ${placeholder}`, value: role.id }],
    // The preview has counted them.
    withTotal: false,
  }
  return pageOf(by, organizationId ?? 'template', listing, args)
}
