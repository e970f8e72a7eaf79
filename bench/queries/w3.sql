select json_build_object('data', json_build_object('viewer', json_build_object(
  'memberships', json_build_object(
    'nodes', coalesce(json_agg(json_build_object(
      'organization', json_build_object(
        'name', o.name,
        'slug', o.slug,
        'members', json_build_object('totalCount', (select count(*) from membership where organization_id = o.id))),
      'roles', (
        select coalesce(json_agg(json_build_object('name', coalesce(t.name, c.name)) order by r.assigned_at, r.role_id), '[]')
        from membership_role r
        left join template_role t on t.id = r.template_role_id
        left join custom_role c on c.organization_id = r.organization_id and c.id = r.custom_role_id
        where r.organization_id = m.organization_id and r.membership_id = m.id)
    ) order by m.joined_at desc, m.id desc), '[]')))))::text as body
from (select * from membership where principal_id = $1 order by joined_at desc, id desc limit 50) m
join organization o on o.id = m.organization_id
