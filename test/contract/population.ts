import { createHash } from 'node:crypto'
import { encodeNodeId, type NodeType } from '../../src/graphql/ids.ts'
import { withClient } from '../kit/server.ts'

/** The same id in SQL, where it reads `id('member', i)`. */
export function idOf(type: NodeType, label: string, index = 0): string {
  const hex = createHash('md5').update(`${label} ${index}`).digest('hex')
  return encodeNodeId(type, hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'))
}

const helpers = `
  create function pg_temp.id(label text, i int default 0) returns uuid language sql as $$ select md5(label || ' ' || i)::uuid $$;
  create temp table hub as select $1::uuid as organization, $2::uuid as viewer,
    (select id from template_role where name = 'Member') as member_role, (select id from template_role where is_owner) as owner_role;`

/** Made once: what has many of each kind of thing around it. */
const hubs = [
  `insert into api_resource (id, audience, name, created_at) values (pg_temp.id('hub resource'), 'https://hub.test', 'Hub', now())`,
  `insert into principal (id, kind, display_name, client_id, created_at) values (pg_temp.id('hub machine'), 'MACHINE', 'Hub', 'hub', now())`,
  `insert into custom_role (organization_id, id, name, kind, created_at)
   select organization, pg_temp.id('hub role'), 'Hub role', 'USER', now() from hub`,
  member('hub.organization', "pg_temp.id('busy membership')", "pg_temp.id('busy user')", 'Busy'),
  `insert into invitation (organization_id, id, email, email_key, inviter_id, created_at, expires_at)
   select organization, pg_temp.id('hub invitation'), 'hub@people.test', 'hub@people.test', viewer, now(), now() + interval '7 days' from hub`,
]

/** Made for each i: one more of everything, each with all that the others have. */
const each = [
  // The template: a permission of an API of its own, one of the hub's, and a role that holds both.
  `insert into api_resource (id, audience, name, created_at) select pg_temp.id('resource', i), 'https://api' || i || '.test', 'API', now() from i`,
  `insert into permission (id, key, description, api_resource_id) select pg_temp.id('permission', i), 'thing' || i || ':read', 'Reads.', pg_temp.id('resource', i) from i`,
  `insert into permission (id, key, description, api_resource_id) select pg_temp.id('hub permission', i), 'thing' || i || ':write', 'Writes.', pg_temp.id('hub resource') from i`,
  `insert into template_role (id, name, kind, created_at) select pg_temp.id('template role', i), 'Template role ' || i, 'USER', now() from i`,
  `insert into template_role_permission (role_id, permission_id) select pg_temp.id('template role', i), pg_temp.id(label, i) from i, unnest(array['permission', 'hub permission']) label`,
  // Roles of the organization: one each, and one that holds every permission.
  customRole('hub.organization', "pg_temp.id('custom role', i)"),
  `insert into custom_role_permission (organization_id, role_id, permission_id) select organization, pg_temp.id('hub role'), pg_temp.id('permission', i) from hub, i`,
  // Members with a role of the template and one of their own, who are members elsewhere with the viewer, too.
  member('hub.organization', "pg_temp.id('membership', i)", "pg_temp.id('user', i)", "'Member ' || i"),
  roles("pg_temp.id('membership', i)"),
  roles("pg_temp.id('busy membership')"),
  `insert into management_grant (principal_id, permission, granted_by, granted_at) select pg_temp.id('user', i), 'users:read', viewer, now() from hub, i`,
  // Organizations of the viewer, in which the machine and the busy user are members as well.
  organization('organization'),
  customRole("pg_temp.id('organization', i)", "pg_temp.id('role there', i)"),
  ...['viewer', "pg_temp.id('hub machine')", "pg_temp.id('busy user')", "pg_temp.id('user', i)"].map(principal =>
    joined("pg_temp.id('organization', i)", principal),
  ),
  // Machines, invitations, events.
  `insert into principal (id, kind, display_name, client_id, created_at) select pg_temp.id('machine', i), 'MACHINE', 'Machine', 'machine' || i, now() from i`,
  joined('hub.organization', "pg_temp.id('machine', i)"),
  invitation(
    'hub.organization',
    "pg_temp.id('invitation', i)",
    "'someone' || i || '@people.test'",
    "pg_temp.id('custom role', i)",
  ),
  `insert into invitation_role (organization_id, invitation_id, custom_role_id) select organization, pg_temp.id('hub invitation'), pg_temp.id('custom role', i) from hub, i`,
  event('hub.organization', 'event'),
  event("'00000000-0000-0000-0000-000000000000'::uuid", 'deployment event'),
  // Organizations that invite the viewer.
  organization('inviting'),
  customRole("pg_temp.id('inviting', i)", "pg_temp.id('offered role', i)"),
  invitation(
    "pg_temp.id('inviting', i)",
    "pg_temp.id('invitation to viewer', i)",
    'viewer_email.email',
    "pg_temp.id('offered role', i)",
  ),
]

/** Adds what is numbered so to the database; each number brings one more row to every list. */
export async function populate(
  databaseUrl: string,
  { organization: id, viewer, email }: { organization: string; viewer: string; email: string },
  { from, to }: { from: number; to: number },
): Promise<void> {
  await withClient(databaseUrl, async client => {
    await client.query(helpers.replace('$1', `'${id}'`).replace('$2', `'${viewer}'`))
    await client.query(`create temp table viewer_email as select '${email}'::text as email`)
    await client.query(`create temp table i as select i from generate_series(${from}, ${to}) i`)
    await client.query('begin')
    for (const statement of [...(from === 1 ? hubs : []), ...each]) await client.query(statement)
    await client.query('commit; analyze')
  })
}

function member(organization: string, membership: string, user: string, name: string): string {
  const shown = name.startsWith("'") ? name : `'${name}'`
  const rows = name.startsWith("'") ? 'hub, i' : 'hub'
  return `with made as (insert into principal (id, kind, display_name, email, email_key, is_email_verified, created_at)
      select ${user}, 'USER', ${shown}, ${user} || '@people.test', ${user} || '@people.test', true, now() from ${rows} returning id)
    insert into membership (organization_id, id, principal_id, kind, sort_name, origin, added_by, joined_at)
    select ${organization}, ${membership}, ${user}, 'USER', lower(${shown}), 'ADMIN', viewer, now() from ${rows}`
}

function roles(membership: string): string {
  return `insert into membership_role (organization_id, membership_id, kind, template_role_id, custom_role_id, assigned_at)
    select organization, ${membership}, 'USER', case when custom then null else pg_temp.id('template role', i) end,
      case when custom then pg_temp.id('custom role', i) end, now() from hub, i, unnest(array[true, false]) custom`
}

/** A membership in another organization, with the roles that fit its kind. */
function joined(organization: string, principal: string): string {
  const id = `md5(${organization}::text || ${principal}::text)::uuid`
  return `with made as (insert into membership (organization_id, id, principal_id, kind, sort_name, origin, added_by, joined_at)
      select ${organization}, ${id}, p.id, p.kind, lower(p.display_name), 'OPERATOR', viewer, now()
      from hub, i join principal p on true where p.id = ${principal} returning organization_id, id, kind)
    insert into membership_role (organization_id, membership_id, kind, template_role_id, assigned_at)
    select organization_id, id, kind, (select member_role from hub), now() from made where kind = 'USER'`
}

function customRole(organization: string, id: string): string {
  return `with made as (insert into custom_role (organization_id, id, name, kind, created_at)
      select ${organization}, ${id}, 'Role ' || i, 'USER', now() from hub, i returning organization_id, id)
    insert into custom_role_permission (organization_id, role_id, permission_id) select made.organization_id, made.id, p.id from made,
      permission p where p.key = 'member:read'`
}

function organization(label: string): string {
  return `insert into organization (id, slug, name, created_by, created_at)
    select pg_temp.id('${label}', i), '${label}-' || i, '${label} ' || i, viewer, now() from hub, i`
}

function invitation(organization: string, id: string, email: string, role: string): string {
  return `with made as (insert into invitation (organization_id, id, email, email_key, inviter_id, created_at, expires_at)
      select ${organization}, ${id}, ${email}, ${email}, viewer, now(), now() + interval '7 days' from hub, viewer_email, i),
    again as (select ${organization} as organization_id, ${id} as id, ${role} as role from hub, i)
    insert into invitation_role (organization_id, invitation_id, custom_role_id) select organization_id, id, role from again`
}

function event(organization: string, label: string): string {
  return `insert into audit_event (organization_id, id, action, actor_id, actor_label, target_type, target_id, target_label, occurred_at)
    select ${organization}, pg_temp.id('${label}', i), 'MEMBER_ADDED', pg_temp.id('user', i), 'Somebody', 'Membership',
      pg_temp.id('membership', i), 'Somebody', now() from hub, i`
}
