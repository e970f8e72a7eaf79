drop index membership_role_order_index;
create or replace function tenantry_look(viewer uuid, email_key text, given text, bound_to uuid,
  statement_ms integer default null, lock_ms integer default null, out management text,
  out template integer, out is_known boolean)
language plpgsql volatile as $$
begin
  select case when bound_to is null
    then coalesce(given, (select string_agg(g.permission, ' ') from management_grant g where g.principal_id = viewer), '')
    else '' end, version, viewer is null or exists (select from principal where id = viewer)
  into management, template, is_known from template_version;
  perform set_config('role', 'tenantry_app', true), set_config('timezone', 'UTC', true),
    set_config('statement_timeout', coalesce(statement_ms::text, current_setting('statement_timeout')), true),
    set_config('lock_timeout', coalesce(lock_ms::text, current_setting('lock_timeout')), true),
    set_config('tenantry.viewer', coalesce(viewer::text, ''), true),
    set_config('tenantry.viewer_email', case when bound_to is null then coalesce(email_key, '') else '' end, true),
    set_config('tenantry.management', management, true),
    set_config('tenantry.organization', coalesce(bound_to::text, ''), true),
    set_config('tenantry.acting', '', true),
    set_config('tenantry.visible', tenantry_organizations_of(viewer, bound_to)::text, true);
end $$;
