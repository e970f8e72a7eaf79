import { describe, expect, test } from 'vitest'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { world } from '../kit/world.ts'
import { createPermission, createRole, escalation, invalid, keysOf, pathsOf, roleNames, roleSeen } from './template.ts'

const payload =
  '... on CreateCustomRolePayload { role { id name description kind isOwner isDefault organization { slug } permissions { key } } }'

test('an owner creates a role of their organization (TPL-9)', async () => {
  const { owner, acme, permissionId } = await world()
  const permissionIds = [await permissionId('member:read'), await permissionId('invitation:read')]
  const input = { organizationId: acme.id, name: ' Front desk ', description: 'Opens doors.', permissionIds }
  const { role } = await owner.mutate('createCustomRole', input, payload)
  expect(role).toMatchObject({
    name: 'Front desk',
    description: 'Opens doors.',
    kind: 'USER',
    isOwner: false,
    isDefault: false,
    organization: { slug: acme.slug },
    permissions: [{ key: 'invitation:read' }, { key: 'member:read' }],
  })
})

test('whoever holds role:manage creates roles within what they hold, and whoever lacks it does not (ROL-3)', async () => {
  const { acme } = await world()
  const input = { organizationId: acme.id, name: 'Helper', permissionIds: [] }
  const without = await memberWith(acme, ['member:read', 'member:assign-role', 'member:add'])
  expect(await without.refusal('createCustomRole', input)).toBe('FORBIDDEN')
  const holder = await memberWith(acme, ['role:manage'])
  expect((await holder.mutate('createCustomRole', input)).__typename).toBe('CreateCustomRolePayload')
})

test('a machine that holds role:manage creates roles, for machines or for people, within what it holds (ROL-3)', async () => {
  const { acme, operator, machine, permissionId } = await world()
  const robot = await machine()
  const roleIds = [await acme.customRole(['role:manage', 'member:read'], { kind: 'MACHINE' })]
  await operator.mutate('addMachineMember', { organizationId: acme.id, applicationId: await robot.id(), roleIds })
  for (const kind of ['MACHINE', 'USER']) {
    const input = { organizationId: acme.id, kind, name: `By robot ${kind}` }
    const within = { ...input, permissionIds: [await permissionId('member:read')] }
    expect((await robot.mutate('createCustomRole', within, payload)).role).toMatchObject({ kind })
    const beyond = { ...input, name: 'Beyond', permissionIds: [await permissionId('audit:read')] }
    expect((await robot.mutate('createCustomRole', beyond)).__typename).toBe('PermissionEscalationError')
  }
})

test('a custom role is visible and assignable only in its organization (TPL-9)', async () => {
  const { owner, acme, person, organization } = await world()
  const stranger = await person()
  const other = await organization(stranger)
  const role = await acme.customRole(['member:read'], { name: 'Only here' })
  expect(await roleNames(owner, acme.id)).toContain('Only here')
  expect(await roleNames(stranger, other.id)).not.toContain('Only here')
  expect(await roleSeen(stranger, role)).toBeNull()
  const member = await other.member()
  const input = { membershipId: member.membershipId, addRoleIds: [role] }
  const result = await stranger.mutate('changeMemberRoles', input, '... on RoleNotAssignableError { roleIds }')
  expect(result).toMatchObject({ __typename: 'RoleNotAssignableError', roleIds: [role] })
})

test('two organizations can each have a role of the same name (TPL-3)', async () => {
  const { acme, person, organization } = await world()
  const other = await organization(await person())
  expect(await acme.customRole([], { name: 'Night shift' })).not.toBe(
    await other.customRole([], { name: 'Night shift' }),
  )
})

test('a name is unique in its organization without regard to case (TPL-3)', async () => {
  const { owner, acme } = await world()
  await acme.customRole([], { name: 'Straße' })
  await acme.customRole([], { name: 'Prüfer' })
  const input = { organizationId: acme.id, name: 'PRÜFER', permissionIds: [] }
  const result = await owner.mutate('createCustomRole', input, invalid)
  expect(result.__typename).toBe('InvalidInputError')
  expect(pathsOf(result)).toEqual(['input.name'])
})

test.each([
  ['fullwidth letters', 'Ｏｗｎｅｒ'],
  ['a ligature', 'Oﬃce'],
])('a name in %s is that of its look-alike (TPL-3)', async (_, name) => {
  const { owner, acme } = await world()
  await acme.customRole([], { name: 'Office' })
  const input = { organizationId: acme.id, name, permissionIds: [] }
  expect((await owner.mutate('createCustomRole', input)).__typename).toBe('InvalidInputError')
})

test.each(['Own\u200ber', 'Owner\u2060', 'Owner\u200d', 'Owner\ufe0f', 'Owner\u3164', 'Ow\u00adner', 'Owner\u{e0041}'])(
  'the invisible in a name is refused: %j (TPL-3)',
  async name => {
    const { owner, acme } = await world()
    const input = { organizationId: acme.id, name, permissionIds: [] }
    const result = await owner.mutate('createCustomRole', input, invalid)
    expect(pathsOf(result)).toEqual(['input.name'])
  },
)

test('a name may have a picture, and letters of any script (TPL-3)', async () => {
  const { owner, acme } = await world()
  for (const name of ['❤️ Care', 'مدیر', '経理'])
    expect(
      (await owner.mutate('createCustomRole', { organizationId: acme.id, name, permissionIds: [] })).__typename,
    ).toBe('CreateCustomRolePayload')
})

test('a custom role cannot take the name of a template role (TPL-9)', async () => {
  const { owner, operator, acme } = await world({ isolated: true })
  await createRole(operator, 'Prüfer')
  for (const name of ['Owner', 'ADMIN', ' member ', 'prüFER']) {
    const input = { organizationId: acme.id, name, permissionIds: [] }
    const result = await owner.mutate('createCustomRole', input, invalid)
    expect(result.__typename).toBe('InvalidInputError')
    expect(pathsOf(result)).toEqual(['input.name'])
  }
})

test('an unknown permission creates nothing (TPL-4)', async () => {
  const { owner, acme, permissionId } = await world()
  const permissionIds = [missingId('Permission'), await permissionId('member:read')]
  const input = { organizationId: acme.id, name: 'Ghost', permissionIds }
  const result = await owner.mutate('createCustomRole', input, invalid)
  expect(result.__typename).toBe('InvalidInputError')
  expect(pathsOf(result)).toEqual(['input.permissionIds.0'])
  expect(await roleNames(owner, acme.id)).not.toContain('Ghost')
})

test('a permission that is closed to custom roles is refused, for the owner too (TPL-9)', async () => {
  const { owner, operator, acme, permissionId } = await world({ isolated: true })
  const closed = await permissionId('organization:delete')
  await operator.mutate('updatePermission', { permissionId: closed, isOpenToCustomRoles: false })
  const input = { organizationId: acme.id, name: 'Eraser', permissionIds: [await permissionId('member:read'), closed] }
  const result = await owner.mutate('createCustomRole', input, invalid)
  expect(result.__typename).toBe('InvalidInputError')
  expect(pathsOf(result)).toEqual(['input.permissionIds.1'])
  expect(await roleNames(owner, acme.id)).not.toContain('Eraser')
})

test('nobody creates a role that holds more than they do (ROL-3)', async () => {
  const { acme, permissionId, owner } = await world()
  const holder = await memberWith(acme, ['role:manage', 'member:read'])
  const keys = ['member:remove', 'member:read', 'audit:read']
  const permissionIds = await Promise.all(keys.map(key => permissionId(key)))
  const input = { organizationId: acme.id, name: 'Stronger', permissionIds }
  expect(await holder.mutate('createCustomRole', input, escalation)).toMatchObject({
    __typename: 'PermissionEscalationError',
    missing: [{ key: 'audit:read' }, { key: 'member:remove' }],
  })
  expect(await roleNames(owner, acme.id)).not.toContain('Stronger')
})

test('a product permission that nobody holds there is not even the owner’s to give (ROL-3)', async () => {
  const { owner, operator, acme } = await world({ isolated: true })
  const invoice = await createPermission(operator, 'invoice:read')
  const input = { organizationId: acme.id, name: 'Accountant', permissionIds: [invoice] }
  const result = await owner.mutate('createCustomRole', input, escalation)
  expect(result).toMatchObject({ __typename: 'PermissionEscalationError', missing: [{ key: 'invoice:read' }] })
})

test('an operator with organizations:write creates a custom role in any organization (MGT-1)', async () => {
  const deployment = await world({ isolated: true })
  const { operator, acme } = deployment
  const invoice = await createPermission(operator, 'invoice:read')
  const rules = await operatorWith(deployment, ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE'])
  const input = { organizationId: acme.id, name: 'Accountant', permissionIds: [invoice] }
  const { role } = await rules.mutate('createCustomRole', input, payload)
  expect(await keysOf(rules, role.id)).toEqual(['invoice:read'])
  const reads = await operatorWith(deployment, ['ORGANIZATIONS_READ', 'TEMPLATE_WRITE'])
  expect(await reads.refusal('createCustomRole', { ...input, name: 'Other' })).toBe('FORBIDDEN')
})

test('an organization of others and one that does not exist answer alike', async () => {
  const { acme, person, anonymous } = await world()
  const stranger = await person()
  const text = 'mutation($input: CreateCustomRoleInput!) { createCustomRole(input: $input) { __typename } }'
  const ask = async (organizationId: string) => {
    const { data, errors } = await stranger.send(text, { input: { organizationId, name: 'X', permissionIds: [] } })
    return { data, errors: errors.map(({ message, extensions }) => ({ message, extensions })) }
  }
  const foreign = await ask(acme.id)
  expect(foreign).toEqual(await ask(missingId('Organization')))
  expect(foreign.errors[0]?.extensions.code).toBe('NOT_FOUND')
  const input = { organizationId: acme.id, name: 'X', permissionIds: [] }
  expect(await anonymous().refusal('createCustomRole', input)).toBe('UNAUTHENTICATED')
})

test('nothing is created in a deleted organization (ORG-6)', async () => {
  const { owner, operator, acme } = await world()
  await owner.mutate('deleteOrganization', { organizationId: acme.id })
  const input = { organizationId: acme.id, name: 'Late', permissionIds: [] }
  expect(await owner.refusal('createCustomRole', input)).toBe('NOT_FOUND')
  expect(await operator.refusal('createCustomRole', input)).toBe('NOT_FOUND')
})

describe('bad input', () => {
  test.each([
    ['an empty name', { name: '' }, 'input.name'],
    ['a name of 129 characters', { name: 'x'.repeat(129) }, 'input.name'],
    ['a name with U+0000', { name: 'a\u0000b' }, 'input.name'],
    ['a description of 257 characters', { description: 'x'.repeat(257) }, 'input.description'],
    ['a description with U+0000', { description: '\u0000' }, 'input.description'],
  ])('%s is refused (TPL-3)', async (_, given, path) => {
    const { owner, acme } = await world()
    const input = { organizationId: acme.id, name: 'Auditor', permissionIds: [], ...given }
    const result = await owner.mutate('createCustomRole', input, invalid)
    expect(result.__typename).toBe('InvalidInputError')
    expect(pathsOf(result)).toEqual([path])
  })

  test('ids of another type and lists of more than 500 are BAD_USER_INPUT', async () => {
    const { owner, acme, roleId } = await world()
    const input = { organizationId: acme.id, name: 'X', permissionIds: [] }
    const many = Array.from({ length: 501 }, () => missingId('Permission'))
    const wrong = [
      { permissionIds: [await roleId('Admin')] },
      { permissionIds: many },
      { organizationId: await roleId('Admin') },
      { organizationId: acme.slug },
    ]
    for (const given of wrong)
      expect(await owner.refusal('createCustomRole', { ...input, ...given })).toBe('BAD_USER_INPUT')
  })
})
