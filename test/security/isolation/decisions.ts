import type { Side } from './side.ts'
import { isCursor, type Slot } from './slots.ts'

/** What a text of the client is to the server. */
type Text =
  /** It finds something, or could: what another organization has must be as good as nothing. */
  | { readonly finds: (side: Side) => string }
  /** It is stored or shown, and nothing is found by it. */
  | { readonly says: string }
  /** It must be unique in the deployment: that it is taken shows, and nothing else. */
  | { readonly unique: string }
  /** A secret that is the permission itself: who has it may, whoever they are. */
  | { readonly opens: string }

const name = 'a name to show'
const description = 'a text for people'
const provider = 'what a provider is asked with: it is compared with nothing stored'
const key = 'kept as a hash, for this caller in this organization alone'
const url = 'an address that is stored'
const catalogue = 'of the one catalogue of the deployment, which everyone signed in reads'

/** Every text that a client can send but cursors. One that is not here fails the test: decide what it is. */
const texts: Readonly<Record<string, Text>> = {
  'OrganizationRef.slug': { finds: side => side.written.slug },
  'PermissionRef.key': { says: catalogue },
  'ApiPermissionRef.audience': { says: catalogue },
  'ApiPermissionRef.key': { says: catalogue },
  'OrganizationFilter.search': { finds: side => side.tag },
  'MembershipFilter.search': { finds: side => side.tag },
  'InvitationFilter.search': { finds: side => side.written.invitee },
  'Query.users.search': { finds: side => side.tag },
  'Query.machineApplications.search': { finds: side => side.tag },
  'InviteMemberInput.email': { finds: side => side.written.memberEmail },
  // Another one: the first is invited already, by the test of inviteMember.
  'InvitationOffer.email': { finds: side => side.written.ownerEmail },
  'InviteMemberInput.idempotencyKey': { says: key },
  'InviteMembersInput.idempotencyKey': { says: key },
  'CreateOrganizationInput.idempotencyKey': { says: key },
  'CreateCustomRoleInput.name': { finds: side => side.written.role },
  'UpdateRoleInput.name': { finds: side => side.written.machineRole },
  'Query.inviteLinkPreview.token': { opens: 'who has the token of a link sees what it leads to' },
  'JoinByInviteLinkInput.token': { opens: 'who has the token of a link joins by it' },
  'RequestToJoinInput.slug': { finds: side => side.written.slug },
  'JoinSuggestedOrganizationInput.slug': { finds: side => side.written.slug },
  'RequestToJoinInput.message': { says: 'a word to who decides' },
  'RefuseJoinRequestInput.reason': { says: description },
  'UpdateJoinRequestPolicyInput.emailDomains': {
    says: 'compared with the address of who asks, and with nothing stored',
  },
  'AddEmailDomainInput.domain': {
    says: 'compared with the own claims; that another organization has proved it, shows with the proof alone',
  },
  'CreateSsoSetupLinkInput.label': { says: name },
  'CreateSsoConnectorInput.name': { says: name },
  'UpdateSsoConnectorInput.name': { says: name },
  'OidcSettings.issuer': { says: provider },
  'OidcSettings.clientId': { says: provider },
  'OidcSettings.clientSecret': { says: provider },
  'OidcSettings.scopes': { says: provider },
  ...Object.fromEntries(
    ['email', 'familyName', 'givenName', 'groups', 'methods', 'name', 'picture', 'subject'].map(field => [
      `SamlAttributesInput.${field}`,
      { says: provider },
    ]),
  ),
  'SamlMetadata.url': { says: provider },
  'SamlMetadata.xml': { says: provider },
  'SsoAttributesInput.name': { says: provider },
  'SsoAttributesInput.email': { says: provider },
  'SsoAttributesInput.picture': { says: provider },
  'SsoAttributesInput.groups': { says: provider },
  'SsoGroupMappingInput.group': { says: provider },
  'CreateInviteLinkInput.label': { says: name },
  'CreateInviteLinkInput.allowedEmailDomains': {
    says: 'compared with the address of who joins, and with nothing stored',
  },
  'SetMailTemplateInput.locale': { says: 'a language tag' },
  'SetMailTemplateInput.subject': { says: catalogue },
  'SetMailTemplateInput.text': { says: catalogue },
  'SetMailTemplateInput.html': { says: catalogue },
  'ResetMailTemplateInput.locale': { says: 'a language tag' },
  'InviteMemberInput.locale': { says: 'a language tag' },
  'InviteMemberInput.redirectUrl': { says: url },
  'InvitationOffer.locale': { says: 'a language tag' },
  'InvitationOffer.redirectUrl': { says: url },
  'InvitationRef.token': { says: 'a secret: whoever has it is meant to find the invitation' },
  'Query.invitationPreview.token': { says: 'as InvitationRef.token' },
  'CreateOrganizationInput.slug': {
    unique: 'slugs are addresses of the product: who takes one learns that it is taken',
  },
  'UpdateOrganizationInput.slug': { unique: 'as createOrganization' },
  'CreateOrganizationInput.name': { says: `${name}; the slug made from it gets a number where it is taken` },
  'CreateOrganizationInput.description': { says: description },
  'CreateOrganizationInput.logoUrl': { says: url },
  'CreateOrganizationInput.primaryColor': { says: 'a color' },
  'UpdateOrganizationInput.name': { says: name },
  'UpdateOrganizationInput.description': { says: description },
  'UpdateOrganizationInput.logoUrl': { says: url },
  'UpdateOrganizationInput.primaryColor': { says: 'a color' },
  'CreateCustomRoleInput.description': { says: description },
  'UpdateRoleInput.description': { says: description },
  'UpdateRoleInput.expectedFingerprint': { says: 'a text to compare with what the role permits' },
  'DeleteRoleInput.expectedFingerprint': { says: 'as updateRole' },
  'CreateTemplateRoleInput.name': { says: catalogue },
  'CreateTemplateRoleInput.description': { says: description },
  'CreatePermissionInput.key': { says: catalogue },
  'CreatePermissionInput.description': { says: description },
  'UpdatePermissionInput.description': { says: description },
  'CreateApiResourceInput.audience': { says: catalogue },
  'CreateApiResourceInput.name': { says: name },
  'UpdateApiResourceInput.name': { says: name },
  'CreateMachineApplicationInput.name': { says: name },
  'UpdateMachineApplicationInput.name': { says: name },
  'CreateApplicationSecretInput.label': { says: name },
  'RevokeApplicationConsentInput.clientId': {
    says: 'compared with what the caller consented to; what is not there is no error',
  },
}

/** The scalars by which nothing of an organization is named. A new one has to be decided, too. */
export const plainScalars: readonly string[] = ['Int', 'Float', 'Boolean', 'DateTime', 'JSONObject']

/** Of these types there is one set for the whole deployment: another organization has none of its own. */
export const ofTheDeployment: readonly string[] = ['Permission', 'ApiResource']

/** What is decided about a text; undefined when nothing is. */
export function textOf(slot: Slot): Text | 'cursor' | undefined {
  return isCursor(slot) ? 'cursor' : texts[slot.declared]
}

/** Decisions about texts that are no longer there. */
export function staleTexts(slots: readonly Slot[]): string[] {
  const there = new Set(slots.map(slot => slot.declared))
  return Object.keys(texts).filter(declared => !there.has(declared))
}

/** By these a plain member of the other organization, who holds `member:read` there, finds what is theirs to see. */
export const seenByInsiders: readonly string[] = [
  'Query.node.id',
  'Query.nodes.ids',
  'OrganizationRef.id',
  'OrganizationRef.slug',
  'OrganizationRole.memberCount.organizationId',
  'Query.explainAccess.membershipId',
  'Query.previewRoleChange.roleId',
  'Query.previewRoleDeletion.roleId',
  // They may see who is there, so that NOT_FOUND would be no secret: they get FORBIDDEN.
  'AddMemberInput.organizationId',
  'SetBreakGlassInput.membershipId',
  'AddMachineMemberInput.organizationId',
  'CreateCustomRoleInput.organizationId',
  'InviteMemberInput.organizationId',
  'InviteMembersInput.organizationId',
  'TransferOwnershipInput.organizationId',
  'CreateInviteLinkInput.organizationId',
  'UpdateJoinRequestPolicyInput.organizationId',
  'UpdateSignInPolicyInput.organizationId',
  'UpdateJitProvisioningInput.organizationId',
  'SetJitCeilingInput.organizationId',
  'RevokeApplicationConsentInput.organizationId',
  'AddEmailDomainInput.organizationId',
  'CreateSsoConnectorInput.organizationId',
  'CreateSsoSetupLinkInput.organizationId',
  'ShareSsoConnectorInput.organizationId',
  'CreateMachineApplicationInput.organizationId',
  'UpdateMachineApplicationInput.applicationId',
  'DeleteMachineApplicationInput.applicationId',
  'CreateApplicationSecretInput.applicationId',
  'SetApplicationKeysInput.applicationId',
  'RequestToJoinInput.slug',
  'JoinSuggestedOrganizationInput.slug',
  'UpdateOrganizationInput.organizationId',
  'DeleteOrganizationInput.organizationId',
  'SetSeatLimitInput.organizationId',
  'ChangeMemberRolesInput.membershipId',
  'ReplaceMemberRolesInput.membershipId',
  'RemoveMemberInput.membershipId',
  'UpdateMemberInput.membershipId',
  'SuspendMemberInput.membershipId',
  'RestoreMemberInput.membershipId',
  'UpdateRoleInput.roleId',
  'DeleteRoleInput.roleId',
  // Somebody one knows from one organization can be added to another.
  'AddMemberInput.userId',
  'AddMachineMemberInput.applicationId',
]

/** What not even an operator does who may do all that an owner may: to hand on what one does not hold, to answer for another. */
export const notForOperators: readonly string[] = [
  'TransferOwnershipInput.organizationId',
  'TransferOwnershipInput.newOwnerMembershipId',
  'TransferOwnershipInput.previousOwnerRoleIds',
  'AcceptOwnershipInput.ownershipTransferId',
  'DeclineOwnershipInput.ownershipTransferId',
  'CreateSsoSetupLinkInput.organizationId',
  'CreateSsoSetupLinkInput.ssoConnectorId',
]
