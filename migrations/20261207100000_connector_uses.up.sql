-- Which organizations use a connector: whose it is, and those that it is shared with. Each says for itself what it uses it for.

create table sso_connector_use (
  organization_id uuid not null references organization (id) on delete cascade,
  connector_id uuid not null,
  owner_id uuid not null,
  provisions boolean not null default false,
  primary key (organization_id, connector_id),
  constraint sso_connector_use_connector_foreign foreign key (owner_id, connector_id)
    references sso_connector (organization_id, id) on delete cascade
);
comment on table sso_connector_use is 'An organization that uses a connector: of its own, or shared by its owner.';
comment on column sso_connector_use.owner_id is 'The organization whose connector it is.';
comment on column sso_connector_use.provisions is 'Whether just-in-time provisioning takes people in by it.';
create index sso_connector_use_connector_index on sso_connector_use (connector_id);
create index sso_connector_use_owner_index on sso_connector_use (owner_id, connector_id);

insert into sso_connector_use (organization_id, connector_id, owner_id) select organization_id, id, organization_id from sso_connector;
create function tenantry_use_own_connector() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into sso_connector_use (organization_id, connector_id, owner_id) values (new.organization_id, new.id, new.organization_id);
  return null;
end $$;
create trigger sso_connector_used after insert on sso_connector for each row execute function tenantry_use_own_connector();

-- The owner sees who uses it, and who uses it sees the connector.
call tenantry_guard('sso_connector_use', 'owner_id = any ((select tenantry_visible_organizations())::uuid[])');
alter policy sso_connector_read on sso_connector using (
  organization_id = any ((select tenantry_visible_organizations())::uuid[]) or (select tenantry_sees_all())
  or id in (select u.connector_id from sso_connector_use u where u.organization_id = any ((select tenantry_visible_organizations())::uuid[])));

alter table jit_provisioning add column connector_joining text not null default 'JOIN' check (connector_joining in ('JOIN', 'REQUEST'));

-- The organizations that a connector leads somebody to, as far as nothing stands against it: as tenantry_jit_places, of a
-- domain. For a token that is bound, nowhere.
create function tenantry_jit_connector_places(connector uuid, address text, person uuid)
returns table (organization_id uuid, joining text, has_left boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id, j.connector_joining, coalesce((
    select bool_or(f.has_left) from former_member f
    where f.organization_id = o.id and (f.principal_id = person or f.email_key = address)), false)
  from sso_connector_use u
  join organization o on o.id = u.organization_id and o.deleted_at is null
  join jit_provisioning j on j.organization_id = o.id and j.is_enabled
  where u.connector_id = connector and u.provisions and tenantry_setting('organization') is null
    and not exists (select from membership m where m.organization_id = o.id and m.principal_id = person)
    and not exists (
      select from former_member f where f.organization_id = o.id and not f.has_left
        and (f.principal_id = person or f.email_key = address))
    and not exists (
      select from principal p join membership m on m.principal_id = p.id
      where p.email_key = address and p.is_email_verified and m.organization_id = o.id and m.suspended_at is not null)
$$;

-- Where somebody may come to who is known: by their address, or by a connector in use through which they signed in before.
-- The way that asks less goes first.
create function tenantry_jit_ways(address text, person uuid)
returns table (organization_id uuid, domain text, joining text, has_left boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct on (w.organization_id) w.organization_id, w.domain, w.joining, w.has_left
  from (
    select p.organization_id, p.domain, p.joining, p.has_left from tenantry_jit_places(address, person) p
    union all
    select p.organization_id, null, p.joining, p.has_left
    from (
      select distinct c.id from sso_identity i
      join sso_connector c on c.organization_id = i.organization_id and c.id = i.connector_id
      join organization o on o.id = c.organization_id
      where i.principal_id = person and c.is_enabled and c.tested_at is not null and o.deleted_at is null) through
    cross join lateral tenantry_jit_connector_places(through.id, address, person) p) w
  order by w.organization_id, w.joining, w.domain nulls last
$$;

-- The organizations that a sign-in through a connector may change something in: they are locked before anything is written.
create function tenantry_sso_concerns(owner uuid, connector uuid, said_issuer text, said_subject text, address text)
returns table (organization_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  with known as (
    select from sso_identity i
    where i.organization_id = owner and i.connector_id = connector and i.issuer = said_issuer and i.subject = said_subject)
  select p.organization_id from tenantry_jit_connector_places(connector, address, null) p where not exists (select from known)
  union
  select p.organization_id from tenantry_jit_places(address, null) p where not exists (select from known)
$$;

create or replace function tenantry_suggested_organizations(at timestamptz)
returns table (organization_id uuid, slug text, name text, logo_url text, joining text, is_full boolean, has_asked boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id, o.slug, o.name, o.logo_url, p.joining,
    coalesce(o.seat_limit <= (select count(*) from membership m where m.organization_id = o.id)
      + case when o.invitations_take_seats then (
          select count(*) from invitation i where i.organization_id = o.id and i.status = 'PENDING' and i.expires_at > at
            and i.email_key is distinct from tenantry_setting('viewer_email') and not exists (
              select from principal own join membership m on m.principal_id = own.id
              where own.email_key = i.email_key and own.is_email_verified and m.organization_id = o.id))
        else 0 end, false),
    exists (select from join_request r where r.organization_id = o.id and r.requester_id = tenantry_person() and r.status = 'PENDING')
  from tenantry_jit_ways(tenantry_setting('viewer_email'), tenantry_person()) p join organization o on o.id = p.organization_id
  where tenantry_setting('viewer_email') is not null and tenantry_person() is not null
  order by o.name, o.id limit 100
$$;

create or replace function tenantry_joinable_organization(wanted text, at timestamptz) returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id from organization_slug s join organization o on o.id = s.organization_id
  left join join_policy p on p.organization_id = o.id
  where s.slug = wanted and (s.leads_until is null or s.leads_until > at) and o.deleted_at is null and (
    exists (select from membership m where m.organization_id = o.id and m.principal_id = tenantry_person())
    or (tenantry_setting('viewer_email') is not null and (
      p.access = 'OPEN'
      or (p.access = 'EMAIL_DOMAINS' and tenantry_is_of_domains(tenantry_setting('viewer_email'), p.email_domains))
      or exists (select from tenantry_jit_ways(tenantry_setting('viewer_email'), tenantry_person()) j
        where j.organization_id = o.id and j.joining = 'REQUEST'))))
$$;
