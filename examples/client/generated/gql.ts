/* eslint-disable */
import * as types from './graphql.ts';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  query WhoAmI {\n    viewer {\n      principal {\n        displayName\n        ... on User { email }\n      }\n    }\n  }\n": typeof types.WhoAmIDocument,
    "\n  mutation CreateOrganization($input: CreateOrganizationInput!) {\n    createOrganization(input: $input) {\n      __typename\n      ... on CreateOrganizationPayload { organization { id name slug } }\n      ... on SlugTakenError { suggestion }\n      ... on InvalidInputError { issues { path message } }\n      ... on UserError { message }\n    }\n  }\n": typeof types.CreateOrganizationDocument,
    "\n  mutation InviteMember($input: InviteMemberInput!) {\n    inviteMember(input: $input) {\n      __typename\n      ... on InviteMemberPayload { invitation { id expiresAt } }\n      ... on AlreadyInvitedError { invitation { id expiresAt } }\n      ... on InvalidInputError { issues { path message } }\n      ... on UserError { message }\n    }\n  }\n": typeof types.InviteMemberDocument,
    "\n  query MyInvitations {\n    viewer {\n      invitations { nodes { id organizationName inviter { displayName } } }\n    }\n  }\n": typeof types.MyInvitationsDocument,
    "\n  mutation AcceptInvitation($input: AcceptInvitationInput!) {\n    acceptInvitation(input: $input) {\n      __typename\n      ... on AcceptInvitationPayload { membership { id } }\n      ... on EmailMismatchError { maskedEmail }\n      ... on InvitationClosedError { status }\n      ... on UserError { message }\n    }\n  }\n": typeof types.AcceptInvitationDocument,
    "\n  query AssignableRoles($organizationId: ID!) {\n    organization(by: { id: $organizationId }) {\n      roles(filter: { kind: USER }) {\n        id\n        name\n        viewerCanAssign(organizationId: $organizationId)\n      }\n    }\n  }\n": typeof types.AssignableRolesDocument,
    "\n  mutation ChangeMemberRoles($input: ChangeMemberRolesInput!) {\n    changeMemberRoles(input: $input) {\n      __typename\n      ... on ChangeMemberRolesPayload { membership { roles { name } } }\n      ... on PermissionEscalationError { missing { key } }\n      ... on InvalidInputError { issues { path message } }\n      ... on UserError { message }\n    }\n  }\n": typeof types.ChangeMemberRolesDocument,
    "\n  query Members($organizationId: ID!, $after: String) {\n    organization(by: { id: $organizationId }) {\n      members(first: 100, after: $after) {\n        nodes {\n          principal { displayName }\n          roles { name }\n        }\n        pageInfo { hasNextPage endCursor }\n      }\n    }\n  }\n": typeof types.MembersDocument,
    "\n  query RolesToOffer($slug: String!) {\n    organization(by: { slug: $slug }) {\n      id\n      roles(filter: { kind: USER }) { id name }\n    }\n  }\n": typeof types.RolesToOfferDocument,
    "\n  mutation InviteMembers($input: InviteMembersInput!) {\n    inviteMembers(input: $input) {\n      __typename\n      ... on InviteMembersPayload {\n        results {\n          __typename\n          ... on UserError { message }\n        }\n      }\n      ... on UserError { message }\n    }\n  }\n": typeof types.InviteMembersDocument,
    "\n  query MembersToExport($slug: String!, $after: String) {\n    organization(by: { slug: $slug }) {\n      members(first: 100, after: $after, orderBy: { field: JOINED_AT, direction: ASC }) {\n        nodes {\n          principal {\n            displayName\n            ... on User { email }\n          }\n          roles { name }\n          origin\n          joinedAt\n        }\n        pageInfo { hasNextPage endCursor }\n      }\n    }\n  }\n": typeof types.MembersToExportDocument,
};
const documents: Documents = {
    "\n  query WhoAmI {\n    viewer {\n      principal {\n        displayName\n        ... on User { email }\n      }\n    }\n  }\n": types.WhoAmIDocument,
    "\n  mutation CreateOrganization($input: CreateOrganizationInput!) {\n    createOrganization(input: $input) {\n      __typename\n      ... on CreateOrganizationPayload { organization { id name slug } }\n      ... on SlugTakenError { suggestion }\n      ... on InvalidInputError { issues { path message } }\n      ... on UserError { message }\n    }\n  }\n": types.CreateOrganizationDocument,
    "\n  mutation InviteMember($input: InviteMemberInput!) {\n    inviteMember(input: $input) {\n      __typename\n      ... on InviteMemberPayload { invitation { id expiresAt } }\n      ... on AlreadyInvitedError { invitation { id expiresAt } }\n      ... on InvalidInputError { issues { path message } }\n      ... on UserError { message }\n    }\n  }\n": types.InviteMemberDocument,
    "\n  query MyInvitations {\n    viewer {\n      invitations { nodes { id organizationName inviter { displayName } } }\n    }\n  }\n": types.MyInvitationsDocument,
    "\n  mutation AcceptInvitation($input: AcceptInvitationInput!) {\n    acceptInvitation(input: $input) {\n      __typename\n      ... on AcceptInvitationPayload { membership { id } }\n      ... on EmailMismatchError { maskedEmail }\n      ... on InvitationClosedError { status }\n      ... on UserError { message }\n    }\n  }\n": types.AcceptInvitationDocument,
    "\n  query AssignableRoles($organizationId: ID!) {\n    organization(by: { id: $organizationId }) {\n      roles(filter: { kind: USER }) {\n        id\n        name\n        viewerCanAssign(organizationId: $organizationId)\n      }\n    }\n  }\n": types.AssignableRolesDocument,
    "\n  mutation ChangeMemberRoles($input: ChangeMemberRolesInput!) {\n    changeMemberRoles(input: $input) {\n      __typename\n      ... on ChangeMemberRolesPayload { membership { roles { name } } }\n      ... on PermissionEscalationError { missing { key } }\n      ... on InvalidInputError { issues { path message } }\n      ... on UserError { message }\n    }\n  }\n": types.ChangeMemberRolesDocument,
    "\n  query Members($organizationId: ID!, $after: String) {\n    organization(by: { id: $organizationId }) {\n      members(first: 100, after: $after) {\n        nodes {\n          principal { displayName }\n          roles { name }\n        }\n        pageInfo { hasNextPage endCursor }\n      }\n    }\n  }\n": types.MembersDocument,
    "\n  query RolesToOffer($slug: String!) {\n    organization(by: { slug: $slug }) {\n      id\n      roles(filter: { kind: USER }) { id name }\n    }\n  }\n": types.RolesToOfferDocument,
    "\n  mutation InviteMembers($input: InviteMembersInput!) {\n    inviteMembers(input: $input) {\n      __typename\n      ... on InviteMembersPayload {\n        results {\n          __typename\n          ... on UserError { message }\n        }\n      }\n      ... on UserError { message }\n    }\n  }\n": types.InviteMembersDocument,
    "\n  query MembersToExport($slug: String!, $after: String) {\n    organization(by: { slug: $slug }) {\n      members(first: 100, after: $after, orderBy: { field: JOINED_AT, direction: ASC }) {\n        nodes {\n          principal {\n            displayName\n            ... on User { email }\n          }\n          roles { name }\n          origin\n          joinedAt\n        }\n        pageInfo { hasNextPage endCursor }\n      }\n    }\n  }\n": types.MembersToExportDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query WhoAmI {\n    viewer {\n      principal {\n        displayName\n        ... on User { email }\n      }\n    }\n  }\n"): typeof import('./graphql.ts').WhoAmIDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateOrganization($input: CreateOrganizationInput!) {\n    createOrganization(input: $input) {\n      __typename\n      ... on CreateOrganizationPayload { organization { id name slug } }\n      ... on SlugTakenError { suggestion }\n      ... on InvalidInputError { issues { path message } }\n      ... on UserError { message }\n    }\n  }\n"): typeof import('./graphql.ts').CreateOrganizationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation InviteMember($input: InviteMemberInput!) {\n    inviteMember(input: $input) {\n      __typename\n      ... on InviteMemberPayload { invitation { id expiresAt } }\n      ... on AlreadyInvitedError { invitation { id expiresAt } }\n      ... on InvalidInputError { issues { path message } }\n      ... on UserError { message }\n    }\n  }\n"): typeof import('./graphql.ts').InviteMemberDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query MyInvitations {\n    viewer {\n      invitations { nodes { id organizationName inviter { displayName } } }\n    }\n  }\n"): typeof import('./graphql.ts').MyInvitationsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AcceptInvitation($input: AcceptInvitationInput!) {\n    acceptInvitation(input: $input) {\n      __typename\n      ... on AcceptInvitationPayload { membership { id } }\n      ... on EmailMismatchError { maskedEmail }\n      ... on InvitationClosedError { status }\n      ... on UserError { message }\n    }\n  }\n"): typeof import('./graphql.ts').AcceptInvitationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query AssignableRoles($organizationId: ID!) {\n    organization(by: { id: $organizationId }) {\n      roles(filter: { kind: USER }) {\n        id\n        name\n        viewerCanAssign(organizationId: $organizationId)\n      }\n    }\n  }\n"): typeof import('./graphql.ts').AssignableRolesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ChangeMemberRoles($input: ChangeMemberRolesInput!) {\n    changeMemberRoles(input: $input) {\n      __typename\n      ... on ChangeMemberRolesPayload { membership { roles { name } } }\n      ... on PermissionEscalationError { missing { key } }\n      ... on InvalidInputError { issues { path message } }\n      ... on UserError { message }\n    }\n  }\n"): typeof import('./graphql.ts').ChangeMemberRolesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Members($organizationId: ID!, $after: String) {\n    organization(by: { id: $organizationId }) {\n      members(first: 100, after: $after) {\n        nodes {\n          principal { displayName }\n          roles { name }\n        }\n        pageInfo { hasNextPage endCursor }\n      }\n    }\n  }\n"): typeof import('./graphql.ts').MembersDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query RolesToOffer($slug: String!) {\n    organization(by: { slug: $slug }) {\n      id\n      roles(filter: { kind: USER }) { id name }\n    }\n  }\n"): typeof import('./graphql.ts').RolesToOfferDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation InviteMembers($input: InviteMembersInput!) {\n    inviteMembers(input: $input) {\n      __typename\n      ... on InviteMembersPayload {\n        results {\n          __typename\n          ... on UserError { message }\n        }\n      }\n      ... on UserError { message }\n    }\n  }\n"): typeof import('./graphql.ts').InviteMembersDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query MembersToExport($slug: String!, $after: String) {\n    organization(by: { slug: $slug }) {\n      members(first: 100, after: $after, orderBy: { field: JOINED_AT, direction: ASC }) {\n        nodes {\n          principal {\n            displayName\n            ... on User { email }\n          }\n          roles { name }\n          origin\n          joinedAt\n        }\n        pageInfo { hasNextPage endCursor }\n      }\n    }\n  }\n"): typeof import('./graphql.ts').MembersToExportDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
