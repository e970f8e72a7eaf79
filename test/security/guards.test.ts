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
    because: 'viewer shows nobody but the caller to the caller; a preview is for whoever has the link',
    fields: 'invitationPreview viewer',
  },
  InvitationPreview: {
    because: 'what the mail said that the link was in',
    fields: 'expiresAt inviterName maskedEmail organizationLogoUrl organizationName roleNames status',
  },
  Viewer: {
    because: 'the caller; memberships and invitations are their own',
    fields: 'invitations managementPermissions memberships principal viewerCanCreateOrganization',
  },
  User: {
    because: 'who is met was met on a row that may be seen; the email asks whether they are known, memberships are cut',
    fields: 'avatarUrl createdAt displayName email id isEmailVerified memberships',
  },
  MachineApplication: {
    because: 'as User',
    fields: 'clientId createdAt displayName id lastUsedAt memberships',
  },
  Membership: {
    because: 'rows come through lists that ask for member:read, through node, or are the viewer’s own',
    fields:
      'addedBy id isOwner joinedAt organization origin permissions principal roles viewerCanChangeRoles viewerCanRemove',
  },
  Organization: {
    because: 'rows come only through organizationById, which has none for who is no member and no operator',
    fields:
      'branding createdAt customData deletedAt description id name purgesAt roles seatLimit slug version viewerCanAddMembers viewerCanDelete viewerCanInvite viewerCanLeave viewerCanManageRoles viewerCanUpdate viewerIsOwner viewerMembership viewerPermissions',
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
