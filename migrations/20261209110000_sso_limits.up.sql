-- Limits: of sign-ins that are started at providers, and of look-ups in the DNS.

create table sso_start (
  id uuid primary key,
  ip_hash text not null,
  address_hash text,
  started_at timestamptz(3) not null
);
comment on table sso_start is 'That somebody started a sign-in at a provider, for as long as a limit counts it.';
comment on column sso_start.ip_hash is 'HMAC of the address of the network, under a key derived from ISSUER_SECRET.';
comment on column sso_start.address_hash is 'HMAC of it and the address that was typed; null where none was.';
create index sso_start_ip_index on sso_start (ip_hash, started_at);
create index sso_start_address_index on sso_start (address_hash, started_at) where address_hash is not null;
create index sso_start_started_index on sso_start (started_at);
grant select, insert, delete on sso_start to tenantry_app;

create table email_domain_look (
  organization_id uuid not null references organization (id) on delete cascade,
  id uuid not null,
  domain text not null,
  looked_at timestamptz(3) not null,
  primary key (organization_id, id)
);
comment on table email_domain_look is 'That somebody had the record of a domain looked up, for as long as a limit counts it; also of a claim that was given up.';
create index email_domain_look_at_index on email_domain_look (organization_id, looked_at);
call tenantry_guard('email_domain_look');
