-- Every tenant table leads its primary key and its foreign keys with organization_id, so that the schema distributes by
-- that column without change. Timestamps keep milliseconds: what a cursor or a client sees is what is stored.

do $$
declare
  may_become boolean;
begin
  -- Roles belong to the server: an administrator or another database may have made it, perhaps in this very moment.
  if not exists (select from pg_roles where rolname = 'tenantry_app') then
    begin
      create role tenantry_app nologin;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  if current_setting('server_version_num')::int >= 160000 then
    may_become := pg_has_role(current_user, 'tenantry_app', 'SET');
  else
    may_become := pg_has_role(current_user, 'tenantry_app', 'MEMBER');
  end if;
  if not may_become then
    execute format('grant tenantry_app to %I', current_user);
  end if;
end $$;
grant usage on schema public to tenantry_app;

-- People and machines -------------------------------------------------------------------------------------------------

create table principal (
  id uuid primary key,
  kind text not null check (kind in ('USER', 'MACHINE')),
  display_name text not null,
  avatar_url text,
  email text,
  email_key text,
  is_email_verified boolean not null default false,
  client_id text,
  last_used_at timestamptz(3),
  created_at timestamptz(3) not null,
  constraint principal_kind_key unique (id, kind),
  constraint principal_client_id_key unique (client_id),
  constraint principal_machine_check check ((kind = 'MACHINE') = (client_id is not null)),
  constraint principal_email_check check (kind = 'USER' or email is null)
);
comment on table principal is 'A user or a machine application: whoever can be a member, act, and stand in the audit log.';
comment on column principal.email_key is 'The address in the form in which addresses are compared: lower case, domain in ASCII.';
create index principal_email_key_index on principal (email_key) where is_email_verified;
create index principal_name_index on principal (lower(display_name) collate "C", id);

create table identity (
  issuer text not null,
  subject text not null,
  principal_id uuid not null references principal (id) on delete cascade,
  created_at timestamptz(3) not null,
  primary key (issuer, subject)
);
comment on table identity is 'Under which (issuer, subject) a user signs in.';
create index identity_principal_index on identity (principal_id);

create table management_grant (
  principal_id uuid not null references principal (id) on delete cascade,
  permission text not null,
  granted_by uuid references principal (id) on delete set null,
  granted_at timestamptz(3) not null,
  primary key (principal_id, permission)
);
comment on table management_grant is 'Management permissions of operators that others granted; those of the configuration are not stored.';

-- Organization template -----------------------------------------------------------------------------------------------

create table api_resource (
  id uuid primary key,
  audience text not null,
  name text not null,
  created_at timestamptz(3) not null,
  constraint api_resource_audience_key unique (audience)
);

create table permission (
  id uuid primary key,
  key text not null,
  description text not null,
  is_built_in boolean not null default false,
  is_open_to_custom_roles boolean not null default true,
  api_resource_id uuid references api_resource (id) on delete cascade,
  constraint permission_key_key unique nulls not distinct (api_resource_id, key),
  constraint permission_built_in_check check (not is_built_in or api_resource_id is null)
);
comment on column permission.is_built_in is 'A gateway permission: it guards this API and comes from the catalogue in code.';

create table template_role (
  id uuid primary key,
  name text not null,
  description text,
  kind text not null check (kind in ('USER', 'MACHINE')),
  is_owner boolean not null default false,
  is_default boolean not null default false,
  created_at timestamptz(3) not null,
  constraint template_role_kind_key unique (id, kind),
  constraint template_role_owner_check check (not is_owner or kind = 'USER'),
  constraint template_role_default_check check (not is_default or kind = 'USER')
);
create unique index template_role_name_key on template_role (lower(name));
create unique index template_role_owner_key on template_role (is_owner) where is_owner;
create unique index template_role_default_key on template_role (is_default) where is_default;

create table template_role_permission (
  role_id uuid not null references template_role (id) on delete cascade,
  permission_id uuid not null references permission (id) on delete cascade,
  primary key (role_id, permission_id)
);
create index template_role_permission_index on template_role_permission (permission_id);

-- Organizations -------------------------------------------------------------------------------------------------------

create table organization (
  id uuid primary key,
  slug text not null,
  name text not null,
  description text,
  custom_data jsonb not null default '{}',
  logo_url text,
  primary_color text,
  seat_limit integer check (seat_limit > 0),
  version integer not null default 1,
  created_by uuid references principal (id) on delete set null,
  created_at timestamptz(3) not null,
  deleted_at timestamptz(3),
  purges_at timestamptz(3),
  constraint organization_slug_check check (slug = lower(slug)),
  constraint organization_slug_key unique (slug)
);
create index organization_name_index on organization (lower(name) collate "C", id);
create index organization_created_at_index on organization (created_at, id);
create index organization_created_by_index on organization (created_by);

create table membership (
  organization_id uuid not null references organization (id) on delete cascade,
  id uuid not null,
  principal_id uuid not null,
  kind text not null,
  sort_name text collate "C" not null,
  origin text not null check (origin in ('CREATION', 'INVITATION', 'LINK', 'REQUEST', 'EMAIL_DOMAIN', 'SSO', 'DIRECTORY', 'OPERATOR', 'ADMIN')),
  added_by uuid references principal (id) on delete set null,
  joined_at timestamptz(3) not null,
  primary key (organization_id, id),
  constraint membership_kind_key unique (organization_id, id, kind),
  constraint membership_principal_key unique (organization_id, principal_id),
  constraint membership_principal_fkey foreign key (principal_id, kind) references principal (id, kind) on delete restrict
);
comment on column membership.sort_name is 'The principal''s display name in lower case, kept by a trigger: pages ordered by name need it in an index.';
create index membership_id_index on membership (id);
create index membership_joined_at_index on membership (organization_id, joined_at, id);
create index membership_name_index on membership (organization_id, sort_name, id);
create index membership_principal_index on membership (principal_id, joined_at, id);
create index membership_added_by_index on membership (added_by);

create table custom_role (
  organization_id uuid not null references organization (id) on delete cascade,
  id uuid not null,
  name text not null,
  description text,
  kind text not null check (kind in ('USER', 'MACHINE')),
  created_at timestamptz(3) not null,
  primary key (organization_id, id),
  constraint custom_role_kind_key unique (organization_id, id, kind)
);
create index custom_role_id_index on custom_role (id);
create unique index custom_role_name_key on custom_role (organization_id, lower(name));

create table custom_role_permission (
  organization_id uuid not null,
  role_id uuid not null,
  permission_id uuid not null references permission (id) on delete cascade,
  primary key (organization_id, role_id, permission_id),
  constraint custom_role_permission_role_fkey foreign key (organization_id, role_id) references custom_role (organization_id, id) on delete cascade
);
create index custom_role_permission_index on custom_role_permission (permission_id);

-- The kind stands in both foreign keys: a machine cannot hold a role for users, nor the other way round (MEM-10).
create table membership_role (
  organization_id uuid not null,
  membership_id uuid not null,
  kind text not null,
  template_role_id uuid,
  custom_role_id uuid,
  role_id uuid not null generated always as (coalesce(template_role_id, custom_role_id)) stored,
  assigned_by uuid references principal (id) on delete set null,
  assigned_at timestamptz(3) not null,
  primary key (organization_id, membership_id, role_id),
  constraint membership_role_one_check check (num_nonnulls(template_role_id, custom_role_id) = 1),
  constraint membership_role_membership_fkey foreign key (organization_id, membership_id, kind)
    references membership (organization_id, id, kind) on delete cascade,
  constraint membership_role_template_fkey foreign key (template_role_id, kind) references template_role (id, kind),
  constraint membership_role_custom_fkey foreign key (organization_id, custom_role_id, kind) references custom_role (organization_id, id, kind)
);
create index membership_role_role_index on membership_role (organization_id, role_id);
create index membership_role_template_index on membership_role (template_role_id);
create index membership_role_assigned_by_index on membership_role (assigned_by);

-- Invitations ---------------------------------------------------------------------------------------------------------

create table invitation (
  organization_id uuid not null references organization (id) on delete cascade,
  id uuid not null,
  email text not null,
  email_key text not null,
  status text not null default 'PENDING' check (status in ('PENDING', 'ACCEPTED', 'DECLINED', 'REVOKED', 'EXPIRED')),
  inviter_id uuid references principal (id) on delete set null,
  accepted_by uuid references principal (id) on delete set null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  closed_at timestamptz(3),
  primary key (organization_id, id),
  constraint invitation_closed_check check ((status = 'PENDING') = (closed_at is null))
);
create index invitation_id_index on invitation (id);
create unique index invitation_pending_key on invitation (organization_id, email_key) where status = 'PENDING';
create index invitation_email_key_index on invitation (email_key, created_at, id);
create index invitation_created_at_index on invitation (organization_id, created_at, id);
create index invitation_expires_at_index on invitation (organization_id, expires_at, id);
create index invitation_email_index on invitation (organization_id, email_key collate "C", id);
create index invitation_inviter_index on invitation (inviter_id);
create index invitation_accepted_by_index on invitation (accepted_by);

create table invitation_role (
  organization_id uuid not null,
  invitation_id uuid not null,
  kind text not null default 'USER' check (kind = 'USER'),
  template_role_id uuid,
  custom_role_id uuid,
  role_id uuid not null generated always as (coalesce(template_role_id, custom_role_id)) stored,
  primary key (organization_id, invitation_id, role_id),
  constraint invitation_role_one_check check (num_nonnulls(template_role_id, custom_role_id) = 1),
  constraint invitation_role_invitation_fkey foreign key (organization_id, invitation_id) references invitation (organization_id, id) on delete cascade,
  constraint invitation_role_template_fkey foreign key (template_role_id, kind) references template_role (id, kind) on delete cascade,
  constraint invitation_role_custom_fkey foreign key (organization_id, custom_role_id, kind) references custom_role (organization_id, id, kind) on delete cascade
);
create index invitation_role_role_index on invitation_role (organization_id, role_id);
create index invitation_role_template_index on invitation_role (template_role_id);

-- Audit trail and outbox ----------------------------------------------------------------------------------------------
-- No foreign keys: the trail outlives what it tells of. The deployment itself has the nil id.

create table audit_event (
  organization_id uuid not null,
  id uuid not null,
  action text not null,
  actor_id uuid,
  actor_label text,
  target_type text,
  target_id uuid,
  target_label text not null,
  changes jsonb not null default '[]',
  ip_address text,
  occurred_at timestamptz(3) not null,
  primary key (organization_id, id)
);
create index audit_event_id_index on audit_event (id);
create index audit_event_action_index on audit_event (organization_id, action, id);

create table outbox_event (
  organization_id uuid not null,
  id uuid not null,
  type text not null,
  payload jsonb not null,
  occurred_at timestamptz(3) not null,
  primary key (organization_id, id)
);

-- Roles of the template and of an organization read as one ------------------------------------------------------------

create view organization_role with (security_invoker = true) as
  select id, null::uuid as organization_id, name, description, kind, is_owner, is_default, created_at from template_role
  union all
  select id, organization_id, name, description, kind, false, false, created_at from custom_role;

create view organization_role_permission with (security_invoker = true) as
  select null::uuid as organization_id, role_id, permission_id from template_role_permission
  union all
  select organization_id, role_id, permission_id from custom_role_permission;

-- Names of members follow their principal -----------------------------------------------------------------------------

create function tenantry_follow_display_name() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update membership set sort_name = lower(new.display_name) where principal_id = new.id;
  return null;
end $$;
create trigger principal_display_name after update of display_name on principal
  for each row when (old.display_name is distinct from new.display_name) execute function tenantry_follow_display_name();

-- Row-level security: the second wall ---------------------------------------------------------------------------------
-- A transaction says who looks (tenantry.viewer, tenantry.viewer_email), which management permissions they hold
-- (tenantry.management), to which organization their token is bound (tenantry.organization), and, once a write was
-- authorized, in which organization it acts (tenantry.acting: an id, the nil id for the deployment, * for all).
-- Reads reach the viewer's organizations; writes reach the acting organization and no other.

create function tenantry_setting(name text) returns text language sql stable parallel safe as $$
  select nullif(current_setting('tenantry.' || name, true), '')
$$;

create function tenantry_manages(permission text) returns boolean language sql stable parallel safe as $$
  select coalesce(permission = any (string_to_array(tenantry_setting('management'), ' ')), false)
$$;

create function tenantry_visible_organizations() returns uuid[] language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(array_agg(m.organization_id), '{}')
      || coalesce((select array[tenantry_setting('acting')::uuid] where tenantry_setting('acting') <> '*'), '{}')
  from membership m join organization o on o.id = m.organization_id
  where m.principal_id = tenantry_setting('viewer')::uuid
    and o.deleted_at is null
    and (tenantry_setting('organization') is null or m.organization_id = tenantry_setting('organization')::uuid)
$$;

create function tenantry_inviting_organizations() returns uuid[] language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(array_agg(distinct i.organization_id), '{}')
  from invitation i join organization o on o.id = i.organization_id
  where i.email_key = tenantry_setting('viewer_email') and i.status in ('PENDING', 'ACCEPTED', 'DECLINED') and o.deleted_at is null
$$;

-- How many organizations a user created that are still there: also those they have left or deleted since (ORG-4).
create function tenantry_created_organizations(creator uuid) returns integer language sql stable security definer set search_path = public, pg_temp as $$
  select count(*)::integer from organization where created_by = creator
$$;

create function tenantry_sees_all() returns boolean language sql stable parallel safe as $$
  select tenantry_manages('organizations:read') or coalesce(tenantry_setting('acting') = '*', false)
$$;

do $$
declare
  owner_only constant text[] := array['audit_event', 'outbox_event'];
  tenant constant text[] := array['organization', 'membership', 'membership_role', 'custom_role', 'custom_role_permission',
    'invitation', 'invitation_role', 'audit_event', 'outbox_event'];
  invitee constant text[] := array['organization', 'custom_role', 'custom_role_permission', 'invitation_role'];
  name text;
  key text;
  visible text;
  acting text;
begin
  foreach name in array tenant loop
    key := case name when 'organization' then 'id' else 'organization_id' end;
    visible := format('%I = any ((select tenantry_visible_organizations())::uuid[]) or (select tenantry_sees_all())', key);
    if name = any (invitee) then
      visible := visible || format(' or %I = any ((select tenantry_inviting_organizations())::uuid[])', key);
    elsif name = 'invitation' then
      -- In every status: that it was taken back or has expired is what its recipient is told (INV-9).
      visible := visible || ' or email_key = (select tenantry_setting(''viewer_email''))';
    elsif name = 'audit_event' then
      visible := format('%I = any ((select tenantry_visible_organizations())::uuid[]) or (select tenantry_manages(''audit:read'') or (tenantry_manages(''organizations:read'') and tenantry_manages(''organizations:write'')))', key);
    end if;
    acting := format('%I = (select nullif(tenantry_setting(''acting''), ''*'')::uuid) or (select tenantry_setting(''acting'') = ''*'')', key);
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy %I on %I to current_user using (true) with check (true)', name || '_owner', name);
    execute format('create policy %I on %I for select to tenantry_app using (%s)', name || '_read', name, visible);
    execute format('create policy %I on %I for insert to tenantry_app with check (%s)', name || '_insert', name, acting);
    if not name = any (owner_only) then -- what happened is never altered
      execute format('create policy %I on %I for update to tenantry_app using (%s) with check (%s)', name || '_update', name, acting, acting);
      execute format('create policy %I on %I for delete to tenantry_app using (%s)', name || '_delete', name, acting);
    end if;
  end loop;
end $$;

grant select, insert, update, delete on all tables in schema public to tenantry_app;
do $$ begin
  if to_regclass('migration') is not null then revoke all on migration from tenantry_app; end if;
end $$;
revoke update, delete on audit_event, outbox_event from tenantry_app;
revoke insert, update, delete on organization_role, organization_role_permission from tenantry_app;
revoke delete on organization from tenantry_app; -- only the purge removes one, and it runs as the owner
