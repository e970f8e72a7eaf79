-- Just-in-time provisioning: who becomes a member by signing in with an address of a proved domain, and with which roles.

create table jit_provisioning (
  organization_id uuid primary key references organization (id) on delete cascade,
  is_enabled boolean not null default false,
  domain_joining text not null default 'JOIN' check (domain_joining in ('JOIN', 'REQUEST')),
  ceiling uuid[]
);
comment on table jit_provisioning is 'An organization without a row takes nobody in by itself.';
comment on column jit_provisioning.ceiling is 'The permissions that operators let it give at most; null: the default of the gateway.';

create table jit_provisioning_role (
  organization_id uuid not null references organization (id) on delete cascade,
  kind text not null default 'USER' check (kind = 'USER'),
  template_role_id uuid,
  custom_role_id uuid,
  role_id uuid not null generated always as (coalesce(template_role_id, custom_role_id)) stored,
  primary key (organization_id, role_id),
  constraint jit_provisioning_role_one_check check (num_nonnulls(template_role_id, custom_role_id) = 1),
  constraint jit_provisioning_role_template_fkey foreign key (template_role_id, kind) references template_role (id, kind) on delete cascade,
  constraint jit_provisioning_role_custom_fkey foreign key (organization_id, custom_role_id, kind) references custom_role (organization_id, id, kind) on delete cascade
);
comment on table jit_provisioning_role is 'The roles of who comes so; without any, the default role of the template.';
create index jit_provisioning_role_template_index on jit_provisioning_role (template_role_id);

alter table email_domain add column provisions boolean not null default false;
comment on column email_domain.provisions is 'Whether just-in-time provisioning takes people in by it, while it is proved.';

alter table membership add column email_domain text;
alter table membership add constraint membership_email_domain_check check (email_domain is null or origin = 'EMAIL_DOMAIN');
comment on column membership.email_domain is 'The proved domain that brought the member, as it was claimed: acme.com or *.acme.com.';

-- Who was a member and is not any more: what an admin decided is not undone by signing in.
create table former_member (
  organization_id uuid not null references organization (id) on delete cascade,
  principal_id uuid not null references principal (id) on delete cascade,
  email_key text,
  has_left boolean not null,
  departed_at timestamptz(3) not null,
  primary key (organization_id, principal_id)
);
comment on column former_member.email_key is 'The verified address at that time: the same person may sign in at another issuer, as another user.';
comment on column former_member.has_left is 'By themselves; otherwise somebody removed them.';
create index former_member_principal_index on former_member (principal_id);
create index former_member_email_key_index on former_member (organization_id, email_key);

-- The organization that just-in-time provisioning leads somebody to, by the proved domain that fits the address best, as
-- far as nothing stands against it: they are no member, nobody removed them, and no other user with this address is
-- suspended there or was removed. At most one, as one organization holds a proof. For a token that is bound, nowhere.
create function tenantry_jit_places(address text, person uuid)
returns table (organization_id uuid, domain text, joining text, has_left boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  with labels (parts) as (select string_to_array(split_part(address, '@', 2), '.')),
  fitting (name, rank) as (
    select array_to_string(parts, '.'), 0 from labels
    union all
    select '*.' || array_to_string(parts[n:], '.'), n from labels, generate_series(2, cardinality(parts)) n),
  best as (
    select d.* from fitting f join email_domain d on d.domain = f.name and d.status = 'VERIFIED'
    order by f.rank limit 1)
  select o.id, best.domain, j.domain_joining, coalesce((
    select bool_or(f.has_left) from former_member f
    where f.organization_id = o.id and (f.principal_id = person or f.email_key = address)), false)
  from best
  join organization o on o.id = best.organization_id and o.deleted_at is null
  join jit_provisioning j on j.organization_id = o.id and j.is_enabled
  where best.provisions and tenantry_setting('organization') is null
    and not exists (select from membership m where m.organization_id = o.id and m.principal_id = person)
    and not exists (
      select from former_member f where f.organization_id = o.id and not f.has_left
        and (f.principal_id = person or f.email_key = address))
    and not exists (
      select from principal p join membership m on m.principal_id = p.id
      where p.email_key = address and p.is_email_verified and m.organization_id = o.id and m.suspended_at is not null)
$$;

-- What the viewer is told of the organizations that they may come to so: what they look like, and whether a seat is free.
create function tenantry_suggested_organizations(at timestamptz)
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
  from tenantry_jit_places(tenantry_setting('viewer_email'), tenantry_person()) p join organization o on o.id = p.organization_id
  where tenantry_setting('viewer_email') is not null and tenantry_person() is not null
$$;

-- As before; where just-in-time provisioning says that people of a domain may ask, they may, whatever the policy says.
create or replace function tenantry_joinable_organization(wanted text, at timestamptz) returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id from organization_slug s join organization o on o.id = s.organization_id
  left join join_policy p on p.organization_id = o.id
  where s.slug = wanted and (s.leads_until is null or s.leads_until > at) and o.deleted_at is null and (
    exists (select from membership m where m.organization_id = o.id and m.principal_id = tenantry_person())
    or (tenantry_setting('viewer_email') is not null and (
      p.access = 'OPEN'
      or (p.access = 'EMAIL_DOMAINS' and tenantry_is_of_domains(tenantry_setting('viewer_email'), p.email_domains))
      or exists (select from tenantry_jit_places(tenantry_setting('viewer_email'), tenantry_person()) j
        where j.organization_id = o.id and j.joining = 'REQUEST'))))
$$;

-- A role that just-in-time provisioning gives is in use.
drop function tenantry_role_use(uuid, uuid, timestamptz);
create function tenantry_role_use(role uuid, place uuid, moment timestamptz)
returns table (members integer, invitations integer, links integer, "jitDefaults" integer)
language sql stable security definer set search_path = public, pg_temp as $$
  select
    (select count(*)::integer from membership_role h where h.role_id = role
      and (h.template_role_id = role or h.organization_id = place)),
    (select count(*)::integer from invitation_role ir join invitation i on i.organization_id = ir.organization_id and i.id = ir.invitation_id
      where ir.role_id = role and (ir.template_role_id = role or ir.organization_id = place)
        and i.status = 'PENDING' and i.expires_at > moment),
    (select count(*)::integer from invite_link_role lr join invite_link l on l.organization_id = lr.organization_id and l.id = lr.invite_link_id
      where lr.role_id = role and (lr.template_role_id = role or lr.organization_id = place)
        and l.revoked_at is null and l.expires_at > moment and (l.max_uses is null or l.uses < l.max_uses)),
    (select count(*)::integer from jit_provisioning_role jr
      where jr.role_id = role and (jr.template_role_id = role or jr.organization_id = place))
  where tenantry_counts_role(place)
$$;

call tenantry_guard('jit_provisioning');
call tenantry_guard('jit_provisioning_role');
call tenantry_guard('former_member');
