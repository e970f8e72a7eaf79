-- Addresses of a domain whose connector is required sign in through it, and by no other way (SSO-5); and the owners who may
-- come in by another way with a second factor, for when the provider fails.

create table break_glass (
  organization_id uuid not null,
  membership_id uuid not null,
  allowed_by uuid references principal (id) on delete set null,
  allowed_at timestamptz(3) not null,
  primary key (organization_id, membership_id),
  constraint break_glass_membership_foreign foreign key (organization_id, membership_id)
    references membership (organization_id, id) on delete cascade
);
comment on table break_glass is 'Who may sign in without the required connector; it counts while they are an active owner with a second factor.';
create index break_glass_allowed_by_index on break_glass (allowed_by);
call tenantry_guard('break_glass');

-- The names that a domain is covered by, the most specific first: a.b.c, then *.b.c and *.c.
create function tenantry_covering_domains(email_key text) returns text[]
language sql immutable set search_path = public, pg_temp as $$
  select array[d.domain] || array(
    select '*.' || array_to_string(d.labels[i:], '.') from generate_series(2, cardinality(d.labels)) i order by i)
  from (select n.domain, string_to_array(n.domain, '.') as labels
        from (select substring(email_key from '[^@]*$') as domain) n) d
$$;

-- The connector that an address has to sign in through, as JSON; null where there is none. Without an address, the verified
-- one of the user. One answer for every flow: the issuer, organization tokens, and the gateway.
create function tenantry_required_sso(who uuid, address text) returns jsonb
language sql stable security definer set search_path = public, pg_temp as $$
  select jsonb_build_object('organizationId', c.organization_id, 'connectorId', c.id, 'connectorName', c.name, 'isBreakGlass',
    exists (
      select from membership m
      join break_glass g on g.organization_id = m.organization_id and g.membership_id = m.id
      join membership_role mr on mr.organization_id = m.organization_id and mr.membership_id = m.id
      join template_role r on r.id = mr.template_role_id and r.is_owner
      where m.organization_id = c.organization_id and m.principal_id = who and m.suspended_at is null
        and (exists (select from second_factor f where f.principal_id = who)
          or exists (select from passkey k where k.principal_id = who))))
  from (select coalesce(address, (select p.email_key from principal p where p.id = who and p.is_email_verified)) as key) a
  cross join lateral tenantry_sso_connector_for(tenantry_covering_domains(a.key)) f
  join sso_connector c on c.organization_id = f.organization_id and c.id = f.connector_id
  where a.key is not null and f.is_usable and c.is_required
$$;
