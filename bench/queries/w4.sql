with shared as materialized (select organization_id from membership where principal_id = $1)
select json_build_object('data', json_build_object('viewer', json_build_object(
  'memberships', json_build_object('nodes', coalesce(json_agg(json_build_object('organization', json_build_object(
    'name', o.name,
    'members', json_build_object('nodes', (
      select coalesce(json_agg(json_build_object('principal', json_build_object(
        'displayName', p.display_name,
        'memberships', json_build_object('nodes', (
          select coalesce(json_agg(json_build_object('organization', json_build_object('name', other.name))
            order by theirs.joined_at desc, theirs.id desc), '[]')
          from (
            select * from membership
            where principal_id = p.id and organization_id = any ((select array_agg(organization_id) from shared)::uuid[])
            order by joined_at desc, id desc limit 5) theirs
          join organization other on other.id = theirs.organization_id))
      )) order by member.joined_at, member.id), '[]')
      from (select * from membership where organization_id = o.id order by joined_at, id limit 10) member
      join principal p on p.id = member.principal_id))
  )) order by m.joined_at desc, m.id desc), '[]')))))::text as body
from (select * from membership where principal_id = $1 order by joined_at desc, id desc limit 20) m
join organization o on o.id = m.organization_id
