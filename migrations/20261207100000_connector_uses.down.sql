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
create or replace function tenantry_suggested_organizations(at timestamptz)
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
drop function tenantry_sso_concerns(uuid, uuid, text, text, text), tenantry_jit_ways(text, uuid),
  tenantry_jit_connector_places(uuid, text, uuid);
alter table jit_provisioning drop column connector_joining;
alter policy sso_connector_read on sso_connector using (
  organization_id = any ((select tenantry_visible_organizations())::uuid[]) or (select tenantry_sees_all()));
drop trigger sso_connector_used on sso_connector;
drop function tenantry_use_own_connector();
drop table sso_connector_use;
