import { expect, test } from 'vitest'
import { missingId } from '../kit/holders.ts'
import { uuidOf } from '../kit/journal.ts'
import { sql } from '../kit/rows.ts'
import { world } from '../kit/world.ts'

const limit = (type: string) => `... on ${type} { limit }`

test('an organization has so many custom roles as are configured, and no more (TPL-9)', async () => {
  const { owner, acme, person, organization } = await world({ env: { CUSTOM_ROLE_LIMIT: '2' } })
  const [first] = [await acme.customRole([]), await acme.customRole([])]
  const input = { organizationId: acme.id, name: 'One more', permissionIds: [] }
  const refused = await owner.mutate('createCustomRole', input, limit('RoleLimitReachedError'))
  expect(refused).toMatchObject({ __typename: 'RoleLimitReachedError', limit: 2 })
  await (await organization(await person())).customRole([])
  await owner.mutate('deleteRole', { roleId: first })
  expect((await owner.mutate('createCustomRole', input)).__typename).toBe('CreateCustomRolePayload')
})

test('two who create the last custom role at once do not both (TPL-9)', async () => {
  const { owner, acme } = await world({ env: { CUSTOM_ROLE_LIMIT: '1' } })
  const create = (name: string) =>
    owner.mutate('createCustomRole', { organizationId: acme.id, name, permissionIds: [] })
  const outcomes = await Promise.all(['A', 'B', 'C', 'D'].map(create))
  expect(outcomes.filter(one => one.__typename === 'CreateCustomRolePayload')).toHaveLength(1)
})

test.each([
  ['createTemplateRole', { name: 'One more', permissionIds: [] }, 100],
  ['createPermission', { key: 'one:more', description: 'One more.' }, 500],
  ['createApiResource', { audience: 'https://one.more.test', name: 'One more' }, 100],
])('%s: the template is full at some point (TPL-4)', async (name, input, most) => {
  const w = await world({ isolated: true })
  const filled = `insert into template_role (id, name, kind, created_at)
      select gen_random_uuid(), 'r' || n, 'USER', now() from generate_series(1, 100) n;
    insert into permission (id, key, description)
      select gen_random_uuid(), 'p:' || n, '' from generate_series(1, 500) n;
    insert into api_resource (id, audience, name, created_at)
      select gen_random_uuid(), 'https://' || n || '.test', '', now() from generate_series(1, 100) n`
  await sql(w, filled)
  const refused = await w.operator.mutate(name, input, limit('TemplateLimitReachedError'))
  expect(refused).toMatchObject({ __typename: 'TemplateLimitReachedError', limit: most })
})

test('a role permits more than a page of permissions, up to all there can be (MGT-4)', async () => {
  const w = await world({ isolated: true })
  const { operator } = w
  const made = await sql<{ id: string }>(
    w,
    "insert into permission (id, key, description) select gen_random_uuid(), 'p:' || n, '' from generate_series(1, 120) n returning id",
  )
  const permissionIds = made.map(({ id }) => Buffer.from(`Permission:${id}`).toString('base64url'))
  const selection = '... on CreateTemplateRolePayload { role { permissions { key } } }'
  const { role } = await operator.mutate('createTemplateRole', { name: 'All', permissionIds }, selection)
  expect(role.permissions).toHaveLength(120)
  const many = Array.from({ length: 501 }, () => missingId('Permission'))
  expect(await operator.refusal('createTemplateRole', { name: 'Too many', permissionIds: many })).toBe('BAD_USER_INPUT')
})

test('lists without pages end an answer that grows too large', async () => {
  const w = await world({ isolated: true })
  const roles = `insert into custom_role (organization_id, id, name, kind, created_at)
      select '${uuidOf(w.acme.id)}', gen_random_uuid(), 'r' || n, 'USER', now() from generate_series(1, 100) n;
    insert into permission (id, key, description)
      select gen_random_uuid(), 'p:' || n, '' from generate_series(1, 450) n;
    insert into custom_role_permission (organization_id, role_id, permission_id)
      select r.organization_id, r.id, p.id from custom_role r cross join permission p`
  await sql(w, roles)
  const whole = '{ roles { permissions { id } } }'
  const once = await w.owner.send(`{ organization(by: { slug: "${w.acme.slug}" }) ${whole} }`)
  expect(once.errors).toEqual([])
  const twice = await w.owner.send(`{ organization(by: { slug: "${w.acme.slug}" }) ${whole}
    again: organization(by: { slug: "${w.acme.slug}" }) ${whole} }`)
  expect(twice.errors.map(error => error.extensions.code)).toContain('QUERY_TOO_COMPLEX')
  expect(twice.errors[0]?.message).toBe(
    'The lists of this answer have more than 50000 items together. Ask for less at once.',
  )
})
