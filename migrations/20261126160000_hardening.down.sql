drop function tenantry_look(uuid, text, text, uuid, integer, integer);
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

create function tenantry_inviting_organizations() returns uuid[] language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(array_agg(distinct i.organization_id), '{}')
  from invitation i join organization o on o.id = i.organization_id
  where i.email_key = tenantry_setting('viewer_email') and i.status in ('PENDING', 'ACCEPTED', 'DECLINED') and o.deleted_at is null
$$;
do $$
declare
  name text;
  key text;
begin
  foreach name in array array['organization', 'custom_role', 'custom_role_permission', 'invitation_role'] loop
    key := case name when 'organization' then 'id' else 'organization_id' end;
    execute format('alter policy %I on %I using (%I = any ((select tenantry_visible_organizations())::uuid[]) or (select tenantry_sees_all()) or %I = any ((select tenantry_inviting_organizations())::uuid[]))',
      name || '_read', name, key, key);
  end loop;
end $$;
drop function tenantry_organization_labels(uuid[]);
drop function tenantry_offered_roles();
drop function tenantry_pending_invitations();
