-- Previews of what a change of a role does to those who hold it, and the holders of a role in the order of their ids.

drop index membership_role_template_index;
create index membership_role_template_index on membership_role (template_role_id, membership_id);
drop index membership_role_role_index;
create index membership_role_role_index on membership_role (organization_id, role_id, membership_id);

-- What one who has these other roles gains and loses when a role of theirs gives and takes these permissions: nothing
-- that another role of theirs has. Both the counts and the list of a preview ask it, so that they agree.
create function tenantry_role_effect(organization uuid, others uuid[], given uuid[], taken uuid[])
returns table (gained uuid[], lost uuid[]) language sql stable parallel safe as $$
  select array(select p from unnest(given) p where p <> all (held.ids)), array(select p from unnest(taken) p where p <> all (held.ids))
  from (select array(
    select tp.permission_id from template_role_permission tp where tp.role_id = any (others) and tp.permission_id = any (given || taken)
    union all
    select cp.permission_id from custom_role_permission cp
    where cp.organization_id = organization and cp.role_id = any (others) and cp.permission_id = any (given || taken)) as ids) held
$$;

-- Whether the caller may be told how many hold a role: of the template, who may change it; of an organization, who sees it.
create function tenantry_counts_role(place uuid) returns boolean language sql stable as $$
  select tenantry_sees_all() or case when place is null then tenantry_manages('template:write')
    else place = any (tenantry_visible_organizations()) end
$$;

-- How many hold a role, and how many pending invitations offer it. Past row-level security: who changes the template
-- without seeing the organizations is told numbers, and nothing else.
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

-- How many members in how many organizations gain or lose which permission, and, in the row without a permission, how
-- many any. Those who have no other role can be given and lose something else than the rest: the replacement of a role.
create function tenantry_role_preview(role uuid, place uuid, given uuid[], taken uuid[], given_alone uuid[], taken_alone uuid[])
returns table (permission_id uuid, is_gained boolean, members integer, organizations integer)
language sql stable security definer set search_path = public, pg_temp as $$
  with holder as (
    select h.organization_id, h.membership_id from membership_role h where place is null and h.template_role_id = role
    union all
    select h.organization_id, h.membership_id from membership_role h where h.organization_id = place and h.role_id = role
  ), crowd as materialized (
    select organization_id, others, count(*)::integer as members
    from (
      select h.organization_id, array(
        select o.role_id from membership_role o
        where o.organization_id = h.organization_id and o.membership_id = h.membership_id and o.role_id <> role
        order by o.role_id) as others
      from holder h where (select tenantry_counts_role(place))) held
    group by organization_id, others
  ), effect as materialized (
    select crowd.organization_id, crowd.members, e.gained, e.lost
    from crowd cross join lateral tenantry_role_effect(crowd.organization_id, crowd.others,
      case when crowd.others = '{}' then given_alone else given end,
      case when crowd.others = '{}' then taken_alone else taken end) e
    where cardinality(e.gained) + cardinality(e.lost) > 0
  )
  select null::uuid, null::boolean, coalesce(sum(effect.members), 0)::integer, count(distinct organization_id)::integer from effect
  union all
  select p, true, sum(effect.members)::integer, count(distinct organization_id)::integer from effect, unnest(gained) p group by p
  union all
  select p, false, sum(effect.members)::integer, count(distinct organization_id)::integer from effect, unnest(lost) p group by p
$$;
