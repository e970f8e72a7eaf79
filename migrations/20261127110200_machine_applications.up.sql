-- Machine applications: whose they are, their secrets and their public keys. What is of no organization stands under the
-- nil id, as in the audit log: applications of the deployment, with what they have.

create table organization_application (
  organization_id uuid not null references organization (id) on delete cascade,
  application_id uuid not null,
  primary key (organization_id, application_id),
  constraint organization_application_application_fkey foreign key (application_id) references principal (id) on delete cascade,
  constraint organization_application_one_key unique (application_id)
);
comment on table organization_application is 'The machine applications that one organization owns; the others are of the deployment.';

create table application_secret (
  organization_id uuid not null,
  id uuid not null,
  application_id uuid not null references principal (id) on delete cascade,
  label text not null,
  secret_hash text not null,
  created_by uuid references principal (id) on delete set null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  last_used_at timestamptz(3),
  revoked_at timestamptz(3),
  primary key (organization_id, id)
);
comment on column application_secret.secret_hash is 'SHA-256 of 256 random bits, in base64url.';
create index application_secret_id_index on application_secret (id);
create index application_secret_application_index on application_secret (application_id, created_at, id);
create index application_secret_created_by_index on application_secret (created_by);

create table application_key (
  organization_id uuid not null,
  application_id uuid not null references principal (id) on delete cascade,
  key_id text not null,
  jwk jsonb not null,
  created_at timestamptz(3) not null,
  primary key (organization_id, application_id, key_id)
);
comment on table application_key is 'Public keys, by which an application proves who it is (private_key_jwt, RFC 7523).';
create index application_key_application_index on application_key (application_id);

-- An application that an organization owns goes with it, and when the organization is purged.
create function tenantry_end_owned_application() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from principal where id = old.application_id and kind = 'MACHINE';
  return null;
end $$;
create trigger organization_application_ends after delete on organization_application
  for each row execute function tenantry_end_owned_application();

-- Where an application belongs: to the organization that owns it, or with the nil id to the deployment. Past row-level
-- security, so that nobody takes one for the deployment's only because they do not see whose it is.
create function tenantry_application_home(application uuid) returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce((select a.organization_id from organization_application a where a.application_id = application),
    '00000000-0000-0000-0000-000000000000')
$$;

-- Whether an application may be a member of an organization: of the deployment, or owned there.
create function tenantry_is_at_home(application uuid, place uuid) returns boolean language sql stable as $$
  select tenantry_application_home(application) in (place, '00000000-0000-0000-0000-000000000000')
$$;
create function tenantry_keep_at_home() returns trigger language plpgsql as $$
begin
  if not tenantry_is_at_home(new.principal_id, new.organization_id) then
    raise exception 'this application is owned by another organization' using errcode = 'check_violation', constraint = 'membership_home_check';
  end if;
  return new;
end $$;
create trigger membership_home before insert on membership
  for each row when (new.kind = 'MACHINE') execute function tenantry_keep_at_home();

-- What an application signs in with stands where the application is owned, and nowhere else: whoever acts for the
-- deployment, or for another organization, gives it none.
create function tenantry_keep_credential_at_home() returns trigger language plpgsql as $$
begin
  if new.organization_id <> tenantry_application_home(new.application_id) then
    raise exception 'this application is owned elsewhere' using errcode = 'check_violation', constraint = 'application_credential_home_check';
  end if;
  return new;
end $$;
create trigger application_secret_home before insert on application_secret
  for each row execute function tenantry_keep_credential_at_home();
create trigger application_key_home before insert on application_key
  for each row execute function tenantry_keep_credential_at_home();

-- Whether an application holds a permission in any organization: nothing more is said to who manages applications.
create function tenantry_application_is_empowered(application uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
  select exists (
    select from membership m
    join membership_role mr on mr.organization_id = m.organization_id and mr.membership_id = m.id
    where m.principal_id = application and (
      exists (select from template_role_permission tp where tp.role_id = mr.template_role_id)
      or exists (select from custom_role_permission cp where cp.organization_id = mr.organization_id and cp.role_id = mr.custom_role_id)))
$$;

-- For the token endpoint, where nobody is signed in yet: an application by its client id, unless its organization is
-- deleted, and the hashes of its secrets that are good at this moment.
create function tenantry_machine_client(wanted text) returns table (id uuid, name text, jwks jsonb)
language sql stable security definer set search_path = public, pg_temp as $$
  select p.id, p.display_name, coalesce((select jsonb_agg(k.jwk order by k.key_id) from application_key k where k.application_id = p.id), '[]')
  from principal p
  where p.client_id = wanted and p.kind = 'MACHINE' and not exists (
    select from organization_application a join organization o on o.id = a.organization_id
    where a.application_id = p.id and o.deleted_at is not null)
$$;
create function tenantry_machine_secrets(wanted text, at timestamptz)
returns table (organization_id uuid, id uuid, secret_hash text, last_used_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select s.organization_id, s.id, s.secret_hash, s.last_used_at
  from tenantry_machine_client(wanted) c join application_secret s on s.application_id = c.id
  where s.revoked_at is null and s.expires_at > at
$$;
create function tenantry_machine_secret_used(place uuid, secret uuid, at timestamptz) returns void
language sql volatile security definer set search_path = public, pg_temp as $$
  update application_secret set last_used_at = at where organization_id = place and id = secret
$$;

-- Who manages the applications of the deployment sees what those sign in with.
call tenantry_guard('organization_application');
call tenantry_guard('application_secret',
  'organization_id = ''00000000-0000-0000-0000-000000000000'' and (select tenantry_manages(''applications:write''))');
call tenantry_guard('application_key',
  'organization_id = ''00000000-0000-0000-0000-000000000000'' and (select tenantry_manages(''applications:write''))');
