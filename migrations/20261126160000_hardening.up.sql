-- What an invitee sees of an organization is what their invitation says (INV-13): the roles that it offers while it is
-- pending, and a name and a logo. Neither the organization's row, with its custom data, nor another role or offer.

create function tenantry_pending_invitations() returns uuid[] language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(array_agg(i.id), '{}') from invitation i join organization o on o.id = i.organization_id
  where i.email_key = tenantry_setting('viewer_email') and i.status = 'PENDING' and o.deleted_at is null
$$;

create function tenantry_offered_roles() returns uuid[] language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(array_agg(distinct offered.custom_role_id), '{}')
  from invitation i join organization o on o.id = i.organization_id
  join invitation_role offered on offered.organization_id = i.organization_id and offered.invitation_id = i.id
  where i.email_key = tenantry_setting('viewer_email') and i.status = 'PENDING' and o.deleted_at is null
    and offered.custom_role_id is not null
$$;

-- Of the organizations that the viewer sees, and of those that invite them or did: an answered invitation still says
-- where it led.
create function tenantry_organization_labels(ids uuid[]) returns table (id uuid, name text, logo_url text, is_deleted boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id, o.name, o.logo_url, o.deleted_at is not null from organization o
  where o.id = any (ids) and (o.id = any (tenantry_visible_organizations()) or tenantry_sees_all()
    or o.deleted_at is null and exists (select from invitation i where i.organization_id = o.id
      and i.email_key = tenantry_setting('viewer_email') and i.status in ('PENDING', 'ACCEPTED', 'DECLINED')))
$$;

do $$
declare
  visible constant text := '%I = any ((select tenantry_visible_organizations())::uuid[]) or (select tenantry_sees_all())';
  also constant jsonb := '{"organization": "", "custom_role": " or id = any ((select tenantry_offered_roles())::uuid[])",
    "custom_role_permission": " or role_id = any ((select tenantry_offered_roles())::uuid[])",
    "invitation_role": " or invitation_id = any ((select tenantry_pending_invitations())::uuid[])"}';
  name text;
  more text;
begin
  for name, more in select * from jsonb_each_text(also) loop
    execute format('alter policy %I on %I using (' || visible || more || ')',
      name || '_read', name, case name when 'organization' then 'id' else 'organization_id' end);
  end loop;
end $$;
drop function tenantry_inviting_organizations();

-- As before, and nothing that the viewer starts waits or works without end: in milliseconds, null for what the connection
-- has. Set here, because a pooler may drop what a connection starts with.
drop function tenantry_look(uuid, text, text, uuid);
create function tenantry_look(viewer uuid, email_key text, given text, bound_to uuid,
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
