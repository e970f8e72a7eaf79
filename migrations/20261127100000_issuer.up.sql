-- The built-in issuer: its signing keys, what it remembers of sign-ins and tokens, and sign-in by a mailed code. None of
-- this belongs to an organization. Nothing that is stored here signs anybody in: tokens and codes are kept as hashes,
-- and private keys encrypted with a secret that is not in the database.

create table signing_key (
  kid text primary key,
  algorithm text not null check (algorithm in ('ES256')),
  public_jwk jsonb not null,
  encrypted_private_jwk text not null,
  created_at timestamptz(3) not null,
  activates_at timestamptz(3) not null,
  retires_at timestamptz(3)
);
comment on column signing_key.encrypted_private_jwk is 'AES-256-GCM under a key derived from ISSUER_SECRET: nonce, tag and text, in base64url.';
comment on column signing_key.activates_at is 'From when on it signs; it is published before, so that verifiers know it by then.';
comment on column signing_key.retires_at is 'Until when it is published for what it signed; null while none was made after it.';

create table oidc_record (
  model text not null,
  id_hash text not null,
  payload jsonb not null,
  grant_id text,
  uid text,
  user_code text,
  expires_at timestamptz(3),
  consumed_at timestamptz(3),
  primary key (model, id_hash)
);
comment on table oidc_record is 'Sessions, grants, codes and refresh tokens of the built-in issuer.';
comment on column oidc_record.id_hash is 'SHA-256 of the token or id, in base64url: who reads this table cannot use what it names.';
create index oidc_record_grant_index on oidc_record (grant_id) where grant_id is not null;
create index oidc_record_uid_index on oidc_record (model, uid) where uid is not null;
create index oidc_record_user_code_index on oidc_record (model, user_code) where user_code is not null;
create index oidc_record_expires_index on oidc_record (expires_at);

create table sign_in_address (
  email_key text primary key,
  principal_id uuid not null references principal (id) on delete cascade,
  created_at timestamptz(3) not null,
  constraint sign_in_address_principal_key unique (principal_id)
);
comment on table sign_in_address is 'Who signs in at the built-in issuer with a code mailed to this address. No address of another issuer counts.';

create table sign_in_code (
  id uuid primary key,
  interaction_hash text not null,
  email text not null,
  email_key text not null,
  locale text not null,
  ip_hash text,
  code_hash text,
  attempts integer not null default 0,
  status text not null default 'QUEUED' check (status in ('QUEUED', 'SENT', 'FAILED', 'CANCELLED')),
  send_attempts integer not null default 0,
  due_at timestamptz(3) not null,
  requested_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  closed_at timestamptz(3),
  used_at timestamptz(3),
  constraint sign_in_code_closed_check check ((status = 'QUEUED') = (closed_at is null))
);
comment on column sign_in_code.code_hash is 'HMAC of the code under a key derived from ISSUER_SECRET; null until the code is made, as its mail is sent.';
comment on column sign_in_code.interaction_hash is 'SHA-256 of the interaction that asked: the code is good in that browser alone.';
create index sign_in_code_interaction_index on sign_in_code (interaction_hash, requested_at);
create index sign_in_code_email_key_index on sign_in_code (email_key, requested_at);
create index sign_in_code_ip_index on sign_in_code (ip_hash, requested_at);
create index sign_in_code_due_index on sign_in_code (due_at) where status = 'QUEUED';
create index sign_in_code_requested_index on sign_in_code (requested_at);

-- Keys are made and rotated by the owner alone.
grant select on signing_key to tenantry_app;
grant select, insert, update, delete on oidc_record, sign_in_code to tenantry_app;
grant select, insert on sign_in_address to tenantry_app;

-- How an organization presents itself to whoever signs in for it: what its name leads to is public then, and no more.
create function tenantry_sign_in_branding(id_or_slug text)
returns table (name text, logo_url text, primary_color text)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.name, o.logo_url, o.primary_color from organization o
  where o.deleted_at is null and (o.slug = lower(id_or_slug)
    or o.id = case when id_or_slug ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then id_or_slug::uuid end)
$$;
