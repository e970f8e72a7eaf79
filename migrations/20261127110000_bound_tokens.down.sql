alter policy join_request_read on join_request using (
  organization_id = any ((select tenantry_visible_organizations())::uuid[]) or (select tenantry_sees_all())
  or requester_id = (select tenantry_setting('viewer')::uuid));

create or replace function tenantry_look(viewer uuid, email_key text, given text, bound_to uuid,
  statement_ms integer default null, lock_ms integer default null, out management text, out template integer)
language plpgsql volatile as $$
begin
  select coalesce(given, (select string_agg(g.permission, ' ') from management_grant g where g.principal_id = viewer), ''), version
  into management, template from template_version;
  perform set_config('role', 'tenantry_app', true), set_config('timezone', 'UTC', true),
    set_config('statement_timeout', coalesce(statement_ms::text, current_setting('statement_timeout')), true),
    set_config('lock_timeout', coalesce(lock_ms::text, current_setting('lock_timeout')), true),
    set_config('tenantry.viewer', coalesce(viewer::text, ''), true),
    set_config('tenantry.viewer_email', coalesce(email_key, ''), true),
    set_config('tenantry.management', management, true),
    set_config('tenantry.organization', coalesce(bound_to::text, ''), true),
    set_config('tenantry.acting', '', true),
    set_config('tenantry.visible', tenantry_organizations_of(viewer, bound_to)::text, true);
end $$;
create or replace function tenantry_enter(organization text) returns void language plpgsql volatile as $$
begin
  perform set_config('tenantry.acting', organization, true);
  if organization <> '*' then
    perform set_config('tenantry.visible', array_append(tenantry_visible_organizations(), organization::uuid)::text, true);
  end if;
end $$;
create or replace function tenantry_suspensions() returns table (organization_name text, organization_logo_url text, suspended_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.name, o.logo_url, m.suspended_at
  from membership m join organization o on o.id = m.organization_id
  where m.principal_id = tenantry_setting('viewer')::uuid and m.suspended_at is not null and o.deleted_at is null
  order by m.suspended_at desc, m.id desc limit 100
$$;
create or replace function tenantry_deleted_organizations() returns table (id uuid, slug text, name text, deleted_at timestamptz, purges_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id, o.slug, o.name, o.deleted_at, o.purges_at
  from membership m join organization o on o.id = m.organization_id
  where m.principal_id = tenantry_setting('viewer')::uuid
    and m.suspended_at is null
    and o.deleted_at is not null
    and (tenantry_setting('organization') is null or o.id = tenantry_setting('organization')::uuid)
    and exists (
      select from membership_role mr join template_role r on r.id = mr.template_role_id
      where mr.organization_id = m.organization_id and mr.membership_id = m.id and r.is_owner)
$$;
create or replace function tenantry_joinable_organization(wanted text) returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id from organization o left join join_policy p on p.organization_id = o.id
  where o.slug = wanted and o.deleted_at is null and (
    exists (select from membership m where m.organization_id = o.id and m.principal_id = tenantry_setting('viewer')::uuid)
    or (tenantry_setting('viewer_email') is not null and (
      p.access = 'OPEN'
      or (p.access = 'EMAIL_DOMAINS' and tenantry_is_of_domains(tenantry_setting('viewer_email'), p.email_domains)))))
$$;
create or replace function tenantry_requested_organizations() returns table (id uuid, name text)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id, o.name from organization o
  where o.deleted_at is null
    and o.id in (select r.organization_id from join_request r where r.requester_id = tenantry_setting('viewer')::uuid)
$$;
drop function tenantry_person();
