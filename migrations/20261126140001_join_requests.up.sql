-- Requests to join: who asks, and whom an organization lets ask.

create table join_policy (
  organization_id uuid primary key references organization (id) on delete cascade,
  access text not null check (access in ('CLOSED', 'OPEN', 'EMAIL_DOMAINS')),
  email_domains text[] not null default '{}',
  constraint join_policy_domains_check check ((access = 'EMAIL_DOMAINS') = (email_domains <> '{}'))
);
comment on table join_policy is 'Who may ask to join. An organization without a row is CLOSED.';

create table join_request (
  organization_id uuid not null references organization (id) on delete cascade,
  id uuid not null,
  requester_id uuid not null references principal (id) on delete cascade,
  message text,
  status text not null default 'PENDING' check (status in ('PENDING', 'APPROVED', 'REFUSED', 'WITHDRAWN', 'SUPERSEDED')),
  refusal_reason text,
  decided_by uuid references principal (id) on delete set null,
  created_at timestamptz(3) not null,
  closed_at timestamptz(3),
  primary key (organization_id, id),
  constraint join_request_closed_check check ((status = 'PENDING') = (closed_at is null)),
  constraint join_request_reason_check check (status = 'REFUSED' or refusal_reason is null)
);
comment on column join_request.status is 'SUPERSEDED: the requester became a member by another way.';
create index join_request_id_index on join_request (id);
create unique index join_request_pending_key on join_request (organization_id, requester_id) where status = 'PENDING';
create index join_request_requester_index on join_request (requester_id, created_at, id);
create index join_request_created_at_index on join_request (organization_id, created_at, id);
create index join_request_decided_by_index on join_request (decided_by);

-- The organization of this slug, for a viewer who is a member of it or whom it lets ask; nothing tells the rest apart.
create function tenantry_joinable_organization(wanted text) returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id from organization o left join join_policy p on p.organization_id = o.id
  where o.slug = wanted and o.deleted_at is null and (
    exists (select from membership m where m.organization_id = o.id and m.principal_id = tenantry_setting('viewer')::uuid)
    or (tenantry_setting('viewer_email') is not null and (
      p.access = 'OPEN'
      or (p.access = 'EMAIL_DOMAINS' and tenantry_is_of_domains(tenantry_setting('viewer_email'), p.email_domains)))))
$$;

-- The organizations that the viewer asked to join, by name and no more; without those that are deleted.
create function tenantry_requested_organizations() returns table (id uuid, name text)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id, o.name from organization o
  where o.deleted_at is null
    and o.id in (select r.organization_id from join_request r where r.requester_id = tenantry_setting('viewer')::uuid)
$$;

call tenantry_guard('join_policy');
call tenantry_guard('join_request', 'requester_id = (select tenantry_setting(''viewer'')::uuid)');
