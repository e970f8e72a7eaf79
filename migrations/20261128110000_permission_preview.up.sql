-- A preview of the deletion of permissions: who loses what.

-- How many members in how many organizations hold which of these permissions by their roles, and, in the row without a
-- permission, how many any; there also how many custom roles have one. Past row-level security, as the other previews:
-- who changes the template without seeing the organizations is told numbers, and nothing else.
create function tenantry_permission_preview(permissions uuid[])
returns table (permission_id uuid, custom_roles integer, members integer, organizations integer)
language sql stable security definer set search_path = public, pg_temp as $$
  with held as materialized (
    select h.organization_id, h.membership_id, tp.permission_id
    from template_role_permission tp join membership_role h on h.template_role_id = tp.role_id
    where tp.permission_id = any (permissions)
    union
    select h.organization_id, h.membership_id, cp.permission_id
    from custom_role_permission cp
    join membership_role h on h.organization_id = cp.organization_id and h.role_id = cp.role_id
    where cp.permission_id = any (permissions))
  select held.permission_id,
    (select count(distinct cp.role_id)::integer from custom_role_permission cp
     where cp.permission_id = any (permissions) and (held.permission_id is null or cp.permission_id = held.permission_id)),
    count(distinct (held.organization_id, held.membership_id))::integer, count(distinct held.organization_id)::integer
  from held group by grouping sets ((held.permission_id), ())
  having (select tenantry_manages('template:write'))
$$;
