drop function tenantry_role_use(uuid, uuid, timestamptz);
create function tenantry_role_use(role uuid, place uuid, moment timestamptz)
returns table (members integer, invitations integer, links integer)
language sql stable security definer set search_path = public, pg_temp as $$
  select
    (select count(*)::integer from membership_role h where h.role_id = role
      and (h.template_role_id = role or h.organization_id = place)),
    (select count(*)::integer from invitation_role ir join invitation i on i.organization_id = ir.organization_id and i.id = ir.invitation_id
      where ir.role_id = role and (ir.template_role_id = role or ir.organization_id = place)
        and i.status = 'PENDING' and i.expires_at > moment),
    (select count(*)::integer from invite_link_role lr join invite_link l on l.organization_id = lr.organization_id and l.id = lr.invite_link_id
      where lr.role_id = role and (lr.template_role_id = role or lr.organization_id = place)
        and l.revoked_at is null and l.expires_at > moment and (l.max_uses is null or l.uses < l.max_uses))
  where tenantry_counts_role(place)
$$;
create or replace function tenantry_joinable_organization(wanted text, at timestamptz) returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id from organization_slug s join organization o on o.id = s.organization_id
  left join join_policy p on p.organization_id = o.id
  where s.slug = wanted and (s.leads_until is null or s.leads_until > at) and o.deleted_at is null and (
    exists (select from membership m where m.organization_id = o.id and m.principal_id = tenantry_person())
    or (tenantry_setting('viewer_email') is not null and (
      p.access = 'OPEN'
      or (p.access = 'EMAIL_DOMAINS' and tenantry_is_of_domains(tenantry_setting('viewer_email'), p.email_domains)))))
$$;
drop function tenantry_suggested_organizations(timestamptz), tenantry_jit_places(text, uuid);
drop table former_member, jit_provisioning_role, jit_provisioning;
alter table membership drop column email_domain;
alter table email_domain drop column provisions;
