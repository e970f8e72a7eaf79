drop procedure tenantry_guard(text, text);
create or replace function tenantry_visible_organizations() returns uuid[] language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(array_agg(m.organization_id), '{}')
      || coalesce((select array[tenantry_setting('acting')::uuid] where tenantry_setting('acting') <> '*'), '{}')
  from membership m join organization o on o.id = m.organization_id
  where m.principal_id = tenantry_setting('viewer')::uuid
    and o.deleted_at is null
    and (tenantry_setting('organization') is null or m.organization_id = tenantry_setting('organization')::uuid)
$$;
alter function tenantry_visible_organizations() parallel unsafe;
drop function tenantry_enter(text);
drop function tenantry_look(uuid, text, text, uuid);
drop function tenantry_organizations_of(uuid, uuid);
drop trigger template_role_version on template_role;
drop trigger template_role_permission_version on template_role_permission;
drop function tenantry_template_changed();
drop table template_version;
drop index organization_deleted_index;
drop index membership_principal_index;
create index membership_principal_index on membership (principal_id, joined_at, id);
