import { expect, test } from 'vitest'
import { uuidOf, written } from '../kit/journal.ts'
import { world } from '../kit/world.ts'
import { createApiResource, createPermission, createRole } from '../roles/template.ts'

const where = 'deployment'
const actor = 'Operator'

test('creating a role of the template is one entry and one event, with what it permits (MGT-3)', async () => {
  const deployment = await world({ isolated: true })
  const { operator, permissionId } = deployment
  const permissionIds = [await permissionId('member:read'), await permissionId('audit:read')]
  const input = { name: 'Auditor', description: 'Looks.', permissionIds: [...permissionIds, ...permissionIds] }
  const { result, audit, outbox } = await written(deployment, () =>
    operator.mutate('createTemplateRole', input, '... on CreateTemplateRolePayload { role { id } }'),
  )
  expect(audit).toEqual([
    {
      where,
      action: 'ROLE_CREATED',
      actor,
      target: 'OrganizationRole Auditor',
      changes: [
        { field: 'name', before: null, after: 'Auditor' },
        { field: 'description', before: null, after: 'Looks.' },
        { field: 'kind', before: null, after: 'USER' },
        { field: 'permissions', before: null, after: 'member:read, audit:read' },
      ],
    },
  ])
  const payload = { roleId: uuidOf(result.role.id), organizationId: null }
  expect(outbox).toEqual([{ where, type: 'ROLE_CREATED', payload }])
})

test('changing a role is one entry with what it gained and lost (MGT-3)', async () => {
  const deployment = await world({ isolated: true })
  const { operator, permissionId } = deployment
  const roleId = await createRole(operator, 'Auditor', { permissionIds: [await permissionId('audit:read')] })
  const permissionIds = [await permissionId('member:read')]
  const { audit, outbox } = await written(deployment, () =>
    operator.mutate('updateRole', { roleId, name: 'Inspector', permissionIds }),
  )
  expect(audit).toEqual([
    {
      where,
      action: 'ROLE_UPDATED',
      actor,
      target: 'OrganizationRole Inspector',
      changes: [
        { field: 'name', before: 'Auditor', after: 'Inspector' },
        { field: 'permissions', before: 'audit:read', after: 'member:read' },
      ],
    },
  ])
  expect(outbox).toEqual([{ where, type: 'ROLE_UPDATED', payload: { roleId: uuidOf(roleId), organizationId: null } }])
})

test('deleting a role is one entry, with the replacement and how many got it (MGT-3)', async () => {
  const deployment = await world({ isolated: true })
  const { operator, acme } = deployment
  const roleId = await createRole(operator, 'Auditor')
  const replacementRoleId = await createRole(operator, 'Clerk')
  await acme.member({ roles: ['Auditor'] })
  const { audit, outbox } = await written(deployment, () =>
    operator.mutate('deleteRole', { roleId, replacementRoleId }),
  )
  expect(audit).toEqual([
    {
      where,
      action: 'ROLE_DELETED',
      actor,
      target: 'OrganizationRole Auditor',
      changes: [
        { field: 'replacement', before: null, after: 'Clerk' },
        { field: 'members', before: null, after: '1' },
        { field: 'invitations', before: null, after: '0' },
        { field: 'links', before: null, after: '0' },
        { field: 'jitDefaults', before: null, after: '0' },
        { field: 'groupMappings', before: null, after: '0' },
      ],
    },
  ])
  expect(outbox).toEqual([{ where, type: 'ROLE_DELETED', payload: { roleId: uuidOf(roleId), organizationId: null } }])
})

test('another default role is one entry (MGT-3)', async () => {
  const deployment = await world({ isolated: true })
  const { operator, roleId } = deployment
  const changed = await written(deployment, async () =>
    operator.mutate('updateOrganizationTemplate', { defaultRoleId: await roleId('Admin') }),
  )
  const entry = { where, action: 'TEMPLATE_UPDATED', actor, target: 'OrganizationTemplate Organization template' }
  const changes = [{ field: 'defaultRole', before: 'Member', after: 'Admin' }]
  expect(changed.audit).toEqual([{ ...entry, changes }])
  expect(changed.outbox).toEqual([{ where, type: 'TEMPLATE_UPDATED', payload: {} }])
  const cleared = await written(deployment, () =>
    operator.mutate('updateOrganizationTemplate', { defaultRoleId: null }),
  )
  expect(cleared.audit).toEqual([{ ...entry, changes: [{ field: 'defaultRole', before: 'Admin', after: null }] }])
})

test('a permission that is created, changed and deleted leaves one entry each (MGT-3)', async () => {
  const deployment = await world({ isolated: true })
  const { operator } = deployment
  const apiResourceId = await createApiResource(operator, 'https://billing.test')
  const {
    result: id,
    audit,
    outbox,
  } = await written(deployment, async () => {
    const permissionId = await createPermission(operator, 'invoice:read', apiResourceId)
    const input = { permissionId, description: 'See them.', isOpenToCustomRoles: false }
    await operator.mutate('updatePermission', input)
    await operator.mutate('deletePermission', { permissionId })
    return uuidOf(permissionId)
  })
  const of = { where, actor, target: 'Permission invoice:read' }
  expect(audit).toEqual([
    {
      ...of,
      action: 'PERMISSION_CREATED',
      changes: [
        { field: 'key', before: null, after: 'invoice:read' },
        { field: 'description', before: null, after: 'Allows invoice:read.' },
        { field: 'apiResource', before: null, after: 'https://billing.test' },
      ],
    },
    {
      ...of,
      action: 'PERMISSION_UPDATED',
      changes: [
        { field: 'description', before: 'Allows invoice:read.', after: 'See them.' },
        { field: 'isOpenToCustomRoles', before: 'true', after: 'false' },
      ],
    },
    { ...of, action: 'PERMISSION_DELETED', changes: [] },
  ])
  const types = ['PERMISSION_CREATED', 'PERMISSION_UPDATED', 'PERMISSION_DELETED']
  expect(outbox).toEqual(types.map(type => ({ where, type, payload: { id } })))
})

test('an API resource that is created, renamed and deleted leaves one entry each (MGT-3)', async () => {
  const deployment = await world({ isolated: true })
  const { operator } = deployment
  const {
    result: id,
    audit,
    outbox,
  } = await written(deployment, async () => {
    const apiResourceId = await createApiResource(operator, 'https://billing.test')
    await operator.mutate('updateApiResource', { apiResourceId, name: 'Invoices' })
    await operator.mutate('updateApiResource', { apiResourceId, name: 'Invoices' })
    await operator.mutate('deleteApiResource', { apiResourceId })
    return uuidOf(apiResourceId)
  })
  const of = { where, actor, target: 'ApiResource https://billing.test' }
  expect(audit).toEqual([
    {
      ...of,
      action: 'API_RESOURCE_CREATED',
      changes: [
        { field: 'audience', before: null, after: 'https://billing.test' },
        { field: 'name', before: null, after: 'Billing' },
      ],
    },
    {
      ...of,
      action: 'API_RESOURCE_UPDATED',
      changes: [{ field: 'name', before: 'Billing', after: 'Invoices' }],
    },
    { ...of, action: 'API_RESOURCE_DELETED', changes: [] },
  ])
  const types = ['API_RESOURCE_CREATED', 'API_RESOURCE_UPDATED', 'API_RESOURCE_DELETED']
  expect(outbox).toEqual(types.map(type => ({ where, type, payload: { id } })))
})
