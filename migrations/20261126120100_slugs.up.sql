-- Every slug that is taken, in one table with one unique key: by the organization that has it, and for a while by the one
-- that had it. Without this, two tables would have to agree on what is free while two organizations want the same.

create table organization_slug (
  organization_id uuid not null references organization (id) on delete cascade,
  slug text not null,
  leads_until timestamptz(3),
  primary key (organization_id, slug),
  constraint organization_slug_slug_key unique (slug)
);
comment on table organization_slug is 'The slugs of an organization: its own, and those it had and is still found by.';
comment on column organization_slug.leads_until is 'Null for the slug that the organization has; from this moment on, a former one is free.';

insert into organization_slug (organization_id, slug) select id, slug from organization;

-- Whoever writes a slug takes it, whichever way it is written; a unique violation when it is another's, or was lately.
create function tenantry_take_slug() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into organization_slug (organization_id, slug) values (new.id, new.slug)
  on conflict (organization_id, slug) do update set leads_until = null;
  return null;
end $$;
create trigger organization_takes_slug after insert or update of slug on organization
  for each row execute function tenantry_take_slug();

-- Whether the acting organization can have a slug. What was another's, and leads there no longer, is given up for it: by
-- the clock of who asks, so that no job has to run.
create function tenantry_slug_is_free(wanted text, at timestamptz) returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from organization_slug where slug = wanted and leads_until <= at;
  return not exists (
    select from organization_slug where slug = wanted and organization_id <> tenantry_setting('acting')::uuid);
end $$;

call tenantry_guard('organization_slug');
