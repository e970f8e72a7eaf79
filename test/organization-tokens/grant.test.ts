import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memberWith } from '../kit/holders.ts'
import { uuidOf } from '../kit/journal.ts'
import { bound } from '../kit/organization-token.ts'
import { type World, world } from '../kit/world.ts'
import { type Granting, openGranting } from './granting.ts'

let w: World
let granting: Granting
beforeAll(async () => {
  w = await world()
  granting = await openGranting(w)
})
afterAll(() => granting.close())

describe('a token for an organization', () => {
  test('permits at the gateway what it says: of what is held, as far as it was asked for (TOK-2, TOK-7)', async () => {
    const member = await memberWith(w.acme, ['member:read', 'audit:read', 'role:manage'])
    const query = 'query($id: ID!) { organization(by: { id: $id }) { viewerPermissions { key } } }'
    for (const scopes of [null, ['role:manage', 'member:add'], []]) {
      const grant = await granting.grant(member, w.acme.id, { scopes })
      if (!grant.ok) throw new Error(grant.description)
      const client = await bound(w, member, w.acme, grant.scopes)
      const { organization } = await client.query(query, { id: w.acme.id })
      expect(organization.viewerPermissions.map((one: { key: string }) => one.key)).toEqual(grant.scopes)
    }
  })

  test('says all that a person holds there who asks for nothing (TOK-2)', async () => {
    const member = await memberWith(w.acme, ['member:read', 'audit:read'])
    expect(await granting.grant(member, w.acme.id)).toEqual({
      ok: true,
      organizationId: uuidOf(w.acme.id),
      slug: w.acme.slug,
      scopes: ['audit:read', 'member:read'],
      roles: [expect.any(String)],
      seconds: 600,
    })
  })

  test('says what is asked for, as far as it is held; the rest is dropped without a word (TOK-2)', async () => {
    const member = await memberWith(w.acme, ['member:read', 'audit:read'])
    const asked = { scopes: ['openid', 'member:read', 'organization:delete'] }
    expect(await granting.grant(member, w.acme.id, asked)).toMatchObject({ ok: true, scopes: ['member:read'] })
    expect(await granting.grant(member, w.acme.id, { scopes: [] })).toMatchObject({ ok: true, scopes: [] })
  })

  test('says nothing to a member without roles, and is one still (TOK-2)', async () => {
    const member = await w.acme.member({ roles: [] })
    expect(await granting.grant(member, w.acme.id)).toMatchObject({ ok: true, scopes: [], roles: [] })
  })

  test('says to a machine what it asks for, and nothing if it asks for nothing (TOK-2)', async () => {
    const machine = await w.machine()
    const roleIds = [await w.acme.customRole(['member:read'], { kind: 'MACHINE' })]
    const input = { organizationId: w.acme.id, applicationId: await machine.id(), roleIds }
    await w.operator.mutate('addMachineMember', input)
    expect(await granting.grant(machine, w.acme.id)).toMatchObject({ ok: true, scopes: [] })
    const asked = { scopes: ['member:read', 'audit:read'] }
    expect(await granting.grant(machine, w.acme.id, asked)).toMatchObject({ ok: true, scopes: ['member:read'] })
  })

  test('is found by the slug as well, by one of before, too', async () => {
    const owner = await w.person()
    const organization = await w.organization(owner)
    const slug = `moved-${randomUUID().slice(0, 8)}`
    await owner.mutate('updateOrganization', { organizationId: organization.id, slug })
    for (const sought of [slug, organization.slug, slug.toUpperCase()])
      expect(await granting.grant(owner, organization.id, { organization: { slug: sought } })).toMatchObject({
        ...{ ok: true, organizationId: uuidOf(organization.id), slug },
      })
  })

  test('is not longer than the configuration says (TOK-1)', async () => {
    const short = await openGranting(w, { ORGANIZATION_TOKEN_SECONDS: '120' })
    expect(await short.grant(w.owner, w.acme.id)).toMatchObject({ ok: true, seconds: 120 })
    await short.close()
    await expect(openGranting(w, { ORGANIZATION_TOKEN_SECONDS: '3601' })).rejects.toThrow('ORGANIZATION_TOKEN_SECONDS')
  })

  test('is decided anew each time: what was given or taken meanwhile counts (TOK-5, ROL-4)', async () => {
    const member = await w.acme.member({ roles: [] })
    const roleIds = [await w.acme.customRole(['audit:read'])]
    await w.owner.mutate('replaceMemberRoles', { membershipId: member.membershipId, roleIds })
    expect(await granting.grant(member, w.acme.id)).toMatchObject({ scopes: ['audit:read'] })
    await w.owner.mutate('replaceMemberRoles', { membershipId: member.membershipId, roleIds: [] })
    expect(await granting.grant(member, w.acme.id)).toMatchObject({ scopes: [] })
  })

  test('costs as many statements for many roles and permissions as for one', async () => {
    const one = await memberWith(w.acme, ['member:read'])
    const many = await w.acme.member({ roles: ['Owner', 'Admin', 'Member'] })
    granting.statements.splice(0)
    await granting.grant(one, w.acme.id)
    const few = granting.statements.splice(0).map(statement => statement.name)
    await granting.grant(many, w.acme.id)
    const more = granting.statements.splice(0).map(statement => statement.name)
    expect(more.length).toBeLessThanOrEqual(few.length)
    expect(few.length).toBeLessThanOrEqual(7)
  })
})

describe('a token for an API in an organization', () => {
  test("says that API's permissions alone, and one for the organization says none of them (TOK-3)", async () => {
    const audience = `https://invoices.test/${randomUUID()}`
    const api = '... on CreateApiResourcePayload { apiResource { id } }'
    const { apiResource } = await w.operator.mutate('createApiResource', { audience, name: 'Invoices' }, api)
    const key = `invoice:r${randomUUID().slice(0, 6)}`
    const permission = '... on CreatePermissionPayload { permission { id } }'
    const input = { key, description: 'Reads invoices.', apiResourceId: apiResource.id }
    const made = await w.operator.mutate('createPermission', input, permission)
    const role = '... on CreateCustomRolePayload { role { id } }'
    const permissionIds = [made.permission.id, await w.permissionId('member:read')]
    const name = `Invoices ${randomUUID()}`
    const custom = await w.operator.mutate(
      ...(['createCustomRole', { organizationId: w.acme.id, name, permissionIds }, role] as const),
    )
    const member = await w.acme.member({ roles: [] })
    await w.operator.mutate('changeMemberRoles', { membershipId: member.membershipId, addRoleIds: [custom.role.id] })
    expect(await granting.grant(member, w.acme.id, { resource: audience })).toMatchObject({ scopes: [key] })
    expect(await granting.grant(member, w.acme.id)).toMatchObject({ scopes: ['member:read'] })
  })

  test('that is not registered is invalid_target (RFC 8707), to members alone', async () => {
    const asked = { resource: 'https://unknown.test' }
    expect(await granting.grant(w.owner, w.acme.id, asked)).toMatchObject({ ok: false, error: 'invalid_target' })
    expect(await granting.grant(await w.person(), w.acme.id, asked)).toMatchObject({ error: 'access_denied' })
  })
})

test('an operator, who sees every organization, gets no token for one without being a member (TOK-4)', async () => {
  const operator = await w.person()
  const permissions = ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE']
  await w.operator.mutate('setManagementPermissions', { principalId: await operator.id(), permissions })
  expect(await granting.grant(operator, w.acme.id)).toMatchObject({ ok: false, error: 'access_denied' })
})
