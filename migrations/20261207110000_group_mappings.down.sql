drop function tenantry_role_use(uuid, uuid, timestamptz);
create function tenantry_role_use(role uuid, place uuid, moment timestamptz)
returns table (members integer, invitations integer, links integer, "jitDefaults" integer)
language sql stable security definer set search_path = public, pg_temp as $$
  select
    (select count(*)::integer from membership_role h where h.role_id = role
      and (h.template_role_id = role or h.organization_id = place)),
    (select count(*)::integer from invitation_role ir join invitation i on i.organization_id = ir.organization_id and i.id = ir.invitation_id
      where ir.role_id = role and (ir.template_role_id = role or ir.organization_id = place)
        and i.status = 'PENDING' and i.expires_at > moment),
    (select count(*)::integer from invite_link_role lr join invite_link l on l.organization_id = lr.organization_id and l.id = lr.invite_link_id
      where lr.role_id = role and (lr.template_role_id = role or lr.organization_id = place)
        and l.revoked_at is null and l.expires_at > moment and (l.max_uses is null or l.uses < l.max_uses)),
    (select count(*)::integer from jit_provisioning_role jr
      where jr.role_id = role and (jr.template_role_id = role or jr.organization_id = place))
  where tenantry_counts_role(place)
$$;
create or replace function tenantry_sso_concerns(owner uuid, connector uuid, said_issuer text, said_subject text, address text)
returns table (organization_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  with known as (
    select from sso_identity i
    where i.organization_id = owner and i.connector_id = connector and i.issuer = said_issuer and i.subject = said_subject)
  select p.organization_id from tenantry_jit_connector_places(connector, address, null) p where not exists (select from known)
  union
  select p.organization_id from tenantry_jit_places(address, null) p where not exists (select from known)
$$;
drop function tenantry_roles_by_groups(uuid[]);
drop table sso_group_mapping;
alter table sso_connector_use drop column reapplies;
