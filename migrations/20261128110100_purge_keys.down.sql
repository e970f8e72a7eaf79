create or replace function tenantry_purge(at timestamptz, most integer, asked uuid) returns table (purged uuid, label text, is_gone boolean)
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
