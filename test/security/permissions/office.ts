import type { GatewayPermission } from '../../../src/auth/permissions.ts'
import { anyProvider, anySamlProvider } from '../../kit/any-provider.ts'
import type { Person, TestOrganization, World } from '../../kit/world.ts'
import {
  applicationIn,
  connectorOf,
  domainOf,
  invitationTo,
  inviteLinkTo,
  joined,
  ownedApplication,
  requestIn,
  secretOf,
  setupLinkTo,
} from '../isolation/side.ts'

/** A member with certain permissions, and an organization in which everything that can be done is there to be done. */
export interface Office {
  readonly clerk: Person
  readonly organization: TestOrganization
  readonly owner: Person
  /** A member without roles. */
  readonly colleague: { readonly membershipId: string; readonly userId: string }
  readonly roleId: string
  /** Somebody, and a machine, whom the clerk knows from elsewhere. */
  readonly userId: string
  readonly applicationId: string
  readonly invitationId: string
  readonly inviteLinkId: string
  /** Of the organization; two, of which one is in nobody's way once it is gone. */
  readonly ownedApplicationIds: readonly [string, string]
  readonly secretId: string
  readonly emailDomainId: string
  readonly ssoConnectorId: string
  readonly samlConnectorId: string
  readonly ssoSetupLinkId: string
  /** Two of them: what is decided is decided once. */
  readonly joinRequestIds: readonly [string, string]
}

export async function openOffice(world: World, permissions: readonly GatewayPermission[]): Promise<Office> {
  const owner = await world.person()
  const organization = await world.organization(owner)
  const elsewhere = await world.organization(await world.person())
  const held = await organization.customRole([...permissions], { name: 'Clerk' })
  const clerk = await joined(world, organization, await world.person(), [held])
  await joined(world, elsewhere, clerk, [await world.roleId('Member')])
  const colleague = await joined(world, organization, await world.person())
  const ownedApplicationIds = [
    await ownedApplication(organization, owner, 'One'),
    await ownedApplication(organization, owner, 'Other'),
  ] as const
  const emailDomainId = await domainOf(organization, owner, `${crypto.randomUUID()}.com`)
  // A proof that asks for no record.
  await world.operator.mutate('setEmailDomainVerified', { emailDomainId })
  return {
    ...{ clerk, organization, owner, ownedApplicationIds },
    secretId: await secretOf(ownedApplicationIds[0], owner, 'A secret'),
    emailDomainId,
    ssoConnectorId: await connectorOf(organization, owner, 'Provider'),
    samlConnectorId: await connectorOf(organization, owner, 'Provider of SAML', [], anySamlProvider),
    ssoSetupLinkId: await setupLinkTo(organization, owner, 'A setup link'),
    colleague: { membershipId: colleague.membershipId, userId: await colleague.id() },
    roleId: await organization.customRole([], { name: 'Idle' }),
    userId: await (await joined(world, elsewhere, await world.person())).id(),
    applicationId: await applicationIn(world, elsewhere, 'A machine'),
    invitationId: await invitationTo(organization, owner, `${crypto.randomUUID()}@people.test`, []),
    inviteLinkId: (await inviteLinkTo(organization, owner, 'A link', [])).id,
    joinRequestIds: [await requestIn(world, organization, owner), await requestIn(world, organization, owner)],
  }
}

/** An input of each mutation that touches nothing beyond what its own permission says; the last takes the rest away. */
export const inputs: Readonly<Record<string, (office: Office) => object>> = {
  updateOrganization: ({ organization }) => ({ organizationId: organization.id, description: 'Changed' }),
  addMember: ({ organization, userId }) => ({ organizationId: organization.id, userId, roleIds: [] }),
  addMachineMember: ({ organization, applicationId }) => ({
    ...{ organizationId: organization.id, applicationId, roleIds: [] },
  }),
  changeMemberRoles: ({ colleague, roleId }) => ({ membershipId: colleague.membershipId, addRoleIds: [roleId] }),
  changeRolesOfMembers: ({ organization, colleague, roleId }) => ({
    ...{ organizationId: organization.id, membershipIds: [colleague.membershipId], removeRoleIds: [roleId] },
  }),
  replaceMemberRoles: ({ colleague }) => ({ membershipId: colleague.membershipId, roleIds: [] }),
  updateMember: ({ colleague }) => ({ membershipId: colleague.membershipId, customData: { replace: { desk: 1 } } }),
  suspendMember: ({ colleague }) => ({ membershipId: colleague.membershipId }),
  restoreMember: ({ colleague }) => ({ membershipId: colleague.membershipId }),
  removeMember: ({ colleague }) => ({ membershipId: colleague.membershipId }),
  inviteMember: ({ organization }) => ({ organizationId: organization.id, email: 'new@people.test', roleIds: [] }),
  inviteMembers: ({ organization }) => ({
    ...{ organizationId: organization.id, invitations: [{ email: 'newer@people.test', roleIds: [] }] },
  }),
  updateInvitation: ({ invitationId }) => ({ invitationId, roleIds: [] }),
  resendInvitation: ({ invitationId }) => ({ invitationId }),
  revokeInvitation: ({ invitationId }) => ({ invitationId }),
  createInviteLink: ({ organization }) => ({ organizationId: organization.id, label: 'New', roleIds: [] }),
  revokeInviteLink: ({ inviteLinkId }) => ({ inviteLinkId }),
  approveJoinRequest: ({ joinRequestIds: [joinRequestId] }) => ({ joinRequestId, roleIds: [] }),
  refuseJoinRequest: ({ joinRequestIds: [, joinRequestId] }) => ({ joinRequestId }),
  updateJoinRequestPolicy: ({ organization }) => ({ organizationId: organization.id, access: 'OPEN' }),
  createMachineApplication: ({ organization }) => ({ organizationId: organization.id, name: 'New' }),
  updateMachineApplication: ({ ownedApplicationIds: [applicationId] }) => ({ applicationId, name: 'Renamed' }),
  createApplicationSecret: ({ ownedApplicationIds: [applicationId] }) => ({ applicationId }),
  revokeApplicationSecret: ({ secretId }) => ({ secretId }),
  setApplicationKeys: ({ ownedApplicationIds: [applicationId] }) => ({ applicationId, jwks: { keys: [] } }),
  deleteMachineApplication: ({ ownedApplicationIds: [, applicationId] }) => ({ applicationId }),
  updateSignInPolicy: ({ organization }) => ({ organizationId: organization.id, maxSessionMinutes: 60 }),
  addEmailDomain: ({ organization }) => ({ organizationId: organization.id, domain: 'new-office.com' }),
  verifyEmailDomain: ({ emailDomainId }) => ({ emailDomainId }),
  removeEmailDomain: ({ emailDomainId }) => ({ emailDomainId }),
  createSsoConnector: ({ organization }) => ({ organizationId: organization.id, name: 'New', settings: anyProvider }),
  updateSsoConnector: ({ ssoConnectorId }) => ({ ssoConnectorId, name: 'Renamed' }),
  refreshSsoConnector: ({ samlConnectorId }) => ({ ssoConnectorId: samlConnectorId }),
  startSsoConnectorTest: ({ ssoConnectorId }) => ({ ssoConnectorId }),
  setSsoGroupMappings: ({ organization, ssoConnectorId }) => ({
    ...{ organizationId: organization.id, ssoConnectorId, mappings: [] },
  }),
  createSsoSetupLink: ({ organization }) => ({ organizationId: organization.id, label: 'New' }),
  revokeSsoSetupLink: ({ ssoSetupLinkId }) => ({ ssoSetupLinkId }),
  deleteSsoConnector: ({ ssoConnectorId }) => ({ ssoConnectorId }),
  updateJitProvisioning: ({ organization }) => ({ organizationId: organization.id, isEnabled: false }),
  createCustomRole: ({ organization }) => ({ organizationId: organization.id, name: 'New', permissionIds: [] }),
  updateRole: ({ roleId }) => ({ roleId, description: 'Changed' }),
  deleteRole: ({ roleId }) => ({ roleId }),
  deleteOrganization: ({ organization }) => ({ organizationId: organization.id }),
}

/** What needs a permission to be read, and whether the clerk sees it. */
export async function sights(office: Office) {
  const { clerk, organization, owner, colleague, roleId, invitationId, inviteLinkId, joinRequestIds } = office
  const query = `query($id: ID!, $nodes: [ID!]!, $role: ID!) {
    organization(by: { id: $id }) { members { totalCount } invitations { totalCount } inviteLinks { totalCount } joinRequests { totalCount } auditEvents { totalCount } signInPolicy { requiresMfa } emailDomains { id } jitProvisioning { isEnabled } ssoConnectors { id } ssoSetupLinks { totalCount } applications { totalCount } }
    nodes(ids: $nodes) { __typename }
    node(id: $role) { ... on OrganizationRole { memberCount(organizationId: $id) } } }`
  const { organization: seen } = await owner.query(
    'query($id: ID!) { organization(by: { id: $id }) { auditEvents(first: 1) { nodes { id } } } }',
    { id: organization.id },
  )
  const nodes = [
    colleague.membershipId,
    colleague.userId,
    invitationId,
    seen.auditEvents.nodes[0].id,
    inviteLinkId,
    joinRequestIds[0],
    office.ownedApplicationIds[0],
    office.secretId,
    office.emailDomainId,
    office.ssoConnectorId,
    office.ssoSetupLinkId,
  ]
  const data = await clerk.query(query, { id: organization.id, nodes, role: roleId })
  const [membership, user, invitation, event, link, request, application, secret, domain, connector, setup] = data.nodes
  return {
    members: data.organization.members !== null,
    invitations: data.organization.invitations !== null,
    inviteLinks: data.organization.inviteLinks !== null,
    joinRequests: data.organization.joinRequests !== null,
    'a request to join': request !== null,
    'a shareable link': link !== null,
    applications: data.organization.applications !== null,
    'an application that is owned': application !== null,
    'a secret': secret !== null,
    emailDomains: data.organization.emailDomains !== null,
    'an email domain': domain !== null,
    ssoConnectors: data.organization.ssoConnectors !== null,
    'a connector': connector !== null,
    ssoSetupLinks: data.organization.ssoSetupLinks !== null,
    'a setup link': setup !== null,
    jitProvisioning: data.organization.jitProvisioning !== null,
    signInPolicy: data.organization.signInPolicy !== null,
    auditEvents: data.organization.auditEvents !== null,
    'the membership of another': membership !== null,
    'another member as a user': user !== null,
    'an invitation to another': invitation !== null,
    'an audit event': event !== null,
    memberCount: data.node.memberCount !== null,
  }
}

/** What the organization's own fields say that the clerk may do. */
export async function promises(office: Office) {
  const { clerk, organization, colleague, roleId, invitationId, inviteLinkId, joinRequestIds } = office
  const flags = [
    ...['viewerCanUpdate', 'viewerCanDelete', 'viewerCanInvite', 'viewerCanAddMembers', 'viewerCanManageRoles'],
    ...['viewerCanLeave', 'viewerCanCreateInviteLinks', 'viewerCanCreateApplications', 'viewerCanAddEmailDomain'],
    ...['viewerCanCreateSsoConnector', 'viewerCanCreateSsoSetupLink'],
  ]
  const query = `query($id: ID!, $nodes: [ID!]!) {
    organization(by: { id: $id }) { ${flags.join(' ')} joinRequestPolicy { viewerCanConfigureRequests: viewerCanUpdate } }
    nodes(ids: $nodes) {
      ... on Membership { viewerCanChangeRoles viewerCanRemove viewerCanSuspend viewerCanUpdateMember: viewerCanUpdate }
      ... on OrganizationRole { viewerCanAssign(organizationId: $id) viewerCanUpdateRole: viewerCanUpdate viewerCanDeleteRole: viewerCanDelete }
      ... on Invitation { viewerCanResend viewerCanRevoke viewerCanUpdateInvitation: viewerCanUpdate }
      ... on InviteLink { viewerCanRevokeLink: viewerCanRevoke }
      ... on JoinRequest { viewerCanDecide }
      ... on EmailDomain { viewerCanManageDomain: viewerCanManage }
      ... on OidcConnector { viewerCanManageConnector: viewerCanManage }
      ... on SsoSetupLink { viewerCanRevokeSetupLink: viewerCanRevoke }
      ... on MachineApplication { viewerCanManage viewerCanControl }
      ... on ApplicationSecret { viewerCanRevokeSecret: viewerCanRevoke }
    } }`
  const nodes = [
    ...[colleague.membershipId, roleId, invitationId, inviteLinkId, joinRequestIds[0]],
    ...[
      office.ownedApplicationIds[0],
      office.secretId,
      office.emailDomainId,
      office.ssoConnectorId,
      office.ssoSetupLinkId,
    ],
  ]
  const data = await clerk.query(query, { id: organization.id, nodes })
  const hidden = {
    ...{ viewerCanChangeRoles: false, viewerCanRemove: false, viewerCanSuspend: false, viewerCanUpdateMember: false },
    ...{ viewerCanResend: false, viewerCanRevoke: false, viewerCanUpdateInvitation: false },
    ...{ viewerCanRevokeLink: false, viewerCanDecide: false },
    ...{ viewerCanManage: false, viewerCanControl: false, viewerCanRevokeSecret: false },
    ...{ viewerCanManageDomain: false, viewerCanManageConnector: false, viewerCanRevokeSetupLink: false },
  }
  const { joinRequestPolicy, ...own } = data.organization
  return Object.assign(hidden, own, joinRequestPolicy, ...data.nodes) as Record<string, boolean>
}
