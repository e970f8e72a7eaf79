-- As before, by a former slug as well, for as long as it leads to the organization (ORG-1).
drop function tenantry_joinable_organization(text);
create function tenantry_joinable_organization(wanted text, at timestamptz) returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id from organization_slug s join organization o on o.id = s.organization_id
  left join join_policy p on p.organization_id = o.id
  where s.slug = wanted and (s.leads_until is null or s.leads_until > at) and o.deleted_at is null and (
    exists (select from membership m where m.organization_id = o.id and m.principal_id = tenantry_person())
    or (tenantry_setting('viewer_email') is not null and (
      p.access = 'OPEN'
      or (p.access = 'EMAIL_DOMAINS' and tenantry_is_of_domains(tenantry_setting('viewer_email'), p.email_domains)))))
$$;
