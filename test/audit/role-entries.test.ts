import { expect, test } from 'vitest'
import { memberWith, missingId } from '../kit/holders.ts'
import { uuidOf, wholeJournal, written } from '../kit/journal.ts'
import { outcomeOf } from '../kit/outcome.ts'
import { type World, world } from '../kit/world.ts'
import { createPermission, createRole } from '../roles/template.ts'

test('a custom role that is created, changed and deleted is in the log of its organization (MGT-3)', async () => {
  const deployment = await world({ isolated: true })
  const { acme, operator, permissionId } = deployment
  const admin = await acme.member({ roles: ['Admin'] })
  const { displayName } = (await admin.query('{ viewer { principal { displayName } } }')).viewer.principal
  const {
    result: roleId,
    audit,
    outbox,
  } = await written(deployment, async () => {
    const input = { organizationId: acme.id, name: 'Desk', permissionIds: [await permissionId('member:read')] }
    const { role } = await admin.mutate('createCustomRole', input, '... on CreateCustomRolePayload { role { id } }')
    await admin.mutate('updateRole', { roleId: role.id, description: 'Opens doors.', permissionIds: [] })
    await admin.mutate('deleteRole', { roleId: role.id })
    return uuidOf(role.id)
  })
  const of = { where: uuidOf(acme.id), actor: displayName, target: 'OrganizationRole Desk' }
  expect(audit).toEqual([
    {
      ...of,
      action: 'ROLE_CREATED',
      changes: [
        { field: 'name', before: null, after: 'Desk' },
        { field: 'kind', before: null, after: 'USER' },
        { field: 'permissions', before: null, after: 'member:read' },
      ],
    },
    {
      ...of,
      action: 'ROLE_UPDATED',
      changes: [
        { field: 'description', before: null, after: 'Opens doors.' },
        { field: 'permissions', before: 'member:read', after: null },
      ],
    },
    { ...of, action: 'ROLE_DELETED', changes: [] },
  ])
  const payload = { roleId, organizationId: uuidOf(acme.id) }
  const types = ['ROLE_CREATED', 'ROLE_UPDATED', 'ROLE_DELETED']
  expect(outbox).toEqual(types.map(type => ({ where: uuidOf(acme.id), type, payload })))
  expect(await operator.query('{ auditEvents(filter: { actions: [ROLE_CREATED] }) { totalCount } }')).toEqual({
    auditEvents: { totalCount: 0 },
  })
})

/** Calls that a rule refuses, by what they are refused with. */
async function refusedByRule(deployment: World): Promise<[string, object][]> {
  const { acme, operator, roleId, permissionId } = deployment
  const used = await createRole(operator, 'Used')
  await acme.member({ roles: ['Used'] })
  const custom = await acme.customRole([], { name: 'Custom' })
  const builtIn = await permissionId('audit:read')
  const product = await createPermission(operator, 'invoice:read')
  return [
    ['createTemplateRole', { name: 'Admin', permissionIds: [] }],
    ['createTemplateRole', { name: 'New', permissionIds: [missingId('Permission')] }],
    ['createTemplateRole', { name: '', permissionIds: [] }],
    ['createCustomRole', { organizationId: acme.id, name: 'Owner', permissionIds: [] }],
    ['createCustomRole', { organizationId: acme.id, name: 'CUSTOM', permissionIds: [] }],
    ['updateRole', { roleId: used, name: 'Admin' }],
    ['updateRole', { roleId: await roleId('Owner'), permissionIds: [] }],
    ['updateRole', { roleId: custom, permissionIds: [missingId('Permission')] }],
    ['deleteRole', { roleId: used }],
    ['deleteRole', { roleId: await roleId('Owner') }],
    ['deleteRole', { roleId: custom, replacementRoleId: await roleId('Service') }],
    ['updateOrganizationTemplate', { defaultRoleId: await roleId('Service') }],
    ['createPermission', { key: 'invoice:read', description: 'x' }],
    ['createPermission', { key: 'nonsense', description: 'x' }],
    ['updatePermission', { permissionId: builtIn, description: 'x' }],
    ['updatePermission', { permissionId: product, description: '' }],
    ['deletePermission', { permissionId: builtIn }],
    ['createApiResource', { audience: 'urn:tenantry:x', name: 'x' }],
    ['createMachineApplication', { name: '' }],
    ['setManagementPermissions', { principalId: await operator.id(), permissions: [] }],
  ]
}

test('what a rule refuses writes neither entry nor event (MGT-3)', async () => {
  const deployment = await world({ isolated: true })
  const calls = await refusedByRule(deployment)
  for (const [name, input] of calls) {
    const { result, audit, outbox } = await written(deployment, () => deployment.operator.mutate(name, input))
    expect([name, result.__typename]).toEqual([name, expect.stringMatching(/Error$/)])
    expect([name, audit, outbox]).toEqual([name, [], []])
  }
})

test('what is malformed, not there or not theirs to know writes nothing, whoever asks (MGT-3)', async () => {
  const deployment = await world({ isolated: true })
  const { operator, person, acme, anonymous } = deployment
  const custom = await acme.customRole([])
  const stranger = await person()
  await stranger.id()
  const { audit, outbox } = await written(deployment, async () => {
    expect(await operator.refusal('updateRole', { roleId: 'nonsense' })).toBe('BAD_USER_INPUT')
    expect(await operator.refusal('deletePermission', { permissionId: missingId('Permission') })).toBe('NOT_FOUND')
    expect(await stranger.refusal('updateRole', { roleId: custom, name: 'Mine' })).toBe('NOT_FOUND')
    const create = { organizationId: acme.id, name: 'X', permissionIds: [] }
    expect(await stranger.refusal('createCustomRole', create)).toBe('NOT_FOUND')
    expect(await anonymous().refusal('createPermission', { key: 'a:b', description: 'x' })).toBe('UNAUTHENTICATED')
  })
  expect([audit, outbox]).toEqual([[], []])
})

test('a mutation that lacks its permission leaves one WRITE_REFUSED, where it would have written (MGT-3)', async () => {
  const deployment = await world({ isolated: true })
  const { acme, person } = deployment
  const custom = await acme.customRole([])
  const member = await acme.member()
  const here = await written(deployment, () => member.refusal('updateRole', { roleId: custom, name: 'Mine' }))
  const after = 'This needs the permission role:manage in the organization.'
  expect(here.audit).toMatchObject([
    {
      where: uuidOf(acme.id),
      action: 'WRITE_REFUSED',
      target: 'Mutation updateRole',
      changes: [{ field: 'reason', before: null, after }],
    },
  ])
  expect(here.outbox).toEqual([])
  const stranger = await person('eve@people.test')
  const there = await written(deployment, () => stranger.refusal('createPermission', { key: 'a:b', description: 'x' }))
  const reason = 'This needs the management permission template:write.'
  expect(there.audit).toEqual([
    {
      where: 'deployment',
      action: 'WRITE_REFUSED',
      actor: 'Eve',
      target: 'Mutation createPermission',
      changes: [{ field: 'reason', before: null, after: reason }],
    },
  ])
})

test('an attempt to grant more than one holds leaves one WRITE_REFUSED and no trace of the change (MGT-3)', async () => {
  const deployment = await world({ isolated: true })
  const { acme, permissionId } = deployment
  const manager = await memberWith(acme, ['role:manage'])
  const input = { organizationId: acme.id, name: 'Strong', permissionIds: [await permissionId('audit:read')] }
  const { audit, outbox } = await written(deployment, () => manager.mutate('createCustomRole', input))
  expect(audit).toMatchObject([
    { where: uuidOf(acme.id), action: 'WRITE_REFUSED', target: 'Mutation createCustomRole' },
  ])
  expect(outbox).toEqual([])
})

test('a long value is cut between two characters, not through one (MGT-3)', async () => {
  const deployment = await world({ isolated: true })
  const description = `${'x'.repeat(199)}${'😀'.repeat(20)}`
  const input = { name: 'Smiling', description, permissionIds: [] }
  const { audit } = await written(deployment, () => deployment.operator.mutate('createTemplateRole', input))
  const after = `${'x'.repeat(199)}😀…`
  expect(audit[0]?.changes).toContainEqual({ field: 'description', before: null, after })
})

test.each([
  ['createTemplateRole', { name: 'half \ud83d', permissionIds: [] }],
  ['createTemplateRole', { name: 'Whole', description: '\ude00 half', permissionIds: [] }],
  ['createPermission', { key: 'a:b', description: 'half \ud83d' }],
  ['createApiResource', { audience: 'https://billing.test', name: 'half \ud83d' }],
  ['createMachineApplication', { name: 'half \ud83d' }],
])('half a character in %s %j is no internal error (MGT-3)', async (name, input) => {
  const { operator } = await world({ isolated: true })
  expect(await outcomeOf(operator, name, input)).toMatch(/Payload$|^InvalidInputError$/)
})

test('no token ever stands in the log or in the outbox (MGT-3)', async () => {
  const deployment = await world({ isolated: true })
  const { acme, operator, owner } = deployment
  const admin = await acme.member({ roles: ['Admin'] })
  await admin.mutate('createCustomRole', { organizationId: acme.id, name: 'Desk', permissionIds: [] })
  await admin.refusal('createPermission', { key: 'a:b', description: 'x' })
  const journal = await wholeJournal(deployment)
  for (const { token } of [admin, operator, owner]) {
    expect(journal).not.toContain(token)
    expect(journal).not.toContain(token.split('.')[2])
  }
})
