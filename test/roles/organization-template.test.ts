import { expect, test } from 'vitest'
import { gatewayPermissionKeys, gatewayPermissions } from '../../src/auth/permissions.ts'
import type { Loose } from '../kit/client.ts'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { written } from '../kit/journal.ts'
import { world } from '../kit/world.ts'
import { createApiResource, createPermission, createRole, rolesHeld } from './template.ts'

const payload =
  '... on UpdateOrganizationTemplatePayload { organizationTemplate { defaultRole { name isDefault } } } ... on RoleNotAssignableError { roleIds }'
const read = `{ organizationTemplate {
  viewerCanUpdate ownerRole { name isOwner } defaultRole { name isDefault }
  roles { name kind } permissions { key } apiResources { audience } } }`

test('a new deployment has a template to start from (TPL-1)', async () => {
  const { person } = await world({ isolated: true })
  const { permissions, ...rest } = (await (await person()).query(read)).organizationTemplate
  expect(rest).toMatchInlineSnapshot(`
    {
      "apiResources": [],
      "defaultRole": {
        "isDefault": true,
        "name": "Member",
      },
      "ownerRole": {
        "isOwner": true,
        "name": "Owner",
      },
      "roles": [
        {
          "kind": "USER",
          "name": "Owner",
        },
        {
          "kind": "USER",
          "name": "Admin",
        },
        {
          "kind": "USER",
          "name": "Member",
        },
        {
          "kind": "MACHINE",
          "name": "Service",
        },
      ],
      "viewerCanUpdate": false,
    }
  `)
  expect(permissions.map((one: Loose) => one.key)).toEqual([...gatewayPermissionKeys].sort())
})

test('the template lists its gateway permissions first, then by key, and its APIs by audience', async () => {
  const { operator } = await world({ isolated: true })
  const resource = await createApiResource(operator, 'https://b.test')
  await createApiResource(operator, 'https://a.test')
  await createPermission(operator, 'zebra:feed')
  await createPermission(operator, 'apple:peel', resource)
  const { permissions, apiResources } = (await operator.query(read)).organizationTemplate
  const keys = permissions.map((one: Loose) => one.key)
  expect(keys.slice(0, gatewayPermissionKeys.length)).toEqual([...gatewayPermissionKeys].sort())
  expect(keys.slice(gatewayPermissionKeys.length)).toEqual(['apple:peel', 'zebra:feed'])
  expect(apiResources).toEqual([{ audience: 'https://a.test' }, { audience: 'https://b.test' }])
})

test('everyone signed in reads the template, machines too; nobody else does', async () => {
  const { person, machine, anonymous } = await world()
  for (const client of [await person(), await machine()])
    expect((await client.query(read)).organizationTemplate.viewerCanUpdate).toBe(false)
  const answer = await anonymous().send(read)
  expect([answer.data, answer.errors[0]?.extensions.code]).toEqual([null, 'UNAUTHENTICATED'])
})

test('viewerCanUpdate of the template agrees with what a change then does (MGT-1)', async () => {
  const deployment = await world({ isolated: true })
  const input = { defaultRoleId: null }
  const others = ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE', 'USERS_READ', 'APPLICATIONS_WRITE', 'MANAGEMENT_WRITE']
  const without = [deployment.owner, await operatorWith(deployment, others)]
  for (const client of without) {
    expect((await client.query(read)).organizationTemplate.viewerCanUpdate).toBe(false)
    expect(await client.refusal('updateOrganizationTemplate', input)).toBe('FORBIDDEN')
  }
  const holder = await operatorWith(deployment, ['TEMPLATE_WRITE'])
  expect((await holder.query(read)).organizationTemplate.viewerCanUpdate).toBe(true)
  expect((await holder.mutate('updateOrganizationTemplate', input)).organizationTemplate).toBeUndefined()
  expect(await deployment.anonymous().refusal('updateOrganizationTemplate', input)).toBe('UNAUTHENTICATED')
})

test('an operator makes another role the default, and there is only one (TPL-8)', async () => {
  const { operator } = await world({ isolated: true })
  const clerk = await createRole(operator, 'Clerk')
  const { organizationTemplate } = await operator.mutate(
    'updateOrganizationTemplate',
    { defaultRoleId: clerk },
    payload,
  )
  expect(organizationTemplate).toEqual({ defaultRole: { name: 'Clerk', isDefault: true } })
  const data = await operator.query('{ organizationTemplate { roles { name isDefault } } }')
  const defaults = data.organizationTemplate.roles.filter((role: Loose) => role.isDefault)
  expect(defaults).toEqual([{ name: 'Clerk', isDefault: true }])
})

test('the default role is what one joins with when none was named (TPL-8)', async () => {
  const { operator, owner, acme, person } = await world({ isolated: true })
  await operator.mutate('updateOrganizationTemplate', { defaultRoleId: await createRole(operator, 'Clerk') })
  expect(await rolesHeld(owner, (await acme.member()).membershipId)).toEqual(['Clerk'])
  const invited = await person()
  const invite = { organizationId: acme.id, email: invited.email }
  const { invitation } = await owner.mutate('inviteMember', invite, '... on InviteMemberPayload { invitation { id } }')
  const accept = { invitation: { id: invitation.id } }
  const selection = '... on AcceptInvitationPayload { membership { roles { name } } }'
  expect((await invited.mutate('acceptInvitation', accept, selection)).membership.roles).toEqual([{ name: 'Clerk' }])
})

test('with no default role one joins without roles and holds no permission (TPL-8)', async () => {
  const { operator, owner, acme } = await world({ isolated: true })
  const cleared = await operator.mutate('updateOrganizationTemplate', { defaultRoleId: null }, payload)
  expect(cleared.organizationTemplate).toEqual({ defaultRole: null })
  const member = await acme.member()
  expect(await rolesHeld(owner, member.membershipId)).toEqual([])
  const text =
    'query($id: ID!) { organization(by: { id: $id }) { name viewerPermissions { key } members { totalCount } } }'
  const { organization } = await member.query(text, { id: acme.id })
  expect(organization).toMatchObject({ viewerPermissions: [], members: null })
})

test('members who joined before keep their roles when the default changes (TPL-8)', async () => {
  const { operator, owner, acme } = await world({ isolated: true })
  const early = await acme.member()
  await operator.mutate('updateOrganizationTemplate', { defaultRoleId: await createRole(operator, 'Clerk') })
  expect(await rolesHeld(owner, early.membershipId)).toEqual(['Member'])
})

test('an absent field leaves the default as it is, and the same one again changes and writes nothing (TPL-5)', async () => {
  const deployment = await world({ isolated: true })
  const { operator, roleId } = deployment
  const { audit } = await written(deployment, async () => {
    for (const input of [{}, { defaultRoleId: await roleId('Member') }]) {
      const { organizationTemplate } = await operator.mutate('updateOrganizationTemplate', input, payload)
      expect(organizationTemplate).toEqual({ defaultRole: { name: 'Member', isDefault: true } })
    }
  })
  expect(audit).toEqual([])
})

test('neither the owner role, nor one for machines, nor a custom or unknown one can be the default (TPL-8)', async () => {
  const { operator, acme, roleId } = await world({ isolated: true })
  const wrong = [
    await roleId('Owner'),
    await roleId('Service'),
    await acme.customRole([]),
    missingId('OrganizationRole'),
  ]
  for (const defaultRoleId of wrong) {
    const result = await operator.mutate('updateOrganizationTemplate', { defaultRoleId }, payload)
    expect(result).toMatchObject({ __typename: 'RoleNotAssignableError', roleIds: [defaultRoleId] })
  }
  expect((await operator.query(read)).organizationTemplate.defaultRole).toEqual({ name: 'Member', isDefault: true })
})

test('no permission inside an organization reaches the template (MGT-2)', async () => {
  const { acme, roleId } = await world({ isolated: true })
  const input = { defaultRoleId: await roleId('Admin') }
  const everything = await memberWith(acme, gatewayPermissionKeys)
  expect(await everything.refusal('updateOrganizationTemplate', input)).toBe('FORBIDDEN')
})

test('bad input is BAD_USER_INPUT', async () => {
  const { operator, acme } = await world({ isolated: true })
  for (const input of [{ defaultRoleId: acme.id }, { defaultRoleId: '' }, { defaultRole: null }])
    expect(await operator.refusal('updateOrganizationTemplate', input)).toBe('BAD_USER_INPUT')
})

test('permission keys and descriptions of the catalogue obey the rules of permissions (TPL-2)', () => {
  for (const [key, description] of Object.entries(gatewayPermissions)) {
    expect(key).toMatch(/^[a-z0-9-]+(:[a-z0-9-]+){1,2}$/)
    expect(key.length).toBeLessThanOrEqual(128)
    expect(description.length).toBeGreaterThan(0)
    expect(description.length).toBeLessThanOrEqual(256)
  }
})
