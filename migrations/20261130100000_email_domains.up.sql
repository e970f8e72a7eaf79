-- Email domains: what an organization claims, and what it has proved by a record in the DNS.

create table email_domain (
  organization_id uuid not null references organization (id) on delete cascade,
  id uuid not null,
  domain text not null,
  token text not null,
  status text not null default 'PENDING' check (status in ('PENDING', 'VERIFIED', 'LAPSED')),
  is_vouched_for boolean not null default false,
  created_at timestamptz(3) not null,
  verified_at timestamptz(3),
  last_checked_at timestamptz(3),
  next_check_at timestamptz(3),
  missed_checks integer not null default 0 check (missed_checks >= 0),
  primary key (organization_id, id),
  constraint email_domain_verified_check check ((status = 'PENDING') = (verified_at is null)),
  constraint email_domain_checked_check check (next_check_at is null or (status <> 'PENDING' and not is_vouched_for)),
  constraint email_domain_vouched_check check (not is_vouched_for or status = 'VERIFIED')
);
comment on column email_domain.domain is 'Lower case, in ASCII; exact, or *.domain for every domain below it.';
comment on column email_domain.token is 'What the record has to say. It is no secret; it is of this claim and of no other.';
comment on column email_domain.status is 'LAPSED: it was proved once, and the proof does not stand any more.';
comment on column email_domain.is_vouched_for is 'An operator said so: no record is asked for.';
comment on column email_domain.missed_checks is 'How many checks in a row found the DNS without the record.';
create index email_domain_id_index on email_domain (id);
create unique index email_domain_claim_key on email_domain (organization_id, domain);
-- One organization at a time holds the proof, whoever races.
create unique index email_domain_proof_key on email_domain (domain) where status = 'VERIFIED';
create index email_domain_next_check_index on email_domain (next_check_at) where next_check_at is not null;

-- Whether an organization other than this one holds the proof of a domain. Which one, nobody is told.
create function tenantry_is_domain_held(wanted text, besides uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select from email_domain d where d.domain = wanted and d.status = 'VERIFIED' and d.organization_id <> besides)
$$;

-- Takes the proofs that are due for a look, so many at most, and leaves them alone until the next time: what one process
-- has taken, no other takes.
create function tenantry_due_email_domains(at timestamptz, next timestamptz, most integer)
returns table (organization_id uuid, id uuid, domain text, token text)
language sql security definer set search_path = public, pg_temp as $$
  update email_domain d set next_check_at = next
  from (select e.organization_id, e.id from email_domain e join organization o on o.id = e.organization_id
    where e.next_check_at <= at and o.deleted_at is null
    order by e.next_check_at limit most for update of e skip locked) due
  where d.organization_id = due.organization_id and d.id = due.id
  returning d.organization_id, d.id, d.domain, d.token
$$;

call tenantry_guard('email_domain');
