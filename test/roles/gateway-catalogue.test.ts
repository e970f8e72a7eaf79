import { expect, test } from 'vitest'
import { type GatewayPermission, gatewayPermissionKeys, gatewayPermissions } from '../../src/auth/permissions.ts'
import { anyProvider } from '../kit/any-provider.ts'
import type { Loose } from '../kit/client.ts'
import { memberWith } from '../kit/holders.ts'
import { outcomeOf } from '../kit/outcome.ts'
import { type Member, type World, world } from '../kit/world.ts'
import { requestIn } from '../security/isolation/side.ts'

interface Door {
  /** What one must hold besides, to get as far as the door. */
  needs?: GatewayPermission[]
  open: (deployment: World, member: Member) => Promise<boolean>
}

const mutates = async (member: Member, name: string, input: object) =>
  (await outcomeOf(member, name, input)).endsWith('Payload')

const reads = async ({ acme }: World, member: Member, connection: string) => {
  const text = `query($id: ID!) { organization(by: { id: $id }) { ${connection} { totalCount } } }`
  return (await member.query(text, { id: acme.id })).organization[connection] !== null
}

/** For each gateway permission something that its holder can do, and one who holds all the others cannot. */
const doors: Record<GatewayPermission, Door> = {
  'organization:update': {
    open: ({ acme }, member) => mutates(member, 'updateOrganization', { organizationId: acme.id, name: 'Renamed' }),
  },
  'organization:delete': {
    open: ({ acme }, member) => mutates(member, 'deleteOrganization', { organizationId: acme.id }),
  },
  'member:read': { open: (deployment, member) => reads(deployment, member, 'members') },
  'member:add': {
    open: async ({ acme, organization }, member) => {
      const elsewhere = await organization(member)
      const userId = await (await elsewhere.member()).id()
      return mutates(member, 'addMember', { organizationId: acme.id, userId, roleIds: [] })
    },
  },
  'member:remove': {
    needs: ['member:read'],
    open: async ({ acme }, member) => {
      const { membershipId } = await acme.member({ roles: [] })
      return mutates(member, 'removeMember', { membershipId })
    },
  },
  'member:update': {
    needs: ['member:read'],
    open: async ({ acme }, member) => {
      const { membershipId } = await acme.member({ roles: [] })
      return mutates(member, 'updateMember', { membershipId, customData: { replace: {} } })
    },
  },
  'member:suspend': {
    needs: ['member:read'],
    open: async ({ acme }, member) => {
      const { membershipId } = await acme.member({ roles: [] })
      return mutates(member, 'suspendMember', { membershipId })
    },
  },
  'member:assign-role': {
    needs: ['member:read'],
    open: async ({ acme }, member) => {
      const { membershipId } = await acme.member({ roles: [] })
      return mutates(member, 'changeMemberRoles', { membershipId, addRoleIds: [await acme.customRole([])] })
    },
  },
  'invitation:read': { open: (deployment, member) => reads(deployment, member, 'invitations') },
  'invitation:create': {
    open: ({ acme }, member) =>
      mutates(member, 'inviteMember', { organizationId: acme.id, email: 'new@people.test', roleIds: [] }),
  },
  'invitation:revoke': {
    needs: ['invitation:read'],
    open: async ({ acme, owner }, member) => {
      const input = { organizationId: acme.id, email: 'offered@people.test', roleIds: [] }
      const selection = '... on InviteMemberPayload { invitation { id } }'
      const { invitation } = await owner.mutate('inviteMember', input, selection)
      return mutates(member, 'revokeInvitation', { invitationId: invitation.id })
    },
  },
  'invite-link:read': { open: (deployment, member) => reads(deployment, member, 'inviteLinks') },
  'invite-link:create': {
    open: ({ acme }, member) =>
      mutates(member, 'createInviteLink', { organizationId: acme.id, label: 'Team', roleIds: [] }),
  },
  'invite-link:revoke': {
    needs: ['invite-link:read'],
    open: async ({ acme, owner }, member) => {
      const input = { organizationId: acme.id, label: 'Team', roleIds: [] }
      const selection = '... on CreateInviteLinkPayload { inviteLink { id } }'
      const { inviteLink } = await owner.mutate('createInviteLink', input, selection)
      return mutates(member, 'revokeInviteLink', { inviteLinkId: inviteLink.id })
    },
  },
  'join-request:read': { open: (deployment, member) => reads(deployment, member, 'joinRequests') },
  'join-request:decide': {
    needs: ['join-request:read'],
    open: async (deployment, member) =>
      mutates(member, 'refuseJoinRequest', {
        joinRequestId: await requestIn(deployment, deployment.acme, deployment.owner),
      }),
  },
  'join-request:configure': {
    open: ({ acme }, member) => mutates(member, 'updateJoinRequestPolicy', { organizationId: acme.id, access: 'OPEN' }),
  },
  'application:read': { open: (deployment, member) => reads(deployment, member, 'applications') },
  'application:manage': {
    open: ({ acme }, member) => mutates(member, 'createMachineApplication', { organizationId: acme.id, name: 'Sync' }),
  },
  'sign-in-policy:read': {
    open: async ({ acme }, member) => {
      const text = 'query($id: ID!) { organization(by: { id: $id }) { signInPolicy { requiresMfa } } }'
      return (await member.query(text, { id: acme.id })).organization.signInPolicy !== null
    },
  },
  'sign-in-policy:update': {
    open: ({ acme }, member) =>
      mutates(member, 'updateSignInPolicy', { organizationId: acme.id, maxSessionMinutes: 60 }),
  },
  'domain:read': {
    open: async ({ acme }, member) => {
      const text = 'query($id: ID!) { organization(by: { id: $id }) { emailDomains { domain } } }'
      return (await member.query(text, { id: acme.id })).organization.emailDomains !== null
    },
  },
  'domain:manage': {
    open: ({ acme }, member) => mutates(member, 'addEmailDomain', { organizationId: acme.id, domain: 'acme.com' }),
  },
  'sso:read': {
    open: async ({ acme }, member) => {
      const text = 'query($id: ID!) { organization(by: { id: $id }) { ssoConnectors { name } } }'
      return (await member.query(text, { id: acme.id })).organization.ssoConnectors !== null
    },
  },
  'sso:manage': {
    open: ({ acme }, member) =>
      mutates(member, 'createSsoConnector', { organizationId: acme.id, name: 'Provider', settings: anyProvider }),
  },
  'jit-provisioning:update': {
    needs: ['domain:read'],
    open: ({ acme }, member) => mutates(member, 'updateJitProvisioning', { organizationId: acme.id, isEnabled: false }),
  },
  'role:manage': {
    open: ({ acme }, member) =>
      mutates(member, 'createCustomRole', { organizationId: acme.id, name: 'Made', permissionIds: [] }),
  },
  'audit:read': { open: (deployment, member) => reads(deployment, member, 'auditEvents') },
}

test.each(gatewayPermissionKeys)('%s opens something that all the others together do not (MGT-1)', async key => {
  const { needs = [], open } = doors[key]
  const closed = await world()
  const others = gatewayPermissionKeys.filter(other => other !== key)
  expect(await open(closed, await memberWith(closed.acme, others))).toBe(false)
  const opened = await world()
  expect(await open(opened, await memberWith(opened.acme, [...needs, key]))).toBe(true)
})

test('whoever holds no permission does nothing but see the organization and leave (TPL-8)', async () => {
  for (const key of gatewayPermissionKeys) {
    const deployment = await world()
    const bare = await deployment.acme.member({ roles: [] })
    expect(await doors[key].open(deployment, bare)).toBe(false)
    expect(await mutates(bare, 'removeMember', { membershipId: bare.membershipId })).toBe(true)
  }
})

test('the catalogue in the graph is the catalogue in code (TPL-2)', async () => {
  const { operator } = await world({ isolated: true })
  const text =
    '{ organizationTemplate { permissions { key description isBuiltIn isOpenToCustomRoles apiResource { id } } } }'
  const { permissions } = (await operator.query(text)).organizationTemplate
  const expected = Object.entries(gatewayPermissions)
    .map(([key, description]) => ({ key, description, isBuiltIn: true, isOpenToCustomRoles: true, apiResource: null }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
  expect(permissions).toEqual(expected)
})

test('what the schema says a field requires, is a permission of the catalogue (TPL-2)', async () => {
  const { operator } = await world()
  const text = '{ __schema { types { name fields { name description } } } }'
  const { types } = (await operator.query(text)).__schema
  const described = types.flatMap((type: Loose) => (type.fields ?? []).map((field: Loose) => field.description ?? ''))
  const named = described.flatMap((words: string) =>
    [...words.matchAll(/Requires `([a-z-]+:[a-z-]+)`/g)].map(match => match[1]),
  )
  expect(named.length).toBeGreaterThan(0)
  for (const key of named) expect(gatewayPermissionKeys).toContain(key)
})
