import type { Services } from '../../context.ts'
import { statement } from '../../db/statement.ts'
import { transaction } from '../../db/transaction.ts'
import { actorOf } from '../actor.ts'

/** How many organizations a token tells of: it has to fit into a header (TOK-9). */
const most = 100

interface Row {
  id: string
  slug: string
  name: string
  roles: string[]
}

// What is deleted and where the user is suspended is left out. One statement, however many organizations there are.
const organizations = statement(
  'organizations_of_token',
  `select o.id, o.slug, o.name,
     case when $3 then array(
       select r.name from membership_role mr join organization_role r on r.id = mr.role_id
       where mr.organization_id = m.organization_id and mr.membership_id = m.id order by lower(r.name) collate "C"
     ) else '{}' end as roles
   from membership m join organization o on o.id = m.organization_id
   where m.principal_id = $1 and m.suspended_at is null and o.deleted_at is null
   order by m.joined_at, m.id limit $2`,
)

/** What the scopes `organizations`, `organization_roles` and `organization_data` tell of the user's organizations. */
export async function organizationClaims(services: Services, principalId: string, scopes: ReadonlySet<string>) {
  const isNamed = (scope: string) => scopes.has(scope)
  if (!['organizations', 'organization_roles', 'organization_data'].some(isNamed)) return {}
  const actor = actorOf(
    { kind: 'USER', id: principalId, displayName: '', emailKey: null, isConfiguredOperator: false, token: null },
    [],
  )
  const rows = await transaction(services, { actor, ipAddress: null }, tx =>
    tx.rows<Row>(organizations, [principalId, most + 1, isNamed('organization_roles')]),
  )
  const shown = rows.slice(0, most)
  return {
    ...(isNamed('organizations') && { organizations: shown.map(row => row.id) }),
    ...(isNamed('organization_roles') && {
      organization_roles: shown.flatMap(row => row.roles.map(role => `${row.id}:${role}`)),
    }),
    ...(isNamed('organization_data') && {
      organization_data: shown.map(({ id, slug, name }) => ({ id, slug, name })),
    }),
    ...(rows.length > most && { organizations_truncated: true }),
  }
}
