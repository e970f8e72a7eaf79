-- Connectors: the identity providers by which organizations sign their people in.

create table sso_connector (
  organization_id uuid not null references organization (id) on delete cascade,
  id uuid not null,
  name text not null,
  protocol text not null check (protocol in ('OIDC', 'SAML')),
  settings jsonb not null,
  encrypted_secret text,
  trusts_email boolean not null default false,
  is_enabled boolean not null default false,
  is_required boolean not null default false,
  revision integer not null default 1,
  created_at timestamptz(3) not null,
  tested_at timestamptz(3),
  last_test jsonb,
  primary key (organization_id, id)
);
comment on column sso_connector.settings is 'What the protocol needs, without secrets, and how attributes are mapped.';
comment on column sso_connector.encrypted_secret is 'AES-256-GCM under a key derived from ISSUER_SECRET; it is never shown.';
comment on column sso_connector.trusts_email is 'Whether an address counts of which the provider does not say that it is verified.';
comment on column sso_connector.revision is 'Goes up with the settings: what was started under others does not count.';
comment on column sso_connector.tested_at is 'When a test sign-in last passed; null while none has with these settings.';
create unique index sso_connector_id_index on sso_connector (id);

create table sso_connector_domain (
  organization_id uuid not null,
  email_domain_id uuid not null,
  connector_id uuid not null,
  primary key (organization_id, email_domain_id),
  constraint sso_connector_domain_domain_foreign foreign key (organization_id, email_domain_id)
    references email_domain (organization_id, id) on delete cascade,
  constraint sso_connector_domain_connector_foreign foreign key (organization_id, connector_id)
    references sso_connector (organization_id, id) on delete cascade
);
comment on table sso_connector_domain is 'Which connector serves a domain: one at most.';
create index sso_connector_domain_connector_index on sso_connector_domain (organization_id, connector_id);

create table sso_identity (
  organization_id uuid not null,
  connector_id uuid not null,
  issuer text not null,
  subject text not null,
  principal_id uuid not null references principal (id) on delete cascade,
  created_at timestamptz(3) not null,
  primary key (organization_id, connector_id, issuer, subject),
  constraint sso_identity_connector_foreign foreign key (organization_id, connector_id)
    references sso_connector (organization_id, id) on delete cascade
);
comment on table sso_identity is 'Who it is that a provider calls so.';
create index sso_identity_principal_index on sso_identity (principal_id);

create table sso_sign_in (
  organization_id uuid not null,
  id uuid not null,
  connector_id uuid not null,
  revision integer not null,
  purpose text not null check (purpose in ('SIGN_IN', 'TEST')),
  state_hash text not null,
  interaction_hash text,
  encrypted_details text not null,
  encrypted_outcome text,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  answered_at timestamptz(3),
  used_at timestamptz(3),
  primary key (organization_id, id),
  constraint sso_sign_in_connector_foreign foreign key (organization_id, connector_id)
    references sso_connector (organization_id, id) on delete cascade,
  constraint sso_sign_in_interaction_check check ((purpose = 'SIGN_IN') = (interaction_hash is not null))
);
comment on table sso_sign_in is 'A sign-in that was sent to a provider; its answer is taken once, and used once.';
comment on column sso_sign_in.encrypted_details is 'What the answer is checked with, and the interaction that it leads back to.';
comment on column sso_sign_in.encrypted_outcome is 'Who the provider says it is, or why it did not work.';
create unique index sso_sign_in_state_index on sso_sign_in (state_hash);
create index sso_sign_in_interaction_index on sso_sign_in (interaction_hash) where interaction_hash is not null;
create index sso_sign_in_expires_index on sso_sign_in (expires_at);

-- The connector for addresses of a domain. The names are those that may cover it, the most specific first: the first that
-- is proved decides, whether or not its organization has a connector for it.
create function tenantry_sso_connector_for(names text[])
returns table (organization_id uuid, connector_id uuid, is_usable boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  with proved as (
    select d.organization_id, d.id from unnest(names) with ordinality as n (name, place)
    join email_domain d on d.domain = n.name and d.status = 'VERIFIED'
    order by n.place limit 1
  )
  select c.organization_id, c.id, c.is_enabled and c.tested_at is not null from proved p
  join sso_connector_domain s on s.organization_id = p.organization_id and s.email_domain_id = p.id
  join sso_connector c on c.organization_id = s.organization_id and c.id = s.connector_id
  join organization o on o.id = c.organization_id
  where o.deleted_at is null
$$;

-- Where the answer to this state belongs; whoever has the state learns no more than that.
create function tenantry_sso_sign_in_by_state(hash text) returns table (organization_id uuid, id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select s.organization_id, s.id from sso_sign_in s where s.state_hash = hash
$$;

-- The newest sign-in of an interaction that has come back and was not used.
create function tenantry_sso_sign_in_of_interaction(hash text) returns table (organization_id uuid, id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select s.organization_id, s.id from sso_sign_in s
  where s.interaction_hash = hash and s.encrypted_outcome is not null and s.used_at is null
  order by s.answered_at desc, s.id desc limit 1
$$;

create function tenantry_purge_sso_sign_ins(before timestamptz) returns void
language sql security definer set search_path = public, pg_temp as $$
  delete from sso_sign_in where expires_at < before
$$;

call tenantry_guard('sso_connector');
call tenantry_guard('sso_connector_domain');
call tenantry_guard('sso_identity');
call tenantry_guard('sso_sign_in');

alter table sign_in_policy drop constraint sign_in_policy_methods_check;
alter table sign_in_policy add constraint sign_in_policy_methods_check
  check (allowed_methods <@ array['EMAIL_CODE', 'PASSKEY', 'SSO', 'EXTERNAL']);
