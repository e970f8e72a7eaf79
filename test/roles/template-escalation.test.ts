import { expect, test } from 'vitest'
import { operatorWith } from '../kit/holders.ts'
import { world } from '../kit/world.ts'
import { createPermission, createRole, escalation, keysOf, roleNames } from './template.ts'

// Who may change the template reaches every member of every organization, themselves among them (MGT-2).

async function stage() {
  const deployment = await world({ isolated: true })
  const { acme, operator, permissionId, roleId } = deployment
  const editor = await operatorWith(deployment, ['TEMPLATE_WRITE'])
  await operator.mutate('addMember', { organizationId: acme.id, userId: await editor.id() })
  const ruler = await operatorWith(deployment, ['TEMPLATE_WRITE', 'ORGANIZATIONS_WRITE'])
  return {
    ...{ deployment, acme, operator, editor, ruler },
    member: await roleId('Member'),
    admin: await roleId('Admin'),
    read: await permissionId('member:read'),
    remove: await permissionId('member:remove'),
  }
}

test('the template’s editor does not become an owner by the role they hold as a member (MGT-2)', async () => {
  const { editor, ruler, operator, member, read, remove } = await stage()
  const input = { roleId: member, permissionIds: [read, remove] }
  expect(await editor.mutate('updateRole', input, escalation)).toMatchObject({
    __typename: 'PermissionEscalationError',
    missing: [{ key: 'member:remove' }],
  })
  expect(await keysOf(operator, member)).toEqual(['member:read'])
  expect((await ruler.mutate('updateRole', input)).__typename).toBe('UpdateRolePayload')
  expect(await keysOf(operator, member)).toEqual(['member:read', 'member:remove'])
})

test('nor by a new role, a new default role, or a replacement (MGT-2)', async () => {
  const { editor, ruler, operator, member, admin, remove } = await stage()
  const weak = await createRole(operator, 'Weak')
  const doors: [string, object][] = [
    ['createTemplateRole', { name: 'Back door', permissionIds: [remove] }],
    ['updateOrganizationTemplate', { defaultRoleId: admin }],
    ['deleteRole', { roleId: weak, replacementRoleId: member }],
  ]
  for (const [name, input] of doors) {
    expect((await editor.mutate(name, input)).__typename, name).toBe('PermissionEscalationError')
    expect((await ruler.mutate(name, input)).__typename, name).toMatch(/Payload$/)
  }
})

test('the editor gives what is the product’s, takes what they like, and renames (MGT-2)', async () => {
  const { editor, operator, acme, member, admin, read } = await stage()
  const invoice = await createPermission(editor, 'invoice:read')
  const edits: [string, object][] = [
    ['updateRole', { roleId: member, name: 'Colleague', permissionIds: [read, invoice] }],
    ['createTemplateRole', { name: 'Clerk', permissionIds: [invoice] }],
    ['deleteRole', { roleId: admin, replacementRoleId: member }],
    ['updateOrganizationTemplate', { defaultRoleId: null }],
  ]
  for (const [name, input] of edits) expect((await editor.mutate(name, input)).__typename, name).toMatch(/Payload$/)
  expect(await keysOf(operator, member)).toEqual(['invoice:read', 'member:read'])
  expect(await roleNames(operator, acme.id)).toEqual(['Owner', 'Colleague', 'Service', 'Clerk'])
})

test('a template role may take the name of a custom role, which keeps its own (TPL-9)', async () => {
  const { operator, acme } = await stage()
  const custom = await acme.customRole([], { name: 'Auditor' })
  await createRole(operator, 'AUDITOR')
  const query = 'query($id: ID!) { organization(by: { id: $id }) { roles { name organization { id } } } }'
  const { organization } = await operator.query(query, { id: acme.id })
  expect(organization.roles).toContainEqual({ name: 'AUDITOR', organization: null })
  expect(organization.roles).toContainEqual({ name: 'Auditor', organization: { id: acme.id } })
  const kept = await operator.mutate('updateRole', { roleId: custom, description: 'Audits.', name: 'Auditor' })
  expect(kept.__typename).toBe('UpdateRolePayload')
})
