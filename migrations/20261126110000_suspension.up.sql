-- A suspended member keeps row and roles, and has no access: the organization is not among those they see (MEM-11).
alter table membership add column suspended_at timestamptz(3);
comment on column membership.suspended_at is 'Since when the member has no access here; null for an active one.';

create or replace function tenantry_organizations_of(viewer uuid, bound_to uuid) returns uuid[]
language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(array_agg(m.organization_id), '{}') from membership m
  where m.principal_id = viewer and m.suspended_at is null and (bound_to is null or m.organization_id = bound_to)
    and not exists (select from organization o where o.id = m.organization_id and o.deleted_at is not null)
$$;
drop index membership_principal_index;
create index membership_principal_index on membership (principal_id, joined_at, id) include (organization_id, suspended_at);

-- All that the suspended are told: where, by name and logo, and since when. Row-level security shows them no row of it.
create function tenantry_suspensions() returns table (organization_name text, organization_logo_url text, suspended_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.name, o.logo_url, m.suspended_at
  from membership m join organization o on o.id = m.organization_id
  where m.principal_id = tenantry_setting('viewer')::uuid and m.suspended_at is not null and o.deleted_at is null
  order by m.suspended_at desc, m.id desc limit 100
$$;
