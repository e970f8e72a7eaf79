with given as (
  insert into membership_role (organization_id, membership_id, kind, template_role_id, assigned_by, assigned_at)
  select $1::uuid, $2::uuid, 'USER', $3::uuid, $4::uuid, now() where $5::boolean
  on conflict do nothing
  returning template_role_id, assigned_at
), taken as (
  delete from membership_role
  where organization_id = $1::uuid and membership_id = $2::uuid and role_id = $3::uuid and not $5::boolean
), held as (
  select template_role_id, custom_role_id, role_id, assigned_at from membership_role
  where organization_id = $1::uuid and membership_id = $2::uuid and ($5::boolean or role_id <> $3::uuid)
  union all
  select template_role_id, null, template_role_id, assigned_at from given
)
select json_build_object('data', json_build_object('changeMemberRoles', json_build_object(
  '__typename', 'ChangeMemberRolesPayload',
  'membership', json_build_object('roles', coalesce(
    json_agg(json_build_object('name', coalesce(t.name, c.name)) order by held.assigned_at, held.role_id), '[]')))))::text as body
from held
left join template_role t on t.id = held.template_role_id
left join custom_role c on c.organization_id = $1::uuid and c.id = held.custom_role_id
