import { type GraphQLObjectType, getNamedType, isAbstractType, isObjectType } from 'graphql'
import { expect, test } from 'vitest'
import { schema } from '../../src/graphql/schema.ts'

interface Open {
  /** Why what is in hand of this type is the viewer's to see. */
  readonly because: string
  /** Its fields without a scope. */
  readonly fields: string
}

const page = { because: 'the field it stands in was guarded, or lists only what is the viewer’s' }

/**
 * What can be read without a scope, from the roots on: what shows the caller to the caller, and from there only rows that
 * the viewer may see. A new field is not among it until somebody says here why it may be, or gives it a scope.
 */
const open: Readonly<Record<string, Open>> = {
  Query: {
    because: 'shows nobody but the caller to the caller; and what a link leads to, to who has the link',
    fields: 'invitationPreview inviteLinkPreview viewer',
  },
  InvitationPreview: {
    because: 'what the mail said that the link was in',
    fields: 'expiresAt inviterName maskedEmail organizationLogoUrl organizationName roleNames status',
  },
  Viewer: {
    because: 'the caller; memberships, invitations, requests, consents and deleted organizations are their own',
    fields:
      'authorizedApplications deletedOrganizations invitations joinRequests managementPermissions memberships ownershipTransfers passkeys principal suggestedOrganizations suspensions viewerCanCreateOrganization',
  },
  User: {
    because: 'who is met was met on a row that may be seen; the email asks whether they are known, memberships are cut',
    fields: 'avatarUrl createdAt displayName email id isEmailVerified memberships',
  },
  MachineApplication: {
    because: 'as User',
    fields: 'clientId createdAt displayName id lastUsedAt memberships organization viewerCanControl viewerCanManage',
  },
  Membership: {
    because: 'rows come through lists that ask for member:read, through node, or are the viewer’s own',
    fields:
      'addedBy customData id isOwner joinedAt organization origin permissions principal roles status suspendedAt viewerCanChangeRoles viewerCanRemove viewerCanSetBreakGlass viewerCanSuspend viewerCanUpdate',
  },
  Organization: {
    because: 'rows come only through organizationById, which has none for who is no member and no operator',
    fields:
      'branding createdAt customData deletedAt description id invitationsTakeSeats joinRequestPolicy name ownershipTransfer purgesAt roles seatLimit slug version viewerCanAddEmailDomain viewerCanAddMembers viewerCanCreateApplications viewerCanCreateInviteLinks viewerCanCreateSsoConnector viewerCanCreateSsoSetupLink viewerCanDelete viewerCanInvite viewerCanLeave viewerCanManageRoles viewerCanPurge viewerCanRestore viewerCanSetSeatLimit viewerCanTransferOwnership viewerCanUpdate viewerIsOwner viewerMembership viewerPermissions',
  },
  Passkey: { because: 'of the list of the viewer’s own', fields: 'createdAt isBackedUp lastUsedAt name' },
  AuthorizedApplication: {
    because: 'what the viewer consented to, in organizations where they are an active member',
    fields: 'clientId consentedAt name organization scopes viewerCanRevoke',
  },
  Suspension: {
    because: 'the viewer’s own, and all that they may know of it',
    fields: 'organizationLogoUrl organizationName suspendedAt',
  },
  OrganizationBranding: { because: 'part of the row of an organization', fields: 'logoUrl primaryColor' },
  OrganizationRole: {
    because: 'of the template, or of an organization in hand; what is said of an organization asks the policy there',
    fields:
      'createdAt description id isDefault isOwner kind memberCount name organization permissions viewerCanAssign viewerCanDelete viewerCanUpdate',
  },
  Permission: {
    because: 'the catalogue is for everyone signed in',
    fields: 'apiResource description id isBuiltIn isOpenToCustomRoles key',
  },
  ApiResource: { because: 'as Permission', fields: 'audience createdAt id name permissions' },
  Invitation: {
    because:
      'the viewer’s own, or of a list that asks for invitation:read; the organization is null for who is no member',
    fields:
      'acceptedBy createdAt email expiresAt id inviter lastMailFailure lastSentAt organization organizationLogoUrl organizationName roles status viewerCanAccept viewerCanResend viewerCanRevoke viewerCanUpdate',
  },
  OwnershipTransfer: {
    because: 'the viewer’s own, or found through the policy, which shows it to the two sides, owners and operators',
    fields:
      'createdAt expiresAt id newOwner organization owner previousOwnerRoles status viewerCanAccept viewerCanCancel',
  },
  DeletedOrganization: {
    because: 'of the list of the viewer’s own',
    fields: 'deletedAt name organizationId purgesAt slug',
  },
  DeletedOrganizationConnection: { ...page, fields: 'edges nodes pageInfo totalCount' },
  DeletedOrganizationEdge: { ...page, fields: 'cursor node' },
  JoinRequestPolicy: { because: 'part of an organization in hand', fields: 'access emailDomains viewerCanUpdate' },
  JoinRequest: {
    because:
      'the viewer’s own, or of a list that asks for join-request:read; the organization is null for who is no member',
    fields:
      'closedAt createdAt id message organization organizationName requester status viewerCanDecide viewerCanWithdraw',
  },
  JoinRequestConnection: { ...page, fields: 'edges nodes pageInfo totalCount' },
  JoinRequestEdge: { ...page, fields: 'cursor node' },
  InviteLinkPreview: {
    because: 'found by the hash of its token alone, and shows what is said to who has that',
    fields: 'expiresAt organizationLogoUrl organizationName roleNames status',
  },
  SuggestedOrganization: {
    because: 'shown to who has a verified address of its domain, and says what it looks like and no more',
    fields: 'joining logoUrl name slug',
  },
  InvitationConnection: { ...page, fields: 'edges nodes pageInfo totalCount' },
  InvitationEdge: { ...page, fields: 'cursor node' },
  MembershipConnection: { ...page, fields: 'edges nodes pageInfo totalCount' },
  MembershipEdge: { ...page, fields: 'cursor node' },
  PageInfo: { ...page, fields: 'endCursor hasNextPage hasPreviousPage startCursor' },
}

/** The fields without a scope, of every type that can be reached over fields without a scope. */
function openFields(): Record<string, string> {
  const found: Record<string, string> = {}
  const types = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter(isObjectType)
  for (const type of types) {
    if (type.name in found) continue
    const fields = Object.values(type.getFields()).filter(field => !hasScope(type) && !hasScope(field))
    found[type.name] = fields
      .map(field => field.name)
      .sort()
      .join(' ')
    types.push(...fields.flatMap(field => objectsOf(getNamedType(field.type))))
  }
  return found
}

function objectsOf(type: ReturnType<typeof getNamedType>): readonly GraphQLObjectType[] {
  if (isObjectType(type)) return [type]
  return isAbstractType(type) ? schema.getPossibleTypes(type) : []
}

/** Whether the declaration of a field or a type carries scopes. */
function hasScope({ extensions }: { extensions: Readonly<Record<string, unknown>> }): boolean {
  const { pothosOptions: options } = extensions
  const scopes =
    typeof options === 'object' && options !== null && 'authScopes' in options ? options.authScopes : undefined
  if (scopes === undefined || scopes === null) return false
  // `authScopes: {}` guards nothing.
  return typeof scopes === 'function' || Object.keys(scopes).length > 0
}

test('every field that can be reached without a scope is one that needs none', () => {
  const { Mutation, ...found } = openFields()
  expect(Mutation, 'mutations without a scope').toBe('')
  expect(found).toEqual(
    Object.fromEntries(Object.entries(open).map(([name, { fields }]) => [name, fields.split(' ').sort().join(' ')])),
  )
})
