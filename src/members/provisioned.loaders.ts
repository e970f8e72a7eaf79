import { manyBy, oneBy } from '../db/loaders.ts'
import { type Db, statement } from '../db/statement.ts'
import { type MembershipRow, membershipColumns } from './membership.loaders.ts'

/** How many members came by a connector or a domain. */
export interface ProvisionedRow {
  readonly sourceId: string
  readonly members: number
  readonly owners: number
  /** Whether every active owner is among them. */
  readonly holdsLastOwner: boolean
}

// Who came by a connector: their membership did, and the connector knows them.
const byConnector = `select distinct i.connector_id as source_id, m.organization_id, m.id
  from sso_identity i join membership m on m.organization_id = i.organization_id and m.principal_id = i.principal_id
  where i.connector_id = any($1::uuid[]) and m.origin = 'SSO'`
// Who came by a domain: their membership says by which, whatever their address is today.
const byDomain = `select d.id as source_id, m.organization_id, m.id
  from email_domain d join membership m on m.organization_id = d.organization_id and m.email_domain = d.domain
  where d.id = any($1::uuid[])`

const members = (came: string) =>
  `select came.source_id as "sourceId", ${membershipColumns} from (${came}) came
   join membership m on m.organization_id = came.organization_id and m.id = came.id order by m.id`
const counts = (came: string) =>
  `with came as (${came}),
   owners as (
     select mr.organization_id, mr.membership_id as id, m.suspended_at is null as is_active
     from (select distinct organization_id from came) c
     join membership_role mr on mr.organization_id = c.organization_id
     join template_role r on r.id = mr.template_role_id and r.is_owner
     join membership m on m.organization_id = mr.organization_id and m.id = mr.membership_id)
   select came.source_id as "sourceId", count(*)::int as members,
     count(*) filter (where exists (select from owners o where o.id = came.id))::int as owners,
     not exists (select from owners o where o.is_active and o.organization_id = any(array_agg(came.organization_id))
       and o.id <> all(array_agg(came.id))) as "holdsLastOwner"
   from came group by came.source_id`

const membersByConnector = statement('members_by_sso_connector', members(byConnector))
const membersByDomain = statement('members_by_email_domain', members(byDomain))
const countsByConnector = statement('provisioned_by_sso_connector', counts(byConnector))
const countsByDomain = statement('provisioned_by_email_domain', counts(byDomain))

type Came = MembershipRow & { readonly sourceId: string }

export function provisionedLoaders(db: Db) {
  return {
    /** Who came by them, in the viewer's organizations. */
    membersBySsoConnector: manyBy<Came>(db, membersByConnector, row => row.sourceId),
    membersByEmailDomain: manyBy<Came>(db, membersByDomain, row => row.sourceId),
    /** How many they are; null for none. */
    provisionedBySsoConnector: oneBy<ProvisionedRow>(db, countsByConnector, row => row.sourceId),
    provisionedByEmailDomain: oneBy<ProvisionedRow>(db, countsByDomain, row => row.sourceId),
  }
}
