import { beforeAll, describe, expect, test } from 'vitest'
import { type Client, createClient } from '../kit/client.ts'
import { uuidOf } from '../kit/journal.ts'
import { bound } from '../kit/organization-token.ts'
import { refusalOf } from '../kit/people.ts'
import { type World, world } from '../kit/world.ts'

let w: World
beforeAll(async () => {
  w = await world()
})

const members = 'query($id: ID!) { organization(by: { id: $id }) { name members { totalCount } } }'
const permissions = 'query($id: ID!) { organization(by: { id: $id }) { viewerPermissions { key } } }'
const keysOf = (data: { organization: { viewerPermissions: { key: string }[] } }) =>
  data.organization.viewerPermissions.map(one => one.key)

describe('a request with an organization token', () => {
  test('is made by the member whom the token names, in the organization that it names (TOK-1)', async () => {
    const { acme, owner } = w
    const client = await bound(w, owner, acme, ['member:read'])
    const data = await client.query(members, { id: acme.id })
    expect(data.organization.members.totalCount).toBe(1)
    expect(await client.id()).toBe(await owner.id())
  })

  test('may do what the token says, of what is held, and no more (TOK-7)', async () => {
    const { acme } = w
    const role = await acme.customRole(['member:read', 'invitation:read'])
    const member = await memberWith(role)
    const narrow = await bound(w, member, acme, ['member:read'])
    expect(keysOf(await narrow.query(permissions, { id: acme.id }))).toEqual(['member:read'])
    const wide = await bound(w, member, acme, ['member:read', 'invitation:read', 'role:manage', 'organization:delete'])
    expect(keysOf(await wide.query(permissions, { id: acme.id }))).toEqual(['invitation:read', 'member:read'])
    expect(await wide.refusal('deleteOrganization', { organizationId: acme.id })).toBe('FORBIDDEN')
  })

  test('without scope may do nothing, and still sees the organization (TOK-2)', async () => {
    const { acme, owner } = w
    const client = await bound(w, owner, acme, [])
    const { organization } = await client.query(members, { id: acme.id })
    expect(organization).toEqual({ name: expect.any(String), members: null })
    expect(await client.refusal('updateOrganization', { organizationId: acme.id, name: 'Mine' })).toBe('FORBIDDEN')
  })

  test('grants only what the token says (ROL-3, TOK-7)', async () => {
    const { acme, owner } = w
    const client = await bound(w, owner, acme, ['role:manage', 'member:read'])
    const ids = [await w.permissionId('member:read'), await w.permissionId('audit:read')]
    const input = { organizationId: acme.id, name: 'Auditors', permissionIds: ids }
    expect((await client.mutate('createCustomRole', input)).__typename).toBe('PermissionEscalationError')
  })

  test('has the permissions of the product that the token says, but not those of an API (TOK-3)', async () => {
    const { acme, operator } = w
    const made = '... on CreatePermissionPayload { permission { id key } }'
    const key = `order${uuidOf(acme.id).slice(-6)}:read`
    const plain = await operator.mutate('createPermission', { key, description: 'Read orders.' }, made)
    const audience = `https://orders.test/${uuidOf(acme.id)}`
    const api = await operator.mutate(
      'createApiResource',
      { audience, name: 'Orders' },
      '... on CreateApiResourcePayload { apiResource { id } }',
    )
    const ofApi = await operator.mutate(
      'createPermission',
      { key, description: 'Read orders there.', apiResourceId: api.apiResource.id },
      made,
    )
    const permissionIds = [plain.permission.id, ofApi.permission.id]
    const role = await operator.mutate(
      'createCustomRole',
      { organizationId: acme.id, name: `Orders ${key}`, permissionIds },
      '... on CreateCustomRolePayload { role { id } }',
    )
    const member = await memberWith(role.role.id)
    const shown = 'query($id: ID!) { organization(by: { id: $id }) { viewerPermissions { id } } }'
    const idsOf = async (client: Client) =>
      (await client.query(shown, { id: acme.id })).organization.viewerPermissions.map((one: { id: string }) => one.id)
    expect((await idsOf(member)).sort()).toEqual(permissionIds.sort())
    expect(await idsOf(await bound(w, member, acme, [key]))).toEqual([plain.permission.id])
  })

  test('of a machine is made by the machine, within its own roles (MEM-10)', async () => {
    const { acme, operator } = w
    const machine = await w.machine()
    const roleIds = [await acme.customRole(['member:read'], { kind: 'MACHINE' })]
    await operator.mutate('addMachineMember', {
      ...{ organizationId: acme.id, applicationId: await machine.id(), roleIds },
    })
    const client = await bound(w, machine, acme, ['member:read', 'audit:read'])
    expect(keysOf(await client.query(permissions, { id: acme.id }))).toEqual(['member:read'])
    expect((await client.query('{ viewer { principal { __typename } } }')).viewer.principal.__typename).toBe(
      'MachineApplication',
    )
  })
})

describe('an operator with an organization token', () => {
  test('manages nothing, by configuration or by grant (TOK-7)', async () => {
    const { acme, operator } = w
    const granted = await w.person()
    const input = { principalId: await granted.id(), permissions: ['ORGANIZATIONS_READ'] }
    await operator.mutate('setManagementPermissions', input)
    for (const person of [operator, granted]) {
      const client = await bound(w, person, acme, ['member:read', 'organizations:read', 'template:write'])
      expect(await client.query('{ viewer { managementPermissions } }')).toEqual({
        viewer: { managementPermissions: [] },
      })
      expect((await client.query(members, { id: acme.id })).organization).toBeNull()
      const { errors } = await client.send('{ organizations { totalCount } }')
      expect(errors[0]).toMatchObject({
        message: 'This token is for one organization, and this is beyond it: use a token for the gateway.',
        extensions: { code: 'FORBIDDEN', permission: 'organizations:read' },
      })
    }
  })
})

describe('beyond its organization an organization token', () => {
  test('makes no organization, and joins none (TOK-7)', async () => {
    const { acme, owner } = w
    const client = await bound(w, owner, acme, ['organization:update'])
    const other = await w.organization(await w.person())
    const beyond = 'This token is for one organization, and this is beyond it: use a token for the gateway.'
    expect(await refusalOf(client, 'createOrganization', { name: 'Another' })).toMatchObject({ message: beyond })
    expect(await refusalOf(client, 'requestToJoin', { slug: other.slug })).toMatchObject({ message: beyond })
    expect(await client.query('{ viewer { viewerCanCreateOrganization } }')).toEqual({
      viewer: { viewerCanCreateOrganization: false },
    })
  })

  test('knows of no membership, invitation, request, deletion or suspension of the same person (TOK-7)', async () => {
    const { acme, owner } = w
    const here = await bound(w, owner, acme, ['member:read'])
    const elsewhere = await w.organization(await w.person())
    await w.operator.mutate('addMember', { organizationId: elsewhere.id, userId: await owner.id() })
    const suspendedAt = await w.organization(await w.person())
    const made = '... on AddMemberPayload { membership { id } }'
    const input = { organizationId: suspendedAt.id, userId: await owner.id() }
    const added = await w.operator.mutate('addMember', input, made)
    await w.operator.mutate('suspendMember', { membershipId: added.membership.id })
    const mine = await w.organization(owner)
    await owner.mutate('deleteOrganization', { organizationId: mine.id })
    const host = await w.person()
    const inviting = await w.organization(host)
    await host.mutate('inviteMember', { organizationId: inviting.id, email: owner.email })
    await host.mutate('updateJoinRequestPolicy', { organizationId: inviting.id, access: 'OPEN' })
    await owner.mutate('requestToJoin', { slug: inviting.slug })
    const query = `{ viewer { memberships { nodes { organization { id } } } invitations { totalCount }
      joinRequests { totalCount } deletedOrganizations { totalCount } suspensions { organizationName } } }`
    const all = (await owner.query(query)).viewer
    expect([all.invitations, all.joinRequests, all.deletedOrganizations].map(list => list.totalCount)).toEqual([
      1, 1, 1,
    ])
    expect(all.suspensions).toHaveLength(1)
    expect((await here.query(query)).viewer).toEqual({
      memberships: { nodes: [{ organization: { id: acme.id } }] },
      invitations: { totalCount: 0 },
      joinRequests: { totalCount: 0 },
      deletedOrganizations: { totalCount: 0 },
      suspensions: [],
    })
  })

  test('does not do what a person decides for themselves: leave, hand ownership on (TOK-7)', async () => {
    const { acme, owner } = w
    const client = await bound(w, owner, acme, ['member:remove', 'member:read', 'organization:delete'])
    const message =
      'A person decides this for themselves, and no organization token does it: use a token for the gateway.'
    const leaving = await refusalOf(client, 'removeMember', { membershipId: owner.membershipId })
    expect(leaving).toMatchObject({ message, extensions: { code: 'FORBIDDEN' } })
    const other = await acme.member()
    const input = { organizationId: acme.id, newOwnerMembershipId: other.membershipId }
    expect(await refusalOf(client, 'transferOwnership', input)).toMatchObject({ message })
    await owner.mutate('transferOwnership', input)
    const query = 'query($id: ID!) { organization(by: { id: $id }) { viewerCanLeave ownershipTransfer { id } } }'
    const receiver = await bound(w, other, acme, [])
    const { organization } = await receiver.query(query, { id: acme.id })
    expect(organization.viewerCanLeave).toBe(false)
    const ownershipTransferId = organization.ownershipTransfer.id
    for (const name of ['acceptOwnership', 'declineOwnership'])
      expect(await refusalOf(receiver, name, { ownershipTransferId })).toMatchObject({ message })
    expect(await refusalOf(client, 'cancelOwnershipTransfer', { ownershipTransferId })).toMatchObject({ message })
    await owner.mutate('cancelOwnershipTransfer', { ownershipTransferId })
  })
})

describe('a token of the built-in issuer', () => {
  test('for the gateway as a whole is an ordinary one: all organizations, all that is held', async () => {
    const { acme, owner, signer, app } = w
    const sub = uuidOf(await owner.id())
    const token = await signer.sign({ sub, client_id: 'app', aud: signer.audience, scope: 'openid' })
    const client = createClient(app, token)
    expect((await client.query(members, { id: acme.id })).organization.members).not.toBeNull()
  })

  test('brings nobody back who was deleted', async () => {
    const gone = await w.person()
    const sub = uuidOf(await gone.id())
    await w.operator.mutate('deleteUser', { userId: await gone.id() })
    const token = await w.signer.sign({ sub, client_id: 'app', aud: w.signer.audience })
    const answer = await createClient(w.app, token).send('{ viewer { principal { id } } }')
    expect(answer.status).toBe(401)
    expect(answer.errors[0]?.message).toBe('The account of this token is gone.')
  })
})

async function memberWith(roleId: string) {
  const person = await w.person()
  const input = { organizationId: w.acme.id, userId: await person.id(), roleIds: [roleId] }
  await w.operator.mutate('addMember', input)
  return person
}
