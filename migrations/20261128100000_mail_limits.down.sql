drop function tenantry_mails_to(text, timestamptz);
create function tenantry_mail_in_the_way(address text, since timestamptz, allowed integer) returns timestamptz
language sql stable security definer set search_path = public, pg_temp as $$
  select m.queued_at
  from invitation i
  join invitation_mail m on m.organization_id = i.organization_id and m.invitation_id = i.id
  where i.email_key = address and m.queued_at > since
  order by m.queued_at desc offset allowed - 1 limit 1
$$;
alter table invitation_mail drop column tried_at;
