import { describe, expect, test } from 'vitest'
import { type GatewayPermission, gatewayPermissionKeys } from '../../../src/auth/permissions.ts'
import { schema } from '../../../src/graphql/schema.ts'
import { world } from '../../kit/world.ts'
import { inputs, type Office, openOffice, promises, sights } from './office.ts'

type Needs = Readonly<Record<string, readonly GatewayPermission[]>>

/** What each mutation inside an organization needs: all of it, and nothing else. */
const mutations: Needs = {
  updateOrganization: ['organization:update'],
  deleteOrganization: ['organization:delete'],
  addMember: ['member:add'],
  addMachineMember: ['member:add'],
  changeMemberRoles: ['member:read', 'member:assign-role'],
  replaceMemberRoles: ['member:read', 'member:assign-role'],
  updateMember: ['member:read', 'member:update'],
  suspendMember: ['member:read', 'member:suspend'],
  restoreMember: ['member:read', 'member:suspend'],
  changeRolesOfMembers: ['member:read', 'member:assign-role'],
  removeMember: ['member:read', 'member:remove'],
  inviteMember: ['invitation:create'],
  inviteMembers: ['invitation:create'],
  updateInvitation: ['invitation:read', 'invitation:create'],
  resendInvitation: ['invitation:read', 'invitation:create'],
  revokeInvitation: ['invitation:read', 'invitation:revoke'],
  createInviteLink: ['invite-link:create'],
  revokeInviteLink: ['invite-link:read', 'invite-link:revoke'],
  approveJoinRequest: ['join-request:read', 'join-request:decide'],
  refuseJoinRequest: ['join-request:read', 'join-request:decide'],
  updateJoinRequestPolicy: ['join-request:configure'],
  createMachineApplication: ['application:manage'],
  updateMachineApplication: ['application:read', 'application:manage'],
  deleteMachineApplication: ['application:read', 'application:manage'],
  createApplicationSecret: ['application:read', 'application:manage'],
  revokeApplicationSecret: ['application:read', 'application:manage'],
  setApplicationKeys: ['application:read', 'application:manage'],
  updateSignInPolicy: ['sign-in-policy:update'],
  addEmailDomain: ['domain:manage'],
  verifyEmailDomain: ['domain:read', 'domain:manage'],
  removeEmailDomain: ['domain:read', 'domain:manage'],
  createSsoConnector: ['sso:manage'],
  updateSsoConnector: ['sso:read', 'sso:manage'],
  refreshSsoConnector: ['sso:read', 'sso:manage'],
  startSsoConnectorTest: ['sso:read', 'sso:manage'],
  deleteSsoConnector: ['sso:read', 'sso:manage'],
  setSsoGroupMappings: ['sso:read', 'sso:manage'],
  createSsoSetupLink: ['sso:read', 'sso:manage'],
  revokeSsoSetupLink: ['sso:read', 'sso:manage'],
  updateJitProvisioning: ['domain:read', 'jit-provisioning:update'],
  createCustomRole: ['role:manage'],
  updateRole: ['role:manage'],
  deleteRole: ['role:manage'],
}
const reads: Needs = {
  members: ['member:read'],
  'the membership of another': ['member:read'],
  'another member as a user': ['member:read'],
  memberCount: ['member:read'],
  invitations: ['invitation:read'],
  'an invitation to another': ['invitation:read'],
  inviteLinks: ['invite-link:read'],
  'a shareable link': ['invite-link:read'],
  joinRequests: ['join-request:read'],
  'a request to join': ['join-request:read'],
  applications: ['application:read'],
  'an application that is owned': ['application:read'],
  'a secret': ['application:read'],
  signInPolicy: ['sign-in-policy:read'],
  emailDomains: ['domain:read'],
  'an email domain': ['domain:read'],
  ssoConnectors: ['sso:read'],
  'a connector': ['sso:read'],
  ssoSetupLinks: ['sso:read'],
  'a setup link': ['sso:read'],
  jitProvisioning: ['domain:read'],
  auditEvents: ['audit:read'],
  'an audit event': ['audit:read'],
}
const flags: Needs = {
  viewerCanUpdate: ['organization:update'],
  viewerCanDelete: ['organization:delete'],
  viewerCanInvite: ['invitation:create'],
  viewerCanAddMembers: ['member:add'],
  viewerCanCreateInviteLinks: ['invite-link:create'],
  viewerCanRevokeLink: ['invite-link:read', 'invite-link:revoke'],
  viewerCanCreateApplications: ['application:manage'],
  viewerCanManage: ['application:read', 'application:manage'],
  viewerCanControl: ['application:read', 'application:manage'],
  viewerCanRevokeSecret: ['application:read', 'application:manage'],
  viewerCanCreateSsoConnector: ['sso:manage'],
  viewerCanManageConnector: ['sso:read', 'sso:manage'],
  viewerCanCreateSsoSetupLink: ['sso:read', 'sso:manage'],
  viewerCanRevokeSetupLink: ['sso:read', 'sso:manage'],
  viewerCanAddEmailDomain: ['domain:manage'],
  viewerCanManageDomain: ['domain:read', 'domain:manage'],
  viewerCanConfigureRequests: ['join-request:configure'],
  viewerCanDecide: ['join-request:read', 'join-request:decide'],
  viewerCanManageRoles: ['role:manage'],
  viewerCanUpdateRole: ['role:manage'],
  viewerCanDeleteRole: ['role:manage'],
  viewerCanChangeRoles: ['member:read', 'member:assign-role'],
  viewerCanUpdateMember: ['member:read', 'member:update'],
  viewerCanSuspend: ['member:read', 'member:suspend'],
  viewerCanRemove: ['member:read', 'member:remove'],
  viewerCanResend: ['invitation:read', 'invitation:create'],
  viewerCanRevoke: ['invitation:read', 'invitation:revoke'],
  viewerCanUpdateInvitation: ['invitation:read', 'invitation:create'],
}

/** Mutations that no permission of a role leads to: of operators, of owners, of invitees, and of everybody. */
const notOfRoles = [
  ...['setEmailDomainVerified', 'setSeatLimit', 'setJitCeiling', 'restoreOrganization', 'purgeOrganization'],
  ...['createOrganization', 'acceptInvitation', 'declineInvitation', 'setManagementPermissions'],
  ...[
    'transferOwnership',
    'acceptOwnership',
    'declineOwnership',
    'cancelOwnershipTransfer',
    'deleteUser',
    'removeSecondFactor',
    'removePasskeys',
    'setBreakGlass',
  ],
  ...[
    'joinByInviteLink',
    'joinSuggestedOrganization',
    'requestToJoin',
    'withdrawJoinRequest',
    'revokeApplicationConsent',
  ],
  // Of two organizations: share-connector.test.ts tries them.
  ...['shareSsoConnector', 'unshareSsoConnector'],
  ...['createApiResource', 'updateApiResource', 'deleteApiResource'],
  ...['setMailTemplate', 'resetMailTemplate'],
  ...['createPermission', 'updatePermission', 'deletePermission', 'createTemplateRole', 'updateOrganizationTemplate'],
]

test('of every mutation it is known which permission it needs', () => {
  const all = Object.keys(schema.getMutationType()?.getFields() ?? {})
  expect(all.sort()).toEqual([...Object.keys(mutations), ...notOfRoles].sort())
  expect(Object.keys(inputs).sort()).toEqual(Object.keys(mutations).sort())
})

test('every gateway permission guards something', () => {
  const guarded = [...Object.values(mutations), ...Object.values(reads)].flat()
  expect(gatewayPermissionKeys.filter(key => !guarded.includes(key))).toEqual([])
})

const without = (permission: GatewayPermission, needs: Needs) =>
  Object.keys(needs).filter(name => !needs[name]?.includes(permission))
const holding = (permissions: readonly GatewayPermission[], needs: Needs) =>
  Object.keys(needs).filter(name => needs[name]?.every(key => permissions.includes(key)))
const isTrue = (found: Record<string, boolean>) => Object.keys(found).filter(name => found[name])
const sorted = (names: readonly string[]) => [...names].sort()

describe.each(gatewayPermissionKeys)('a member who holds everything but %s', permission => {
  test('may do all but what needs it', async () => {
    const office = await openOffice(
      await world(),
      gatewayPermissionKeys.filter(key => key !== permission),
    )
    expect(sorted(isTrue(await sights(office)))).toEqual(sorted(without(permission, reads)))
    expect(sorted(isTrue(await promises(office)))).toEqual(
      // Who may invite may assign as well: both offer roles.
      sorted([...without(permission, flags), 'viewerCanLeave', 'viewerCanAssign']),
    )
    expect(sorted(await possible(office))).toEqual(sorted(without(permission, mutations)))
  })
})

const sets = [...new Map(Object.values(mutations).map(set => [set.join(' '), set])).entries()]

describe.each(sets)('a member who holds only %s', (_name, permissions) => {
  test('may do what needs nothing else', async () => {
    const office = await openOffice(await world(), permissions)
    expect(sorted(isTrue(await sights(office)))).toEqual(sorted(holding(permissions, reads)))
    const gives = permissions.some(key =>
      ['member:assign-role', 'invitation:create', 'invite-link:create', 'join-request:decide'].includes(key),
    )
    expect(sorted(isTrue(await promises(office)))).toEqual(
      sorted([...holding(permissions, flags), 'viewerCanLeave', ...(gives ? ['viewerCanAssign'] : [])]),
    )
    expect(sorted(await possible(office))).toEqual(sorted(holding(permissions, mutations)))
  })
})

/** The mutations that go through; the others have to be refused, and not for what is wrong with the input. */
async function possible(office: Office): Promise<string[]> {
  const done: string[] = []
  for (const [name, inputFor] of Object.entries(inputs)) {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
    const query = `mutation($input: ${type}Input!) { ${name}(input: $input) { __typename } }`
    const answer = await office.clerk.send(query, { input: inputFor(office) })
    const code = answer.errors[0]?.extensions.code
    if (answer.data?.[name]?.__typename === `${type}Payload`) done.push(name)
    else expect(['FORBIDDEN', 'NOT_FOUND'], `${name}: ${JSON.stringify(answer)}`).toContain(code)
  }
  return done
}
