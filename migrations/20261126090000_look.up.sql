-- What the viewer may see is worked out once per transaction, when it says who looks, and not by every statement: each of
-- them has several tables, and each table has a policy that asks.

create function tenantry_organizations_of(viewer uuid, bound_to uuid) returns uuid[]
language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(array_agg(m.organization_id), '{}') from membership m
  where m.principal_id = viewer and (bound_to is null or m.organization_id = bound_to)
    and not exists (select from organization o where o.id = m.organization_id and o.deleted_at is not null)
$$;
-- Both are answered by an index alone.
drop index membership_principal_index;
create index membership_principal_index on membership (principal_id, joined_at, id) include (organization_id);
create index organization_deleted_index on organization (id) where deleted_at is not null;

-- The template is small, the same for everybody, and seldom changes: what was read of it stays true for as long as its
-- version does. Each transaction learns the version of its snapshot as it begins.
create table template_version (
  is_only boolean primary key default true check (is_only),
  version integer not null
);
comment on table template_version is 'Counts the changes of the template''s roles and of what they permit.';
insert into template_version (version) values (1);
grant select on template_version to tenantry_app;

create function tenantry_template_changed() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update template_version set version = version + 1;
  return null;
end $$;
create trigger template_role_version after insert or update or delete or truncate on template_role
  for each statement execute function tenantry_template_changed();
create trigger template_role_permission_version after insert or update or delete or truncate on template_role_permission
  for each statement execute function tenantry_template_changed();

-- Begins what a viewer does: the restricted role, the time zone in which instants are read, and all from which the
-- policies derive what the viewer sees. Answers which management permissions the viewer holds (those
-- given, or where none are, those granted), and the version of the template.
create function tenantry_look(viewer uuid, email_key text, given text, bound_to uuid, out management text, out template integer)
language plpgsql volatile as $$
begin
  select coalesce(given, (select string_agg(g.permission, ' ') from management_grant g where g.principal_id = viewer), ''), version
  into management, template from template_version;
  perform set_config('role', 'tenantry_app', true), set_config('timezone', 'UTC', true),
    set_config('tenantry.viewer', coalesce(viewer::text, ''), true),
    set_config('tenantry.viewer_email', coalesce(email_key, ''), true),
    set_config('tenantry.management', management, true),
    set_config('tenantry.organization', coalesce(bound_to::text, ''), true),
    set_config('tenantry.acting', '', true),
    set_config('tenantry.visible', tenantry_organizations_of(viewer, bound_to)::text, true);
end $$;

-- From here on writes reach this organization (an id; the nil id is the deployment; * is every one), and reads see it too.
create function tenantry_enter(organization text) returns void language plpgsql volatile as $$
begin
  perform set_config('tenantry.acting', organization, true);
  if organization <> '*' then
    perform set_config('tenantry.visible', array_append(tenantry_visible_organizations(), organization::uuid)::text, true);
  end if;
end $$;

create or replace function tenantry_visible_organizations() returns uuid[] language plpgsql stable parallel safe as $$
begin
  return coalesce(nullif(current_setting('tenantry.visible', true), '')::uuid[], '{}');
end $$;
alter function tenantry_visible_organizations() security invoker reset all;

-- The second wall around a table of tenants, whose key is organization_id: who sees the organization sees its rows, or for
-- what else `also` says; who acts in it writes them. Every table that comes later is guarded by this.
create procedure tenantry_guard(name text, also text default null) language plpgsql as $$
declare
  visible constant text := 'organization_id = any ((select tenantry_visible_organizations())::uuid[]) or (select tenantry_sees_all())';
  acting constant text := 'organization_id = (select nullif(tenantry_setting(''acting''), ''*'')::uuid) or (select tenantry_setting(''acting'') = ''*'')';
begin
  execute format('alter table %I enable row level security', name);
  execute format('alter table %I force row level security', name);
  execute format('create policy %I on %I to current_user using (true) with check (true)', name || '_owner', name);
  execute format('create policy %I on %I for select to tenantry_app using (%s)', name || '_read', name,
    visible || coalesce(' or ' || also, ''));
  execute format('create policy %I on %I for insert to tenantry_app with check (%s)', name || '_insert', name, acting);
  execute format('create policy %I on %I for update to tenantry_app using (%s) with check (%s)', name || '_update', name, acting, acting);
  execute format('create policy %I on %I for delete to tenantry_app using (%s)', name || '_delete', name, acting);
  execute format('grant select, insert, update, delete on %I to tenantry_app', name);
end $$;
