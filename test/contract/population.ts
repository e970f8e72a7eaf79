import { createHash } from 'node:crypto'
import { encodeNodeId, type NodeType } from '../../src/graphql/ids.ts'
import { attributePresets } from '../../src/sso/saml/attribute-mapping.ts'
import { withClient } from '../kit/server.ts'

/** The same id in SQL, where it reads `pg_temp.id('user', i)`. */
export function idOf(type: NodeType, label: string, index = 0): string {
  const hex = createHash('md5').update(`${label} ${index}`).digest('hex')
  return encodeNodeId(type, hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'))
}

/** The organization and the user around whom everything is put. */
export interface Place {
  readonly organization: string
  readonly viewer: string
  readonly email: string
}

const helpers = ({ organization, viewer, email }: Place, from: number, to: number) => `
  create function pg_temp.id(label text, i int default 0) returns uuid language sql as $$ select md5(label || ' ' || i)::uuid $$;
  create function pg_temp.at(i int, day int) returns timestamptz language sql as $$
    select timestamptz '2026-06-01' + day * interval '1 day' + i * interval '1 second' $$;
  create temp table hub as select '${organization}'::uuid as organization, '${viewer}'::uuid as viewer, '${email}' as email,
    (select id from template_role where name = 'Member') as member_role;
  create temp table i as select i from generate_series(${from}, ${to}) i`

const crowd = Array.from({ length: 9 }, (_, index) => `pg_temp.id('crowd', ${index})`)

/**
 * Made once: what has many of each kind of thing around it. What was there before comes last in every list, so that a
 * page of n has n of what is numbered, and all of them alike.
 */
const hubs = [
  'update membership set joined_at = pg_temp.at(0, 30) where organization_id = (select organization from hub)',
  'delete from audit_event',
  `insert into api_resource (id, audience, name, created_at) values (pg_temp.id('hub resource'), 'https://hub.test', 'Hub', now())`,
  `insert into principal (id, kind, display_name, client_id, created_at) values (pg_temp.id('hub machine'), 'MACHINE', 'Hub', 'hub', now())`,
  owned("pg_temp.id('owned hub')", "'Hub'", 'hub'),
  `insert into custom_role (organization_id, id, name, kind, created_at)
   select organization, pg_temp.id('hub role'), 'Hub role', 'USER', now() from hub`,
  // No other role has it.
  `insert into permission (id, key, description, api_resource_id)
   values (pg_temp.id('lone permission'), 'hub:read', 'Reads.', pg_temp.id('hub resource'))`,
  `insert into custom_role_permission (organization_id, role_id, permission_id)
   select organization, pg_temp.id('hub role'), pg_temp.id('lone permission') from hub`,
  user("pg_temp.id('busy user')", "'Busy'", 'hub'),
  joined('hub.organization', "pg_temp.id('busy user')", { day: 20, id: "pg_temp.id('busy membership')", rows: 'hub' }),
  user("pg_temp.id('idle user')", "'Idle'", 'hub'),
  `insert into membership (organization_id, id, principal_id, kind, sort_name, origin, joined_at)
   select organization, pg_temp.id('idle membership'), pg_temp.id('idle user'), 'USER', 'idle', 'OPERATOR', pg_temp.at(0, 21) from hub`,
  ...crowd.map(id => user(id, "'Crowd'", 'hub')),
  `insert into invitation (organization_id, id, email, email_key, inviter_id, created_at, expires_at)
   select organization, pg_temp.id('hub invitation'), 'hub@people.test', 'hub@people.test', viewer, pg_temp.at(-1, 0), pg_temp.at(0, 900) from hub`,
  `insert into ownership_transfer (organization_id, id, owner_id, new_owner_id, keeps_ownership, created_at, expires_at)
   select organization, pg_temp.id('hub transfer'), viewer, pg_temp.id('busy user'), false, pg_temp.at(0, 0), pg_temp.at(0, 900) from hub`,
  link("pg_temp.id('hub link')", 'hub'),
  connector("pg_temp.id('hub connector')", 'hub'),
  samlConnector("pg_temp.id('hub saml connector')", 'hub'),
]

/** Made for each i: one more of everything, each with all that the others have. */
const each = [
  // The template: a permission of an API of its own, one of the hub's, and a role that holds both.
  `insert into api_resource (id, audience, name, created_at) select pg_temp.id('resource', i), 'https://api' || i || '.test', 'API', now() from i`,
  `insert into permission (id, key, description, api_resource_id) select pg_temp.id('permission', i), 'thing' || i || ':read', 'Reads.', pg_temp.id('resource', i) from i`,
  `insert into permission (id, key, description, api_resource_id) select pg_temp.id('hub permission', i), 'thing' || i || ':write', 'Writes.', pg_temp.id('hub resource') from i`,
  `insert into template_role (id, name, kind, created_at) select pg_temp.id('template role', i), 'Template role ' || i, 'USER', now() from i`,
  `insert into template_role_permission (role_id, permission_id)
   select pg_temp.id('template role', i), pg_temp.id(label, i) from i, unnest(array['permission', 'hub permission']) label`,
  // Roles of the organization: one each, and one that holds every permission.
  customRole('hub.organization', 'custom role'),
  `insert into custom_role_permission (organization_id, role_id, permission_id)
   select organization, pg_temp.id('hub role'), pg_temp.id('permission', i) from hub, i`,
  // Members with a role of the template and one of the organization; one member with all of them.
  user("pg_temp.id('user', i)", "'A member ' || i"),
  joined('hub.organization', "pg_temp.id('user', i)", { day: 0, id: "pg_temp.id('membership', i)" }),
  roles("pg_temp.id('membership', i)"),
  roles("pg_temp.id('busy membership')"),
  `insert into membership_role (organization_id, membership_id, kind, custom_role_id, assigned_at)
   select organization, pg_temp.id('membership', i), 'USER', pg_temp.id('hub role'), now() from hub, i`,
  `insert into management_grant (principal_id, permission, granted_by, granted_at)
   select pg_temp.id('user', i), 'users:read', viewer, now() from hub, i`,
  // Organizations of the viewer, with the machine, the busy user and others who are in all of them.
  organization('organization', 'AA'),
  customRole("pg_temp.id('organization', i)", 'role there'),
  ...[...crowd, "pg_temp.id('busy user')", "pg_temp.id('hub machine')", 'viewer'].map((principal, index) =>
    joined("pg_temp.id('organization', i)", principal, { day: 40 + index }),
  ),
  `insert into organization_consent (organization_id, principal_id, client_id, permission_ids, consented_at)
   select pg_temp.id('organization', i), viewer, 'somebody', array(select id from permission where key = 'member:read'), pg_temp.at(i, 0) from hub, i`,
  `insert into passkey (id, principal_id, credential_id, public_key, sign_count, transports, aaguid, is_backed_up, name, created_at)
   select pg_temp.id('passkey', i), viewer, i, '', 0, '{}', pg_temp.id('passkey', i), false, 'A passkey', now() from hub, i`,
  // Organizations that the viewer owned, and deleted.
  organization('deleted', 'XX'),
  `update organization o set deleted_at = pg_temp.at(i.i, 0), purges_at = pg_temp.at(0, 900) from i where o.id = pg_temp.id('deleted', i.i)`,
  joined("pg_temp.id('deleted', i)", 'viewer', {}),
  `insert into membership_role (organization_id, membership_id, kind, template_role_id, assigned_at)
   select m.organization_id, m.id, m.kind, r.id, now() from i
   join membership m on m.organization_id = pg_temp.id('deleted', i.i) join template_role r on r.is_owner`,
  // Machines, invitations, events.
  `insert into principal (id, kind, display_name, client_id, created_at)
   select pg_temp.id('machine', i), 'MACHINE', 'A machine ' || i, 'machine' || i, now() from i`,
  joined('hub.organization', "pg_temp.id('machine', i)", { day: 10 }),
  owned("pg_temp.id('owned', i)", "'An application ' || i"),
  `insert into application_secret (organization_id, id, application_id, label, secret_hash, created_by, created_at, expires_at)
   select organization, pg_temp.id('secret', i), pg_temp.id('owned hub'), 'A secret', i, viewer, pg_temp.at(i, 0), pg_temp.at(0, 300) from hub, i`,
  `insert into email_domain (organization_id, id, domain, token, created_at, provisions)
   select organization, pg_temp.id('domain', i), 'd' || i || '.com', 'token', now(), true from hub, i`,
  `insert into jit_provisioning_role (organization_id, custom_role_id)
   select organization, pg_temp.id('custom role', i) from hub, i`,
  connector("pg_temp.id('connector', i)", 'hub, i'),
  samlConnector("pg_temp.id('saml connector', i)", 'hub, i'),
  `insert into sso_connector_domain (organization_id, email_domain_id, connector_id)
   select organization, pg_temp.id('domain', i), pg_temp.id('hub connector') from hub, i`,
  "update sso_connector_use set provisions = true where connector_id in (select pg_temp.id('connector', i) from i)",
  `insert into sso_connector_use (organization_id, connector_id, owner_id)
   select pg_temp.id('organization', i), pg_temp.id('hub connector'), organization from hub, i`,
  `insert into sso_group_mapping (organization_id, connector_id, group_name, custom_role_id)
   select organization, pg_temp.id('hub connector'), 'group ' || i, pg_temp.id('custom role', i) from hub, i`,
  `insert into application_key (organization_id, application_id, key_id, jwk, created_at)
   select organization, pg_temp.id('owned hub'), 'key ' || i, '{"thumbprint": "t"}', now() from hub, i`,
  ...invitation('hub.organization', 'invitation', "'someone' || i || '@people.test'", 'custom role'),
  `insert into invitation_role (organization_id, invitation_id, custom_role_id)
   select organization, pg_temp.id('hub invitation'), pg_temp.id('custom role', i) from hub, i`,
  // One organization has one pending offer of ownership: those of the others are to the viewer.
  `insert into ownership_transfer (organization_id, id, owner_id, new_owner_id, keeps_ownership, created_at, expires_at)
   select pg_temp.id('organization', i), pg_temp.id('transfer', i), pg_temp.id('busy user'), viewer, false, pg_temp.at(i, 0), pg_temp.at(0, 900) from hub, i`,
  `insert into ownership_transfer_role (organization_id, transfer_id, custom_role_id)
   select organization, pg_temp.id('hub transfer'), pg_temp.id('custom role', i) from hub, i`,
  // Organizations in which the viewer is suspended.
  organization('closed', 'YY'),
  joined("pg_temp.id('closed', i)", 'viewer', { day: 80 }),
  "update membership set suspended_at = now() where organization_id in (select pg_temp.id('closed', i) from i)",
  `insert into mail_template (kind, locale, subject, text, html, updated_at)
   select 'INVITATION', 'en-x-' || i, 'Subject', '{{link}}', '{{link}}', now() from i`,
  event('hub.organization', 'event'),
  event("'00000000-0000-0000-0000-000000000000'::uuid", 'deployment event'),
  // Organizations that invite the viewer.
  organization('inviting', 'ZZ'),
  customRole("pg_temp.id('inviting', i)", 'offered role'),
  ...invitation("pg_temp.id('inviting', i)", 'invitation to viewer', 'hub.email', 'offered role'),
  // Links, each with a role; one link with all of them.
  link("pg_temp.id('link', i)"),
  `insert into invite_link_role (organization_id, invite_link_id, custom_role_id)
   select organization, id, pg_temp.id('custom role', i) from hub, i, unnest(array[pg_temp.id('link', i), pg_temp.id('hub link')]) id`,
  `insert into sso_setup_link (organization_id, id, label, token_hash, connector_id, scopes, created_by, created_at, expires_at)
   select organization, pg_temp.id('setup link', i), 'A setup link', i, pg_temp.id('connector', i), '{}', viewer, pg_temp.at(i, 0), pg_temp.at(0, 900) from hub, i`,
  // Requests to join here, and those of the viewer elsewhere.
  request('hub.organization', 'request', "pg_temp.id('user', i)"),
  request("pg_temp.id('inviting', i)", 'request of viewer', 'viewer'),
]

/** Adds what is numbered `from` to `to`; each number brings one more row to every list. */
export async function populate(databaseUrl: string, place: Place, from: number, to: number): Promise<void> {
  await withClient(databaseUrl, async client => {
    await client.query(helpers(place, from, to))
    await client.query('begin')
    for (const statement of [...(from === 1 ? hubs : []), ...each]) await client.query(statement)
    await client.query('commit')
  })
}

function user(id: string, name: string, rows = 'hub, i'): string {
  return `insert into principal (id, kind, display_name, email, email_key, is_email_verified, created_at)
    select ${id}, 'USER', ${name}, ${id} || '@people.test', ${id} || '@people.test', true, now() from ${rows}`
}

/** A machine application that the organization owns. */
function owned(id: string, name: string, rows = 'hub, i'): string {
  return `with made as (insert into principal (id, kind, display_name, client_id, created_at)
      select ${id}, 'MACHINE', ${name}, ${id}, now() from ${rows} returning id)
    insert into organization_application (organization_id, application_id) select organization, made.id from hub, made`
}

/** A membership; of a user, with the role of a plain member. */
function joined(organization: string, principal: string, { day = 0, id = '', rows = 'hub, i' }): string {
  const membership = id === '' ? `md5(${organization}::text || ${principal}::text)::uuid` : id
  const i = rows === 'hub' ? '0' : 'i'
  return `with made as (insert into membership (organization_id, id, principal_id, kind, sort_name, origin, added_by, joined_at)
      select ${organization}, ${membership}, p.id, p.kind, lower(p.display_name), 'OPERATOR', viewer, pg_temp.at(${i}, ${day})
      from ${rows} join principal p on true where p.id = ${principal} returning organization_id, id, kind)
    insert into membership_role (organization_id, membership_id, kind, template_role_id, assigned_at)
    select organization_id, id, kind, (select member_role from hub), now() from made where kind = 'USER'`
}

function roles(membership: string): string {
  return `insert into membership_role (organization_id, membership_id, kind, template_role_id, custom_role_id, assigned_at)
    select organization, ${membership}, 'USER', case when custom then null else pg_temp.id('template role', i) end,
      case when custom then pg_temp.id('custom role', i) end, now() from hub, i, unnest(array[true, false]) custom`
}

function customRole(organization: string, label: string): string {
  return `with made as (insert into custom_role (organization_id, id, name, kind, created_at)
      select ${organization}, pg_temp.id('${label}', i), 'Role ' || i, 'USER', now() from hub, i returning organization_id, id)
    insert into custom_role_permission (organization_id, role_id, permission_id)
    select made.organization_id, made.id, p.id from made, permission p where p.key = 'member:read'`
}

function organization(label: string, name: string): string {
  return `insert into organization (id, slug, name, created_by, created_at)
    select pg_temp.id('${label}', i), '${label}-' || i, '${name} ' || i, viewer, now() from hub, i`
}

function invitation(organization: string, label: string, email: string, role: string): string[] {
  return [
    `insert into invitation (organization_id, id, email, email_key, inviter_id, created_at, expires_at)
     select ${organization}, pg_temp.id('${label}', i), ${email}, ${email}, viewer, pg_temp.at(i, 0), pg_temp.at(0, 900) from hub, i`,
    `insert into invitation_role (organization_id, invitation_id, custom_role_id)
     select ${organization}, pg_temp.id('${label}', i), pg_temp.id('${role}', i) from hub, i`,
  ]
}

function link(id: string, rows = 'hub, i'): string {
  const i = rows === 'hub' ? '-1' : 'i'
  return `insert into invite_link (organization_id, id, label, token_hash, created_by, created_at, expires_at)
    select organization, ${id}, 'A link', ${id}::text, viewer, pg_temp.at(${i}, 0), pg_temp.at(0, 900) from ${rows}`
}

function request(organization: string, label: string, requester: string): string {
  return `insert into join_request (organization_id, id, requester_id, created_at)
    select ${organization}, pg_temp.id('${label}', i), ${requester}, pg_temp.at(i, 0) from hub, i`
}

function event(organization: string, label: string): string {
  return `insert into audit_event (organization_id, id, action, actor_id, actor_label, target_type, target_id, target_label, occurred_at)
    select ${organization}, pg_temp.id('${label}', i), 'MEMBER_ADDED', pg_temp.id('user', i), 'Somebody', 'Membership',
      pg_temp.id('membership', i), 'Somebody', now() from hub, i`
}

function connector(id: string, rows: string): string {
  const settings = {
    ...{ issuer: 'https://idp.com', clientId: 'tenantry', scopes: ['openid'] },
    attributes: { name: 'name', email: 'email', picture: 'picture', groups: 'groups' },
  }
  const test = {
    ...{ at: '2026-01-31T08:00:00.000Z', isPassed: true },
    ...{ steps: [{ name: 'EMAIL', isPassed: true, message: 'It counts.' }], attributes: [{ name: 'a', value: 'b' }] },
  }
  return `insert into sso_connector (organization_id, id, name, protocol, settings, created_at, last_test)
   select organization, ${id}, 'A connector', 'OIDC', '${JSON.stringify(settings)}', now(), '${JSON.stringify(test)}' from ${rows}`
}

function samlConnector(id: string, rows: string): string {
  const certificate = {
    pem: '',
    fingerprint: 'AB:CD',
    notBefore: '2026-01-01T00:00:00Z',
    expiresAt: '2126-01-01T00:00:00Z',
  }
  const settings = {
    ...{ metadataUrl: null, preset: null, attributes: attributePresets.default },
    provider: {
      ...{ entityId: 'https://idp.com', signInUrl: 'https://idp.com/sso', signInBinding: 'redirect' },
      ...{ wantsSignedRequests: false, certificates: [certificate] },
    },
  }
  return `insert into sso_connector (organization_id, id, name, protocol, settings, created_at)
   select organization, ${id}, 'A connector', 'SAML', '${JSON.stringify(settings)}', now() from ${rows}`
}
