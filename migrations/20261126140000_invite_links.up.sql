-- Invite links: whoever has the token of one may join, within its terms.

create table invite_link (
  organization_id uuid not null references organization (id) on delete cascade,
  id uuid not null,
  label text not null,
  token_hash text not null,
  max_uses integer check (max_uses > 0),
  uses integer not null default 0,
  allowed_email_domains text[] not null default '{}',
  created_by uuid references principal (id) on delete set null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  revoked_at timestamptz(3),
  primary key (organization_id, id),
  constraint invite_link_uses_check check (uses >= 0 and (max_uses is null or uses <= max_uses))
);
comment on column invite_link.token_hash is 'SHA-256 of the token, in base64url. Not unique by a key: 256 random bits are, and a key would have to start with the organization.';
comment on column invite_link.allowed_email_domains is 'Lower case, in ASCII; exact, or *.domain for what is below it. Empty: every domain.';
create index invite_link_id_index on invite_link (id);
create index invite_link_token_hash_index on invite_link (token_hash);
create index invite_link_created_at_index on invite_link (organization_id, created_at, id);
create index invite_link_created_by_index on invite_link (created_by);

create table invite_link_role (
  organization_id uuid not null,
  invite_link_id uuid not null,
  kind text not null default 'USER' check (kind = 'USER'),
  template_role_id uuid,
  custom_role_id uuid,
  role_id uuid not null generated always as (coalesce(template_role_id, custom_role_id)) stored,
  primary key (organization_id, invite_link_id, role_id),
  constraint invite_link_role_one_check check (num_nonnulls(template_role_id, custom_role_id) = 1),
  constraint invite_link_role_link_fkey foreign key (organization_id, invite_link_id) references invite_link (organization_id, id) on delete cascade,
  constraint invite_link_role_template_fkey foreign key (template_role_id, kind) references template_role (id, kind) on delete cascade,
  constraint invite_link_role_custom_fkey foreign key (organization_id, custom_role_id, kind) references custom_role (organization_id, id, kind) on delete cascade
);
create index invite_link_role_role_index on invite_link_role (organization_id, role_id);
create index invite_link_role_template_index on invite_link_role (template_role_id);

-- Whether an address is of one of the domains: exactly, or below one that is given as *.domain (JIT-1).
create function tenantry_is_of_domains(email_key text, domains text[]) returns boolean language sql immutable parallel safe as $$
  select exists (
    select from unnest(domains) as given (name)
    where split_part(email_key, '@', 2) = given.name
      or (starts_with(given.name, '*.') and split_part(email_key, '@', 2) like '%' || substr(given.name, 2)))
$$;

-- What the holder of a token may see of its link before they are a member of anything: found by the hash alone, and
-- nothing of a deleted organization.
create function tenantry_invite_links(hashes text[])
returns table (organization_id uuid, id uuid, token_hash text, organization_name text, organization_logo_url text,
  role_names text[], max_uses integer, uses integer, expires_at timestamptz, revoked_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select l.organization_id, l.id, l.token_hash, o.name, o.logo_url,
    array(select coalesce(t.name, c.name) from invite_link_role lr
      left join template_role t on t.id = lr.template_role_id
      left join custom_role c on c.organization_id = lr.organization_id and c.id = lr.custom_role_id
      where lr.organization_id = l.organization_id and lr.invite_link_id = l.id order by 1),
    l.max_uses, l.uses, l.expires_at, l.revoked_at
  from invite_link l join organization o on o.id = l.organization_id
  where l.token_hash = any (hashes) and o.deleted_at is null
$$;

call tenantry_guard('invite_link');
call tenantry_guard('invite_link_role');
