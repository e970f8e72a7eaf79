-- Connectors of SAML: what is kept of their metadata, and which assertions were used.

alter table sso_connector
  add column metadata_read_at timestamptz(3),
  add column metadata_problem text,
  add column expiry_noted_for timestamptz(3),
  add column next_check_at timestamptz(3);
comment on column sso_connector.metadata_read_at is 'When the metadata of the provider was last read and could be used; null for OpenID Connect.';
comment on column sso_connector.metadata_problem is 'Why it could not be used the last time; what was there stays.';
comment on column sso_connector.expiry_noted_for is 'For which end of the certificates the audit log has a warning.';
comment on column sso_connector.next_check_at is 'When the metadata and the end of the certificates are looked at next; null for OpenID Connect.';
create index sso_connector_check_index on sso_connector (next_check_at) where next_check_at is not null;

create table sso_assertion_use (
  organization_id uuid not null,
  connector_id uuid not null,
  assertion_hash text not null,
  until timestamptz(3) not null,
  primary key (organization_id, connector_id, assertion_hash),
  constraint sso_assertion_use_connector_foreign foreign key (organization_id, connector_id)
    references sso_connector (organization_id, id) on delete cascade
);
comment on table sso_assertion_use is 'Which assertions were used, for as long as they would be taken.';
create index sso_assertion_use_until_index on sso_assertion_use (until);

-- Whose connector this is: for its metadata, which the provider reads without being anybody.
create function tenantry_sso_connector_place(connector uuid) returns table (organization_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.organization_id from sso_connector c join organization o on o.id = c.organization_id
  where c.id = connector and o.deleted_at is null
$$;

create function tenantry_due_sso_connectors(at timestamptz, next timestamptz, most integer)
returns table (organization_id uuid, id uuid)
language sql security definer set search_path = public, pg_temp as $$
  update sso_connector c set next_check_at = next
  from (select s.organization_id, s.id from sso_connector s join organization o on o.id = s.organization_id
    where s.next_check_at <= at and o.deleted_at is null
    order by s.next_check_at limit most for update of s skip locked) due
  where c.organization_id = due.organization_id and c.id = due.id
  returning c.organization_id, c.id
$$;

create function tenantry_purge_sso_assertion_uses(before timestamptz) returns void
language sql security definer set search_path = public, pg_temp as $$
  delete from sso_assertion_use where until < before
$$;

call tenantry_guard('sso_assertion_use');
