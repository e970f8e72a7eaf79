-- Invitation mail: a queue that is filled with the invitation and sent after the commit, the hashes of the links it
-- carries, and the templates an operator put in place of ours.

alter table invitation
  add column locale text,
  add column redirect_url text,
  add column mail_generation integer not null default 0,
  add column last_sent_at timestamptz(3),
  add column last_mail_failure text,
  add constraint invitation_mail_failure_check check (last_mail_failure in ('UNREACHABLE', 'REFUSED', 'ADDRESS_REFUSED', 'GAVE_UP'));
comment on column invitation.mail_generation is 'Which sending is the current one: only links of this generation open the invitation.';

create table invitation_mail (
  organization_id uuid not null,
  id uuid not null,
  invitation_id uuid not null,
  generation integer not null,
  status text not null default 'QUEUED' check (status in ('QUEUED', 'SENT', 'FAILED', 'CANCELLED')),
  attempts integer not null default 0,
  due_at timestamptz(3) not null,
  queued_at timestamptz(3) not null,
  closed_at timestamptz(3),
  primary key (organization_id, id),
  constraint invitation_mail_generation_key unique (organization_id, invitation_id, generation),
  constraint invitation_mail_invitation_fkey foreign key (organization_id, invitation_id)
    references invitation (organization_id, id) on delete cascade,
  constraint invitation_mail_closed_check check ((status = 'QUEUED') = (closed_at is null))
);
comment on column invitation_mail.due_at is 'When it is tried next. Whoever takes it moves this ahead: should they die, it is due again then.';
create index invitation_mail_due_index on invitation_mail (due_at) where status = 'QUEUED';
create index invitation_mail_closed_index on invitation_mail (closed_at) where status <> 'QUEUED';

create table invitation_token (
  organization_id uuid not null,
  token_hash text not null,
  invitation_id uuid not null,
  generation integer not null,
  created_at timestamptz(3) not null,
  primary key (organization_id, token_hash),
  constraint invitation_token_invitation_fkey foreign key (organization_id, invitation_id)
    references invitation (organization_id, id) on delete cascade
);
comment on table invitation_token is 'The hashes of the links that were mailed. The links themselves are kept nowhere.';
create unique index invitation_token_hash_key on invitation_token (token_hash);
create index invitation_token_invitation_index on invitation_token (organization_id, invitation_id);

create table mail_template (
  kind text not null check (kind in ('INVITATION')),
  locale text not null,
  subject text not null,
  text text not null,
  html text not null,
  updated_at timestamptz(3) not null,
  primary key (kind, locale)
);
comment on column mail_template.locale is 'A language tag, or nothing for the default.';

-- Row-level security, as of the other tables of organizations.
call tenantry_guard('invitation_mail');
call tenantry_guard('invitation_token');
grant select, insert, update, delete on mail_template to tenantry_app;

-- Who holds a link sees its invitation past row-level security: that, and nothing beside it.
create function tenantry_invitation_by_token(hash text) returns setof invitation
language sql stable security definer set search_path = public, pg_temp as $$
  select i.*
  from invitation_token t
  join invitation i on i.organization_id = t.organization_id and i.id = t.invitation_id and i.mail_generation = t.generation
  join organization o on o.id = i.organization_id
  where t.token_hash = hash and o.deleted_at is null
$$;

create function tenantry_invitation_preview(hash text)
returns table (organization_name text, logo_url text, inviter_name text, role_names text[], email text, status text, expires_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select o.name, o.logo_url, p.display_name,
    array(
      select r.name from invitation_role ir join organization_role r on r.id = ir.role_id
      where ir.organization_id = i.organization_id and ir.invitation_id = i.id order by lower(r.name) collate "C"
    ),
    i.email, i.status, i.expires_at
  from tenantry_invitation_by_token(hash) i
  join organization o on o.id = i.organization_id
  left join principal p on p.id = i.inviter_id
$$;

-- When the mail was queued that has to leave the window before another may go to the address, in whichever organization.
create function tenantry_mail_in_the_way(address text, since timestamptz, allowed integer) returns timestamptz
language sql stable security definer set search_path = public, pg_temp as $$
  select m.queued_at
  from invitation i
  join invitation_mail m on m.organization_id = i.organization_id and m.invitation_id = i.id
  where i.email_key = address and m.queued_at > since
  order by m.queued_at desc offset allowed - 1 limit 1
$$;
