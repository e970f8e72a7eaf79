import { describe, expect, test } from 'vitest'
import { missingId, operatorWith } from '../kit/holders.ts'
import { world } from '../kit/world.ts'
import { createApiResource, createPermission, invalid, pathsOf } from './template.ts'

const payload =
  '... on CreatePermissionPayload { permission { key description isBuiltIn isOpenToCustomRoles apiResource { audience } } }'

test('an operator defines a permission of the product (TPL-2)', async () => {
  const { operator } = await world({ isolated: true })
  const input = { key: ' invoice:read ', description: ' See the invoices. ' }
  expect(await operator.mutate('createPermission', input, payload)).toMatchInlineSnapshot(`
    {
      "__typename": "CreatePermissionPayload",
      "permission": {
        "apiResource": null,
        "description": "See the invoices.",
        "isBuiltIn": false,
        "isOpenToCustomRoles": true,
        "key": "invoice:read",
      },
    }
  `)
})

test('an operator defines a permission of an API resource, whose key the product may have too (TPL-2)', async () => {
  const { operator } = await world({ isolated: true })
  const apiResourceId = await createApiResource(operator, 'https://billing.test')
  await createPermission(operator, 'invoice:read')
  const input = { key: 'invoice:read', description: 'See the invoices.', apiResourceId }
  const { permission } = await operator.mutate('createPermission', input, payload)
  expect(permission).toMatchObject({ key: 'invoice:read', apiResource: { audience: 'https://billing.test' } })
})

test('a key is unique in its namespace (TPL-2)', async () => {
  const { operator } = await world({ isolated: true })
  const apiResourceId = await createApiResource(operator, 'https://billing.test')
  for (const namespace of [{}, { apiResourceId }]) {
    const input = { key: 'invoice:read', description: 'See the invoices.', ...namespace }
    expect((await operator.mutate('createPermission', input)).__typename).toBe('CreatePermissionPayload')
    const again = await operator.mutate('createPermission', input, invalid)
    expect(again.__typename).toBe('InvalidInputError')
    expect(pathsOf(again)).toEqual(['input.key'])
  }
})

test('the key of a gateway permission is taken for the product at large, and free in an API resource (TPL-2)', async () => {
  const { operator } = await world({ isolated: true })
  const input = { key: 'member:read', description: 'Mine.' }
  expect(pathsOf(await operator.mutate('createPermission', input, invalid))).toEqual(['input.key'])
  const apiResourceId = await createApiResource(operator, 'https://crm.test')
  const { permission } = await operator.mutate('createPermission', { ...input, apiResourceId }, payload)
  expect(permission).toMatchObject({ key: 'member:read', isBuiltIn: false })
})

test('a permission of an API with the key of a gateway permission opens nothing at the gateway (TPL-2)', async () => {
  const { operator, acme, roleId } = await world({ isolated: true })
  const apiResourceId = await createApiResource(operator, 'https://crm.test')
  const lookalike = await createPermission(operator, 'audit:read', apiResourceId)
  await operator.mutate('updateRole', { roleId: await roleId('Member'), permissionIds: [lookalike] })
  const member = await acme.member()
  const text = 'query($id: ID!) { organization(by: { id: $id }) { auditEvents { totalCount } } }'
  expect((await member.query(text, { id: acme.id })).organization.auditEvents).toBeNull()
})

test('keys of two or three parts, of up to 128 characters, are well formed (TPL-2)', async () => {
  const { operator } = await world({ isolated: true })
  for (const key of ['a:b', '0-9:x-y', 'invoice:line:read', `${'n'.repeat(63)}:${'v'.repeat(64)}`]) {
    const result = await operator.mutate('createPermission', { key, description: 'x' }, payload)
    expect(result.permission.key).toBe(key)
  }
})

test.each([
  '',
  'invoice',
  'invoice:',
  ':read',
  'invoice::read',
  'a:b:c:d',
  'Invoice:read',
  'invoice:re ad',
  'invoice:read\u0000',
  'invoice:löschen',
  'invoice:*',
  'invoice_line:read',
  `${'n'.repeat(64)}:${'v'.repeat(64)}`,
])('the key %j is refused (TPL-2)', async key => {
  const { operator } = await world()
  const result = await operator.mutate('createPermission', { key, description: 'x' }, invalid)
  expect(result.__typename).toBe('InvalidInputError')
  expect([...new Set(pathsOf(result))]).toEqual(['input.key'])
})

test.each(['urn:tenantry:read', 'urn:tenantry:organization'])(
  'the key %s is reserved, in an API resource too (TPL-11)',
  async key => {
    const { operator } = await world({ isolated: true })
    const apiResourceId = await createApiResource(operator, 'https://billing.test')
    for (const namespace of [{}, { apiResourceId }]) {
      const result = await operator.mutate('createPermission', { key, description: 'x', ...namespace }, invalid)
      expect(result.__typename).toBe('InvalidInputError')
      expect(pathsOf(result)).toEqual(['input.key'])
    }
  },
)

describe('bad input', () => {
  test.each([
    ['no description', ''],
    ['a blank one', ' \n '],
    ['one of 257 characters', 'x'.repeat(257)],
    ['one with U+0000', 'a\u0000b'],
    ['one that turns the writing around', 'a\u202eb'],
  ])('%s is refused as a description (TPL-2)', async (_, description) => {
    const { operator } = await world()
    const result = await operator.mutate('createPermission', { key: 'invoice:read', description }, invalid)
    expect(result.__typename).toBe('InvalidInputError')
    expect(pathsOf(result)).toEqual(['input.description'])
  })

  test('an unknown API resource is refused, one of another type is BAD_USER_INPUT', async () => {
    const { operator, roleId } = await world({ isolated: true })
    const input = { key: 'invoice:read', description: 'x', apiResourceId: missingId('ApiResource') }
    expect(pathsOf(await operator.mutate('createPermission', input, invalid))).toEqual(['input.apiResourceId'])
    const wrong = { ...input, apiResourceId: await roleId('Admin') }
    expect(await operator.refusal('createPermission', wrong)).toBe('BAD_USER_INPUT')
  })
})

test('only operators with template:write define permissions (MGT-2)', async () => {
  const deployment = await world({ isolated: true })
  const { owner, machine, anonymous } = deployment
  const input = { key: 'invoice:read', description: 'x' }
  const others = ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE', 'USERS_READ', 'APPLICATIONS_WRITE', 'MANAGEMENT_WRITE']
  for (const client of [owner, await machine(), await operatorWith(deployment, others)])
    expect(await client.refusal('createPermission', input)).toBe('FORBIDDEN')
  expect(await anonymous().refusal('createPermission', input)).toBe('UNAUTHENTICATED')
  const allowed = await operatorWith(deployment, ['TEMPLATE_WRITE'])
  expect((await allowed.mutate('createPermission', input)).__typename).toBe('CreatePermissionPayload')
})
