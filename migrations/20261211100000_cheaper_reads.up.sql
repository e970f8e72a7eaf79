-- A page of members reads the roles of each: in their order, and from an index alone.
create index membership_role_order_index on membership_role (organization_id, membership_id, assigned_at, role_id);

-- As before; whoever is a member somewhere is known, and need not be looked for.
create or replace function tenantry_look(viewer uuid, email_key text, given text, bound_to uuid,
  statement_ms integer default null, lock_ms integer default null, out management text,
  out template integer, out is_known boolean)
language plpgsql volatile as $$
declare
  visible constant uuid[] := tenantry_organizations_of(viewer, bound_to);
begin
  select case when bound_to is null
    then coalesce(given, (select string_agg(g.permission, ' ') from management_grant g where g.principal_id = viewer), '')
    else '' end, version
  into management, template from template_version;
  is_known := viewer is null or visible <> '{}';
  if not is_known then
    is_known := exists (select from principal where id = viewer);
  end if;
  perform set_config('role', 'tenantry_app', true), set_config('timezone', 'UTC', true),
    set_config('statement_timeout', coalesce(statement_ms::text, current_setting('statement_timeout')), true),
    set_config('lock_timeout', coalesce(lock_ms::text, current_setting('lock_timeout')), true),
    set_config('tenantry.viewer', coalesce(viewer::text, ''), true),
    set_config('tenantry.viewer_email', case when bound_to is null then coalesce(email_key, '') else '' end, true),
    set_config('tenantry.management', management, true),
    set_config('tenantry.organization', coalesce(bound_to::text, ''), true),
    set_config('tenantry.acting', '', true),
    set_config('tenantry.visible', visible::text, true);
end $$;
