-- What counts for the limit of an address is what was tried, or is about to be: not what was taken back before it left.

alter table invitation_mail add column tried_at timestamptz(3);
comment on column invitation_mail.tried_at is 'When it was last handed to the mail server, or about to be; null as long as nothing left.';

-- The mails to an address that were tried since, or wait, in whichever organization: for the limits, which are for all together.
drop function tenantry_mail_in_the_way(text, timestamptz, integer);
create function tenantry_mails_to(address text, since timestamptz)
returns table (organization_id uuid, invitation_id uuid, id uuid, tried_at timestamptz, is_waiting boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select m.organization_id, m.invitation_id, m.id, m.tried_at, m.status = 'QUEUED'
  from invitation i
  join invitation_mail m on m.organization_id = i.organization_id and m.invitation_id = i.id
  where i.email_key = address and (m.tried_at > since or m.status = 'QUEUED')
$$;
