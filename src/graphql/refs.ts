/** The object types by name, so that features can refer to one another's types without importing their schemas. */
import type { AuditEventRow } from '../audit/audit-event.loaders.ts'
import { type ManagementPermission, managementPermissions } from '../auth/permissions.ts'
import type { EmailDomainRow } from '../email-domains/email-domain.loaders.ts'
import type { InvitationRow } from '../invitations/invitation.loaders.ts'
import type { InviteLinkRow } from '../invite-links/invite-link.loaders.ts'
import type { JoinRequestRow } from '../join-requests/join-request.loaders.ts'
import type { ApplicationSecretRow } from '../machines/machine-application.loaders.ts'
import type { MembershipOrigin as Origin, MembershipStatus as Status } from '../members/membership.entity.ts'
import type { MembershipRow } from '../members/membership.loaders.ts'
import type { MembersFate } from '../members/provisioned.ts'
import type { OrganizationRow } from '../organizations/organization.loaders.ts'
import type { OwnershipTransferRow } from '../ownership/ownership-transfer.loaders.ts'
import type { ApiResourceRow, PermissionRow, RoleRow } from '../roles/role.loaders.ts'
import type { SsoPreset } from '../sso/presets.ts'
import type { OidcConnectorRow, SamlConnectorRow, SsoConnectorRow } from '../sso/sso-connector.loaders.ts'
import type { SsoSetupLinkRow } from '../sso-setup-links/sso-setup-link.loaders.ts'
import type { PrincipalRow } from '../users/principal.loaders.ts'
import { builder } from './builder.ts'
import { connectionOf } from './connection.ts'

export const PrincipalRef = builder.interfaceRef<PrincipalRow>('Principal')
export const UserRef = builder.objectRef<PrincipalRow>('User')
export const MachineApplicationRef = builder.objectRef<PrincipalRow>('MachineApplication')
export const OrganizationRef = builder.objectRef<OrganizationRow>('Organization')
export const MembershipRef = builder.objectRef<MembershipRow>('Membership')
export const RoleRef = builder.objectRef<RoleRow>('OrganizationRole')
export const PermissionRef = builder.objectRef<PermissionRow>('Permission')
export const ApiResourceRef = builder.objectRef<ApiResourceRow>('ApiResource')
export const InvitationRef = builder.objectRef<InvitationRow>('Invitation')
export const OwnershipTransferRef = builder.objectRef<OwnershipTransferRow>('OwnershipTransfer')
export const InviteLinkRef = builder.objectRef<InviteLinkRow>('InviteLink')
export const JoinRequestRef = builder.objectRef<JoinRequestRow>('JoinRequest')
export const EmailDomainRef = builder.objectRef<EmailDomainRow>('EmailDomain')
export const SsoConnectorRef = builder.interfaceRef<SsoConnectorRow>('SsoConnector')
export const OidcConnectorRef = builder.objectRef<OidcConnectorRow>('OidcConnector')
export const SamlConnectorRef = builder.objectRef<SamlConnectorRow>('SamlConnector')
export const SsoSetupLinkRef = builder.objectRef<SsoSetupLinkRow>('SsoSetupLink')
export const ApplicationSecretRef = builder.objectRef<ApplicationSecretRow>('ApplicationSecret')
export const AuditEventRef = builder.objectRef<AuditEventRow>('AuditEvent')

/** The caller. */
export const ViewerRef = builder.objectRef<PrincipalRow>('Viewer')
/** The template is one per deployment and has no fields of its own to carry. */
export const TemplateRef = builder.objectRef<Record<string, never>>('OrganizationTemplate')

export const OrganizationConnection = connectionOf('Organization', OrganizationRef)
export const MembershipConnection = connectionOf('Membership', MembershipRef)
export const InvitationConnection = connectionOf('Invitation', InvitationRef)
export const InviteLinkConnection = connectionOf('InviteLink', InviteLinkRef)
export const JoinRequestConnection = connectionOf('JoinRequest', JoinRequestRef)
export const SsoSetupLinkConnection = connectionOf('SsoSetupLink', SsoSetupLinkRef)
export const AuditEventConnection = connectionOf('AuditEvent', AuditEventRef)
export const UserConnection = connectionOf('User', UserRef)
export const MachineApplicationConnection = connectionOf('MachineApplication', MachineApplicationRef)

export const PrincipalKindEnum = builder.enumType('PrincipalKind', {
  description: 'People and machines: roles are for one kind or the other.',
  values: { USER: { description: 'A person.' }, MACHINE: { description: 'A machine application.' } } as const,
})

export const MembershipOrigin = builder.enumType('MembershipOrigin', {
  description: 'How a membership came about.',
  values: {
    CREATION: { description: 'The member created the organization.' },
    INVITATION: { description: 'The member accepted an invitation.' },
    LINK: { description: 'The member used a shared link.' },
    REQUEST: { description: 'The member asked to join and was let in.' },
    EMAIL_DOMAIN: { description: 'The member signed in with an address of a proved domain.' },
    SSO: { description: 'The member signed in through a connector.' },
    DIRECTORY: { description: 'A directory sent the member.' },
    OPERATOR: { description: 'An operator added the member.' },
    ADMIN: { description: 'An admin of the organization added the member.' },
  } as const satisfies Record<Origin, { description: string }>,
})

export const MembershipStatus = builder.enumType('MembershipStatus', {
  description: 'Whether a member has access.',
  values: {
    ACTIVE: { description: 'The member may do what the roles permit.' },
    SUSPENDED: { description: 'The member keeps membership and roles, and may do and see nothing until restored.' },
  } as const satisfies Record<Status, { description: string }>,
})
export const MembersFateEnum = builder.enumType('MembersFate', {
  description: 'What becomes of members when what they came by goes.',
  values: {
    KEEP: { description: 'They stay members.' },
    SUSPEND: { description: 'They keep membership and roles, and lose all access.' },
    REMOVE: { description: 'Their memberships end.' },
  } as const satisfies Record<MembersFate, { description: string }>,
})

export const SsoProvider = builder.enumType('SsoProvider', {
  description: 'A well-known identity provider.',
  values: {
    MICROSOFT_ENTRA_ID: { description: 'Microsoft Entra ID, once Azure Active Directory.' },
    OKTA: { description: 'The identity cloud of Okta, Inc.' },
    GOOGLE_WORKSPACE: { description: 'Google for organizations, once G Suite.' },
  } as const satisfies Record<SsoPreset['provider'], { description: string }>,
})

export const ManagementPermissionEnum = builder.enumType('ManagementPermission', {
  description: 'What an operator may hold for the whole deployment.',
  values: Object.fromEntries(
    Object.entries(managementPermissions).map(([key, description]) => [
      enumName(key),
      { value: key as ManagementPermission, description },
    ]),
  ),
})

function enumName(key: string): string {
  return key.toUpperCase().replaceAll(/[^A-Z]/g, '_')
}
