-- What the groups of a provider stand for: roles of the organizations that use its connector, each for itself.

alter table sso_connector_use add column reapplies boolean not null default false;
comment on column sso_connector_use.reapplies is 'Whether groups decide the mapped roles at each sign-in, and not only at the first.';

create table sso_group_mapping (
  organization_id uuid not null,
  connector_id uuid not null,
  group_name text not null check (length(group_name) between 1 and 256),
  kind text not null default 'USER' check (kind = 'USER'),
  template_role_id uuid,
  custom_role_id uuid,
  role_id uuid not null generated always as (coalesce(template_role_id, custom_role_id)) stored,
  primary key (organization_id, connector_id, group_name, role_id),
  constraint sso_group_mapping_one_check check (num_nonnulls(template_role_id, custom_role_id) = 1),
  constraint sso_group_mapping_use_fkey foreign key (organization_id, connector_id)
    references sso_connector_use (organization_id, connector_id) on delete cascade,
  constraint sso_group_mapping_template_fkey foreign key (template_role_id, kind) references template_role (id, kind) on delete cascade,
  constraint sso_group_mapping_custom_fkey foreign key (organization_id, custom_role_id, kind) references custom_role (organization_id, id, kind) on delete cascade
);
comment on table sso_group_mapping is 'Who is in the group there has the role here.';
create index sso_group_mapping_template_index on sso_group_mapping (template_role_id);
call tenantry_guard('sso_group_mapping');

-- The roles of these members that groups decide: they signed in through a connector whose groups are re-applied.
create function tenantry_roles_by_groups(memberships uuid[]) returns table (membership_id uuid, role_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct m.id, g.role_id
  from membership m
  join sso_connector_use u on u.organization_id = m.organization_id and u.reapplies
  join sso_group_mapping g on g.organization_id = u.organization_id and g.connector_id = u.connector_id
  where m.id = any(memberships) and (m.organization_id = any (tenantry_visible_organizations()) or tenantry_sees_all())
    and exists (select from sso_identity i where i.connector_id = u.connector_id and i.principal_id = m.principal_id)
$$;

-- As before; and where groups are re-applied, of who is a member there.
create or replace function tenantry_sso_concerns(owner uuid, connector uuid, said_issuer text, said_subject text, address text)
returns table (organization_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  with known as (
    select i.principal_id from sso_identity i
    where i.organization_id = owner and i.connector_id = connector and i.issuer = said_issuer and i.subject = said_subject)
  select p.organization_id from tenantry_jit_connector_places(connector, address, null) p where not exists (select from known)
  union
  select p.organization_id from tenantry_jit_places(address, null) p where not exists (select from known)
  union
  select u.organization_id from sso_connector_use u
  join membership m on m.organization_id = u.organization_id and m.principal_id = coalesce(
    (select principal_id from known), (select a.principal_id from sign_in_address a where a.email_key = address))
  join organization o on o.id = u.organization_id and o.deleted_at is null
  where u.connector_id = connector and u.reapplies
$$;

-- A role that a group stands for is in use.
drop function tenantry_role_use(uuid, uuid, timestamptz);
create function tenantry_role_use(role uuid, place uuid, moment timestamptz)
returns table (members integer, invitations integer, links integer, "jitDefaults" integer, "groupMappings" integer)
language sql stable security definer set search_path = public, pg_temp as $$
  select
    (select count(*)::integer from membership_role h where h.role_id = role
      and (h.template_role_id = role or h.organization_id = place)),
    (select count(*)::integer from invitation_role ir join invitation i on i.organization_id = ir.organization_id and i.id = ir.invitation_id
      where ir.role_id = role and (ir.template_role_id = role or ir.organization_id = place)
        and i.status = 'PENDING' and i.expires_at > moment),
    (select count(*)::integer from invite_link_role lr join invite_link l on l.organization_id = lr.organization_id and l.id = lr.invite_link_id
      where lr.role_id = role and (lr.template_role_id = role or lr.organization_id = place)
        and l.revoked_at is null and l.expires_at > moment and (l.max_uses is null or l.uses < l.max_uses)),
    (select count(*)::integer from jit_provisioning_role jr
      where jr.role_id = role and (jr.template_role_id = role or jr.organization_id = place)),
    (select count(*)::integer from sso_group_mapping g
      where g.role_id = role and (g.template_role_id = role or g.organization_id = place))
  where tenantry_counts_role(place)
$$;
