select json_build_object('data', json_build_object('organization', json_build_object(
  'name', o.name,
  'members', json_build_object(
    'totalCount', (select count(*) from membership where organization_id = o.id),
    'nodes', (
      select coalesce(json_agg(json_build_object(
        'principal', case p.kind
          when 'USER' then json_build_object('displayName', p.display_name, 'email', p.email)
          else json_build_object('displayName', p.display_name) end,
        'roles', (
          select coalesce(json_agg(json_build_object('name', coalesce(t.name, c.name)) order by r.assigned_at, r.role_id), '[]')
          from membership_role r
          left join template_role t on t.id = r.template_role_id
          left join custom_role c on c.organization_id = r.organization_id and c.id = r.custom_role_id
          where r.organization_id = m.organization_id and r.membership_id = m.id)
      ) order by m.joined_at, m.id), '[]')
      from (select * from membership where organization_id = o.id order by joined_at, id limit 20) m
      join principal p on p.id = m.principal_id)))))::text as body
from organization o
where o.slug = $1 and o.deleted_at is null
