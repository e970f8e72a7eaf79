-- Setup links: whoever has the token of one connects one provider for one organization, in the name of its maker.

create table sso_setup_link (
  organization_id uuid not null references organization (id) on delete cascade,
  id uuid not null,
  label text not null,
  token_hash text not null,
  connector_id uuid not null,
  scopes text[] not null,
  created_by uuid references principal (id) on delete set null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  last_used_at timestamptz(3),
  finished_at timestamptz(3),
  revoked_at timestamptz(3),
  primary key (organization_id, id)
);
comment on column sso_setup_link.token_hash is 'SHA-256 of the token, in base64url. Not unique by a key: 256 random bits are, and a key would have to start with the organization.';
comment on column sso_setup_link.connector_id is 'The one connector that it is for. It may be there already; else the one that is made through the link gets this id, so that its addresses are known before.';
comment on column sso_setup_link.scopes is 'What it may do at most, as in an organization token: what its task needs, and its maker held.';
comment on column sso_setup_link.finished_at is 'When the connector was switched on through it.';
create index sso_setup_link_id_index on sso_setup_link (id);
create index sso_setup_link_token_hash_index on sso_setup_link (token_hash);
create index sso_setup_link_created_at_index on sso_setup_link (organization_id, created_at, id);
create index sso_setup_link_created_by_index on sso_setup_link (created_by);

call tenantry_guard('sso_setup_link');

-- A link for whoever has its token, and who acts through it; nothing of a deleted organization, or of a maker who is gone.
create function tenantry_sso_setup_link(hash text)
returns table (organization_id uuid, id uuid, label text, connector_id uuid, scopes text[], expires_at timestamptz,
  finished_at timestamptz, revoked_at timestamptz, maker_id uuid, maker_kind text, maker_name text)
language sql stable security definer set search_path = public, pg_temp as $$
  select l.organization_id, l.id, l.label, l.connector_id, l.scopes, l.expires_at, l.finished_at, l.revoked_at,
    p.id, p.kind, p.display_name
  from sso_setup_link l
  join organization o on o.id = l.organization_id and o.deleted_at is null
  join principal p on p.id = l.created_by
  where l.token_hash = hash
$$;
