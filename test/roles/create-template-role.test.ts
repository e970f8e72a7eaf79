import { describe, expect, test } from 'vitest'
import { missingId, operatorWith } from '../kit/holders.ts'
import { world } from '../kit/world.ts'
import { createApiResource, createPermission, createRole, invalid, keysOf, pathsOf, roleNames } from './template.ts'

const payload =
  '... on CreateTemplateRolePayload { role { name description kind isOwner isDefault organization { id } permissions { key } } }'

test('an operator creates a role of the template (TPL-3)', async () => {
  const { operator, permissionId } = await world({ isolated: true })
  const input = { name: '  Auditor ', description: ' Looks. ', permissionIds: [await permissionId('audit:read')] }
  expect(await operator.mutate('createTemplateRole', input, payload)).toMatchInlineSnapshot(`
    {
      "__typename": "CreateTemplateRolePayload",
      "role": {
        "description": "Looks.",
        "isDefault": false,
        "isOwner": false,
        "kind": "USER",
        "name": "Auditor",
        "organization": null,
        "permissions": [
          {
            "key": "audit:read",
          },
        ],
      },
    }
  `)
})

test('every organization has a new role of the template at once (TPL-1)', async () => {
  const { operator, owner, acme, person, organization } = await world({ isolated: true })
  const stranger = await person()
  const other = await organization(stranger)
  await createRole(operator, 'Auditor')
  expect(await roleNames(owner, acme.id)).toContain('Auditor')
  expect(await roleNames(stranger, other.id)).toContain('Auditor')
  const { membershipId } = await acme.member({ roles: ['Auditor'] })
  expect(membershipId).toBeTypeOf('string')
})

test('a role can be for machines (TPL-3)', async () => {
  const { operator } = await world({ isolated: true })
  const input = { name: 'Robot', kind: 'MACHINE', permissionIds: [] }
  const { role } = await operator.mutate('createTemplateRole', input, payload)
  expect(role).toMatchObject({ name: 'Robot', kind: 'MACHINE', permissions: [] })
})

test('a role holds gateway, product and API permissions together, each once (TPL-4)', async () => {
  const { operator, permissionId } = await world({ isolated: true })
  const resource = await createApiResource(operator, 'https://billing.test')
  const ids = [
    await permissionId('member:read'),
    await createPermission(operator, 'invoice:read'),
    await createPermission(operator, 'invoice:read', resource),
  ]
  const role = await createRole(operator, 'Accountant', { permissionIds: [...ids, ...ids] })
  expect(await keysOf(operator, role)).toEqual(['invoice:read', 'invoice:read', 'member:read'])
})

test('an unknown permission creates nothing, and is named (TPL-4)', async () => {
  const { operator, owner, acme, permissionId } = await world({ isolated: true })
  const permissionIds = [await permissionId('audit:read'), missingId('Permission'), missingId('Permission')]
  const result = await operator.mutate('createTemplateRole', { name: 'Auditor', permissionIds }, invalid)
  expect(result.__typename).toBe('InvalidInputError')
  expect(pathsOf(result)).toEqual(['input.permissionIds.1', 'input.permissionIds.2'])
  expect(await roleNames(owner, acme.id)).toEqual(['Owner', 'Admin', 'Member', 'Service'])
})

test.each(['admin', 'ADMIN', '  Admin  '])(
  'the name %j is taken by Admin, without regard to case (TPL-3)',
  async name => {
    const { operator } = await world({ isolated: true })
    const result = await operator.mutate('createTemplateRole', { name, permissionIds: [] }, invalid)
    expect(result.__typename).toBe('InvalidInputError')
    expect(pathsOf(result)).toEqual(['input.name'])
  },
)

test('names are compared without regard to case beyond ASCII (TPL-3)', async () => {
  const { operator } = await world({ isolated: true })
  await createRole(operator, 'Prüfer')
  const result = await operator.mutate('createTemplateRole', { name: 'PRÜFER', permissionIds: [] }, invalid)
  expect(pathsOf(result)).toEqual(['input.name'])
})

describe('bad input', () => {
  test.each([
    ['an empty name', { name: '' }, 'input.name'],
    ['a blank name', { name: ' \t ' }, 'input.name'],
    ['a name of 129 characters', { name: 'x'.repeat(129) }, 'input.name'],
    ['a name with a line break', { name: 'a\nb' }, 'input.name'],
    ['a name with U+0000', { name: 'a\u0000b' }, 'input.name'],
    ['a name that turns the writing around', { name: 'Adm\u202ein' }, 'input.name'],
    ['a description of 257 characters', { description: 'x'.repeat(257) }, 'input.description'],
    ['a description with U+0000', { description: 'a\u0000' }, 'input.description'],
  ])('%s is refused (TPL-3)', async (_, given, path) => {
    const { operator } = await world()
    const input = { name: 'Auditor', permissionIds: [], ...given }
    const result = await operator.mutate('createTemplateRole', input, invalid)
    expect(result.__typename).toBe('InvalidInputError')
    expect(pathsOf(result)).toEqual([path])
  })

  test('128 and 256 characters are not too long; an empty description is none (TPL-3)', async () => {
    const { operator } = await world({ isolated: true })
    const long = { name: 'x'.repeat(128), description: 'y'.repeat(256), permissionIds: [] }
    expect((await operator.mutate('createTemplateRole', long, payload)).role).toMatchObject({
      name: long.name,
      description: long.description,
    })
    const bare = { name: 'Bare', description: '  ', permissionIds: [] }
    expect((await operator.mutate('createTemplateRole', bare, payload)).role.description).toBeNull()
  })

  test('an id of another type, no id, and more than 500 are BAD_USER_INPUT', async () => {
    const { operator, roleId, permissionId } = await world({ isolated: true })
    const many = Array.from({ length: 501 }, () => missingId('Permission'))
    for (const permissionIds of [[await roleId('Admin')], ['nonsense'], [await permissionId('audit:read'), ''], many])
      expect(await operator.refusal('createTemplateRole', { name: 'X', permissionIds })).toBe('BAD_USER_INPUT')
  })

  test('a kind that is none, and a missing field, are BAD_USER_INPUT', async () => {
    const { operator } = await world({ isolated: true })
    for (const input of [{ name: 'X', kind: 'ROBOT', permissionIds: [] }, { name: 'X' }, { permissionIds: [] }])
      expect(await operator.refusal('createTemplateRole', input)).toBe('BAD_USER_INPUT')
  })
})

test('only operators with template:write create roles of the template (MGT-2)', async () => {
  const deployment = await world({ isolated: true })
  const { owner, machine, anonymous } = deployment
  const others = ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE', 'USERS_READ', 'APPLICATIONS_WRITE', 'AUDIT_READ']
  const input = { name: 'X', permissionIds: [] }
  expect(await owner.refusal('createTemplateRole', input)).toBe('FORBIDDEN')
  expect(await (await machine()).refusal('createTemplateRole', input)).toBe('FORBIDDEN')
  expect(await (await operatorWith(deployment, others)).refusal('createTemplateRole', input)).toBe('FORBIDDEN')
  expect(await anonymous().refusal('createTemplateRole', input)).toBe('UNAUTHENTICATED')
  const allowed = await operatorWith(deployment, ['TEMPLATE_WRITE'])
  expect((await allowed.mutate('createTemplateRole', input)).__typename).toBe('CreateTemplateRolePayload')
})
