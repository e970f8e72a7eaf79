-- Going back would give the suspended their access back: that is for people to decide.
do $$ begin
  if exists (select from membership where suspended_at is not null) then
    raise exception 'There are suspended members: restore or remove them first.';
  end if;
end $$;
drop function tenantry_suspensions();

create or replace function tenantry_organizations_of(viewer uuid, bound_to uuid) returns uuid[]
language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(array_agg(m.organization_id), '{}') from membership m
  where m.principal_id = viewer and (bound_to is null or m.organization_id = bound_to)
    and not exists (select from organization o where o.id = m.organization_id and o.deleted_at is not null)
$$;

drop index membership_principal_index;
create index membership_principal_index on membership (principal_id, joined_at, id) include (organization_id);
alter table membership drop column suspended_at;
