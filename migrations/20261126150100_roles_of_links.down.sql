drop function tenantry_role_use(uuid, uuid, timestamptz);
create function tenantry_role_use(role uuid, place uuid, moment timestamptz)
returns table (members integer, invitations integer) language sql stable security definer set search_path = public, pg_temp as $$
  select
    (select count(*)::integer from membership_role h where h.role_id = role
      and (h.template_role_id = role or h.organization_id = place)),
    (select count(*)::integer from invitation_role ir join invitation i on i.organization_id = ir.organization_id and i.id = ir.invitation_id
      where ir.role_id = role and (ir.template_role_id = role or ir.organization_id = place)
        and i.status = 'PENDING' and i.expires_at > moment)
  where tenantry_counts_role(place)
$$;
