import type { Client } from 'pg'

/** Who asks, and for what; each pick fills in what its workload needs. */
export interface Picked {
  readonly email: string
  readonly viewerId: string
  readonly slug: string
  readonly organizationId: string
  readonly membershipId: string
  readonly roleId: string
}

const sizes = "select organization_id, count(*) as size from membership where kind = 'USER' group by organization_id"
const viewer = 'p.email, p.id as "viewerId"'

const statements = {
  /** A plain member each of 200 organizations with a full page of members. */
  members: `
    select ${viewer}, o.slug
    from (select * from (${sizes}) s where size between 20 and 99 order by md5(organization_id::text) limit 200) place
    join organization o on o.id = place.organization_id
    cross join lateral (
      select * from membership where organization_id = o.id and kind = 'USER' order by md5(id::text) limit 1) m
    join principal p on p.id = m.principal_id`,
  /** 200 members of the largest organization. */
  largest: `
    select ${viewer}, o.slug, o.id as "organizationId"
    from (select * from (${sizes}) s order by size desc limit 1) place
    join organization o on o.id = place.organization_id
    cross join lateral (
      select * from membership where organization_id = o.id and kind = 'USER' order by md5(id::text) limit 200) m
    join principal p on p.id = m.principal_id`,
  /** Users in fifty organizations. */
  fifty: `
    select ${viewer} from principal p
    join (select principal_id from membership group by 1 having count(*) between 50 and 100 limit 200) m on m.principal_id = p.id`,
  /** The user in the most organizations. */
  busiest: `
    select ${viewer} from principal p
    where p.id = (select principal_id from membership group by 1 order by count(*) desc limit 1)`,
  /** Owners, each with some members whose roles they may change, and the role to give and take. */
  subordinates: `
    select ${viewer}, o.id as "organizationId", m.id as "membershipId",
      (select id from template_role where kind = 'USER' and not is_owner and not is_default order by created_at limit 1) as "roleId"
    from (select * from (${sizes}) s where size between 10 and 99 order by md5(organization_id::text) limit 500) place
    join organization o on o.id = place.organization_id
    join principal p on p.id = o.created_by
    cross join lateral (
      select * from membership m
      where m.organization_id = o.id and m.kind = 'USER' and m.principal_id <> o.created_by and not exists (
        select from membership_role r join template_role t on t.id = r.template_role_id
        where r.organization_id = m.organization_id and r.membership_id = m.id and not t.is_default)
      order by md5(m.id::text) limit 4) m`,
} as const satisfies Record<string, string>

/** The same picks each time: the order is by a hash, which is random in all but repetition. */
export async function pick(client: Client, what: keyof typeof statements): Promise<Picked[]> {
  const { rows } = await client.query<Picked>(statements[what])
  if (rows.length === 0) throw new Error(`The database has nothing to pick for "${what}": seed it with npm run seed`)
  return rows
}
