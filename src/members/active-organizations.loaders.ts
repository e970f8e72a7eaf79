import { manyBy } from '../db/loaders.ts'
import { type Db, statement } from '../db/statement.ts'

/** How many organizations are told of at most; the loader brings one more, which tells that there are more. */
export const mostActive = 100

/** An organization where somebody is an active member. */
export interface ActiveOrganizationRow {
  readonly principalId: string
  readonly membershipId: string
  readonly id: string
  readonly slug: string
  readonly name: string
}

const byPrincipal = statement(
  'active_organizations_by_principal',
  `select wanted.id as "principalId", found.* from unnest($1::uuid[]) as wanted (id) cross join lateral (
     select m.id as "membershipId", o.id, o.slug, o.name
     from membership m join organization o on o.id = m.organization_id
     where m.principal_id = wanted.id and m.suspended_at is null and o.deleted_at is null
     order by m.joined_at, m.id limit $2) found`,
)

export function activeOrganizationLoaders(db: Db) {
  return {
    /** In the viewer's organizations, in the order of joining; what is deleted and where they are suspended is left out. */
    activeOrganizationsByPrincipal: manyBy<ActiveOrganizationRow>(db, byPrincipal, row => row.principalId, [
      mostActive + 1,
    ]),
  }
}
