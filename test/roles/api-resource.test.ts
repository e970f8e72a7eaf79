import { describe, expect, test } from 'vitest'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { world } from '../kit/world.ts'
import { createApiResource, createPermission, createRole, invalid, keysOf, pathsOf } from './template.ts'

const created = '... on CreateApiResourcePayload { apiResource { audience name permissions { key } } }'
const updated = '... on UpdateApiResourcePayload { apiResource { audience name } }'
const deleted = '... on DeleteApiResourcePayload { deletedApiResourceId }'

test('an operator registers an API under its audience (TPL-10)', async () => {
  const { operator } = await world({ isolated: true })
  const input = { audience: ' https://billing.test/v1 ', name: ' Billing ' }
  const { apiResource } = await operator.mutate('createApiResource', input, created)
  expect(apiResource).toEqual({ audience: 'https://billing.test/v1', name: 'Billing', permissions: [] })
})

test('an audience is unique (TPL-10)', async () => {
  const { operator } = await world({ isolated: true })
  await createApiResource(operator, 'https://billing.test')
  const result = await operator.mutate('createApiResource', { audience: 'https://billing.test', name: 'B' }, invalid)
  expect(result.__typename).toBe('InvalidInputError')
  expect(pathsOf(result)).toEqual(['input.audience'])
})

test('any absolute URI is an audience, of up to 512 characters (TPL-10)', async () => {
  const { operator } = await world({ isolated: true })
  const long = `https://billing.test/${'x'.repeat(491)}`
  for (const audience of ['urn:example:billing', 'urn:tenantry-product:billing', 'api://billing', long]) {
    const { apiResource } = await operator.mutate('createApiResource', { audience, name: 'Billing' }, created)
    expect(apiResource.audience).toBe(audience)
  }
})

test.each([
  '',
  'billing',
  '/billing',
  '//billing.test',
  'https://',
  'https://billing.test/#part',
  'https://billing.test/a b',
  'https://billing.test/\u0000',
  'https://b\u202eilling.test',
  `https://billing.test/${'x'.repeat(492)}`,
])('the audience %j is refused (TPL-10)', async audience => {
  const { operator } = await world()
  const result = await operator.mutate('createApiResource', { audience, name: 'Billing' }, invalid)
  expect(result.__typename).toBe('InvalidInputError')
  expect([...new Set(pathsOf(result))]).toEqual(['input.audience'])
})

test.each([
  'urn:tenantry:organization:01890000-0000-7000-8000-000000000000',
  'URN:Tenantry:gateway',
  'urn:tenantry:gateway',
  ' urn:tenantry:anything',
])('%j is reserved (TPL-11)', async audience => {
  const { operator } = await world()
  const result = await operator.mutate('createApiResource', { audience, name: 'Ours' }, invalid)
  expect(result.__typename).toBe('InvalidInputError')
  expect(pathsOf(result)).toEqual(['input.audience'])
})

test('an audience that the gateway itself answers to is refused (TPL-10)', async () => {
  const issuers = JSON.stringify([{ issuer: 'https://idp.test', audience: 'https://gate.test/api' }])
  const { operator } = await world({ env: { PUBLIC_URL: 'https://gate.test/', TRUSTED_ISSUERS: issuers } })
  for (const audience of [
    'https://gate.test',
    'https://gate.test/',
    'https://gate.test/graphql',
    'https://gate.test/graphql/',
    'https://GATE.test:443/graphql',
    'https://gate.test/api',
  ]) {
    const result = await operator.mutate('createApiResource', { audience, name: 'Ours' }, invalid)
    expect(result.__typename).toBe('InvalidInputError')
    expect(pathsOf(result)).toEqual(['input.audience'])
  }
})

test('an API is renamed; its audience never changes (TPL-10)', async () => {
  const { operator } = await world({ isolated: true })
  const apiResourceId = await createApiResource(operator, 'https://billing.test')
  const { apiResource } = await operator.mutate('updateApiResource', { apiResourceId, name: ' Invoices ' }, updated)
  expect(apiResource).toEqual({ audience: 'https://billing.test', name: 'Invoices' })
  const input = { apiResourceId, name: 'X', audience: 'https://other.test' }
  expect(await operator.refusal('updateApiResource', input)).toBe('BAD_USER_INPUT')
})

test('deleting an API takes its permissions, and no others, from every role (TPL-10)', async () => {
  const { operator, acme } = await world({ isolated: true })
  const apiResourceId = await createApiResource(operator, 'https://billing.test')
  const other = await createApiResource(operator, 'https://crm.test')
  const permissionIds = [
    await createPermission(operator, 'invoice:read', apiResourceId),
    await createPermission(operator, 'invoice:void', apiResourceId),
    await createPermission(operator, 'contact:read', other),
    await createPermission(operator, 'invoice:read'),
  ]
  const template = await createRole(operator, 'Clerk', { permissionIds })
  const input = { organizationId: acme.id, name: 'Desk', permissionIds }
  const { role } = await operator.mutate('createCustomRole', input, '... on CreateCustomRolePayload { role { id } }')
  const result = await operator.mutate('deleteApiResource', { apiResourceId }, deleted)
  expect(result).toEqual({ __typename: 'DeleteApiResourcePayload', deletedApiResourceId: apiResourceId })
  for (const id of [template, role.id]) expect(await keysOf(operator, id)).toEqual(['contact:read', 'invoice:read'])
  const data = await operator.query('{ organizationTemplate { apiResources { audience permissions { key } } } }')
  expect(data.organizationTemplate.apiResources).toEqual([
    { audience: 'https://crm.test', permissions: [{ key: 'contact:read' }] },
  ])
  expect(await operator.refusal('deleteApiResource', { apiResourceId })).toBe('NOT_FOUND')
})

describe('bad input', () => {
  test.each([
    ['', 'an empty'],
    ['x'.repeat(129), 'a too long'],
    ['a\u0000', 'a broken'],
  ])('the name %j is refused', async name => {
    const { operator } = await world({ isolated: true })
    const apiResourceId = await createApiResource(operator, 'https://billing.test')
    const made = await operator.mutate('createApiResource', { audience: 'https://crm.test', name }, invalid)
    const changed = await operator.mutate('updateApiResource', { apiResourceId, name }, invalid)
    expect([pathsOf(made), pathsOf(changed)]).toEqual([['input.name'], ['input.name']])
  })

  test('what does not exist is NOT_FOUND; an id of another type is BAD_USER_INPUT', async () => {
    const { operator, permissionId } = await world()
    const missing = missingId('ApiResource')
    expect(await operator.refusal('updateApiResource', { apiResourceId: missing, name: 'X' })).toBe('NOT_FOUND')
    expect(await operator.refusal('deleteApiResource', { apiResourceId: missing })).toBe('NOT_FOUND')
    const other = await permissionId('audit:read')
    expect(await operator.refusal('updateApiResource', { apiResourceId: other, name: 'X' })).toBe('BAD_USER_INPUT')
    expect(await operator.refusal('deleteApiResource', { apiResourceId: other })).toBe('BAD_USER_INPUT')
  })
})

test('only operators with template:write touch API resources (MGT-2)', async () => {
  const deployment = await world({ isolated: true })
  const { operator, owner, acme, anonymous } = deployment
  const apiResourceId = await createApiResource(operator, 'https://billing.test')
  const calls: [string, object][] = [
    ['createApiResource', { audience: 'https://crm.test', name: 'CRM' }],
    ['updateApiResource', { apiResourceId, name: 'Invoices' }],
    ['deleteApiResource', { apiResourceId }],
  ]
  const others = ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE', 'USERS_READ', 'APPLICATIONS_WRITE', 'MANAGEMENT_WRITE']
  const refused = [owner, await memberWith(acme, ['role:manage']), await operatorWith(deployment, others)]
  const allowed = await operatorWith(deployment, ['TEMPLATE_WRITE'])
  for (const [name, input] of calls) {
    for (const client of refused) expect(await client.refusal(name, input)).toBe('FORBIDDEN')
    expect(await anonymous().refusal(name, input)).toBe('UNAUTHENTICATED')
    expect((await allowed.mutate(name, input)).__typename).toMatch(/Payload$/)
  }
})
