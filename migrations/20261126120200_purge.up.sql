create index organization_purges_at_index on organization (purges_at) where deleted_at is not null;

-- The deleted organizations that the viewer owns, as far as it takes to restore one: row-level security goes on showing
-- them no row of it.
create function tenantry_deleted_organizations() returns table (id uuid, slug text, name text, deleted_at timestamptz, purges_at timestamptz)
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

-- The only way in which an organization goes for good: one that is deleted and overdue, or one that an operator asked for.
-- Removes at most so many rows of one organization, from the tables that depend on most others first, and the
-- organization itself when nothing else is left. Of several who purge at once each takes another one, or none. Whatever
-- table has an organization_id is emptied of it, those of later migrations too; but what happened stays on record.
create function tenantry_purge(at timestamptz, most integer, asked uuid) returns table (purged uuid, label text, is_gone boolean)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  doomed organization%rowtype;
  part regclass;
  removed integer;
  remaining integer := most;
begin
  if asked is null then
    select * into doomed from organization o where o.deleted_at is not null and o.purges_at <= at
    order by o.purges_at limit 1 for update skip locked;
  elsif tenantry_manages('organizations:write') then
    select * into doomed from organization o where o.id = asked and o.deleted_at is not null for update;
  end if;
  if doomed.id is null then return; end if;
  for part in
    with recursive depth (id, level) as (
      select 'organization'::regclass::oid, 0
      union
      select c.conrelid, d.level + 1 from pg_constraint c join depth d on d.id = c.confrelid
      where c.contype = 'f' and c.conrelid <> c.confrelid and d.level < 10)
    select k.oid::regclass from pg_class k
    where k.relnamespace = 'public'::regnamespace and k.relkind in ('r', 'p') and k.relname <> 'audit_event'
      and exists (select from pg_attribute a where a.attrelid = k.oid and a.attname = 'organization_id' and not a.attisdropped)
    order by (select max(d.level) from depth d where d.id = k.oid) desc nulls last, k.relname
  loop
    execute format('delete from %s where ctid = any (array(select ctid from %s where organization_id = $1 limit $2))', part, part)
    using doomed.id, remaining;
    get diagnostics removed = row_count;
    remaining := remaining - removed;
    if remaining <= 0 then
      return query select doomed.id, doomed.name, false;
      return;
    end if;
  end loop;
  delete from organization where id = doomed.id;
  return query select doomed.id, doomed.name, true;
end $$;
revoke execute on function tenantry_purge(timestamptz, integer, uuid) from public;
grant execute on function tenantry_purge(timestamptz, integer, uuid) to tenantry_app;
