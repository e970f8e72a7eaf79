import type { Actor } from '../auth/actor.ts'
import { oneBy } from '../db/loaders.ts'
import { type Db, statement } from '../db/statement.ts'
import type { RequiredSso } from './required.ts'

/** Whom it would concern to require a connector. */
export interface SsoReachRow {
  readonly connectorId: string
  /** Members with a verified address that the connector serves. */
  readonly members: number
  /** Those of them who have not signed in through it. */
  readonly newcomers: number
  /** Those of the newcomers who never signed in at the built-in issuer: the provider will make somebody else of them. */
  readonly strangers: number
}

// Which connector serves an address is the same for all of its domain: it is asked once for each domain, not for each member.
const reach = statement(
  'sso_reach',
  `with people as (
     select m.organization_id, m.principal_id, p.email_key, substring(p.email_key from '[^@]*$') as domain
     from sso_connector c
     join membership m on m.organization_id = c.organization_id and m.kind = 'USER'
     join principal p on p.id = m.principal_id and p.is_email_verified
     where c.id = any($1::uuid[])),
   served as (
     select d.domain, f.connector_id from (select distinct domain from people) d
     cross join lateral tenantry_sso_connector_for(tenantry_covering_domains(d.domain)) f
     where f.connector_id = any($1::uuid[])),
   reached as (
     select distinct s.connector_id, p.principal_id, p.email_key,
       not exists (select from sso_identity i where i.organization_id = p.organization_id
         and i.connector_id = s.connector_id and i.principal_id = p.principal_id) as is_new
     from people p join served s on s.domain = p.domain)
   select c.id as "connectorId", count(r.principal_id)::int as members,
     count(*) filter (where r.is_new)::int as newcomers,
     count(*) filter (where r.is_new and not exists (
       select from sign_in_address a where a.email_key = r.email_key and a.principal_id = r.principal_id))::int as strangers
   from sso_connector c left join reached r on r.connector_id = c.id where c.id = any($1::uuid[]) group by c.id`,
)
const breakGlass = statement(
  'break_glass_by_membership',
  'select membership_id as "membershipId" from break_glass where membership_id = any($1::uuid[])',
)

const required = statement('required_sso_of_viewer', 'select tenantry_required_sso($1, null) as required')

export function ssoReachLoaders(db: Db, actor: Actor) {
  const viewerId = actor.kind === 'ANONYMOUS' ? null : actor.id
  return {
    /** The connector that the viewer's own verified address has to sign in through (SSO-5). */
    async viewerRequiredSso(): Promise<RequiredSso | null> {
      return (await db.rows<{ required: RequiredSso | null }>(required, [viewerId]))[0]?.required ?? null
    },
    ssoReachByConnector: oneBy<SsoReachRow>(db, reach, row => row.connectorId),
    breakGlassByMembership: oneBy<{ readonly membershipId: string }>(db, breakGlass, row => row.membershipId),
  }
}
