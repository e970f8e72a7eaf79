-- Whoever runs the deployment by a grant is not locked out by a tenant either, as those are not whom the configuration names (SSO-5).
create or replace function tenantry_required_sso(who uuid, address text) returns jsonb
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
    and not exists (select from management_grant g where g.principal_id = who)
$$;
