/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** What `acceptInvitation` needs. */
export type AcceptInvitationInput = {
  /** Which invitation. */
  invitation: InvitationRef;
};

/** What `changeMemberRoles` needs. */
export type ChangeMemberRolesInput = {
  /** Roles to give; those already held stay. At most 100. */
  addRoleIds?: Array<string> | null | undefined;
  /** Which membership. */
  membershipId: string;
  /** Roles to take; those not held are no matter. At most 100. */
  removeRoleIds?: Array<string> | null | undefined;
};

/** What `createOrganization` needs. */
export type CreateOrganizationInput = {
  /** At most 16 KiB and 8 levels. */
  customData?: Record<string, unknown> | null | undefined;
  /** At most 256 characters. */
  description?: string | null | undefined;
  /** 1 to 128 visible ASCII characters, of the caller's own making: the same call with the same key within 24 hours gets the first answer, and nothing is done again. */
  idempotencyKey?: string | null | undefined;
  /** The https address of the logo, at most 2048 characters. */
  logoUrl?: string | null | undefined;
  /** 1 to 128 characters after trimming; not unique. */
  name: string;
  /** Who becomes the owner; for operators with `organizations:write`. Absent: the viewer. */
  ownerId?: string | null | undefined;
  /** A color as `#1a2b3c`. */
  primaryColor?: string | null | undefined;
  /** 3 to 63 of `a-z 0-9 -`, without leading, trailing or double `-`; unique. Made from the name when absent. */
  slug?: string | null | undefined;
};

/** One of the invitations that `inviteMembers` makes. */
export type InvitationOffer = {
  /** The address, at most 254 characters; stored as given, compared without regard to case. */
  email: string;
  /** In the future, at most 90 days away (configuration); absent: in 7 days (configuration). */
  expiresAt?: string | null | undefined;
  /** The language of the mail, a tag such as `de-AT`, at most 35 characters; absent: the default. */
  locale?: string | null | undefined;
  /** Where the link of the mail leads in place of the configured page, at most 2048 characters; at or below an address of `REDIRECT_URLS`. The token comes in its fragment, as `#token=…`. */
  redirectUrl?: string | null | undefined;
  /** USER roles to hold, at most 100; absent: the default role. */
  roleIds?: Array<string> | null | undefined;
  /** Whether the address gets a mail with a link. Where no mail is configured, it gets none either way. */
  sendEmail?: boolean;
};

/** Which invitation; its address must be the viewer's, and verified. */
export type InvitationRef =
  {   /** Its id, from the viewer's own list. */
  id: string; token?: never; }
  |  { id?: never;   /** The token of the link that was mailed, of at most 43 characters. */
  token: string; };

/** Only PENDING can be left. EXPIRED follows from `expiresAt`; no job has to run for it. */
export type InvitationStatus =
  /** The invited user became a member by it. */
  | 'ACCEPTED'
  /** The invited user did not want to. */
  | 'DECLINED'
  /** Nobody answered in time. */
  | 'EXPIRED'
  /** It can be accepted, declined and revoked. */
  | 'PENDING'
  /** It was taken back. */
  | 'REVOKED';

/** What `inviteMember` needs. */
export type InviteMemberInput = {
  /** The address, at most 254 characters; stored as given, compared without regard to case. */
  email: string;
  /** In the future, at most 90 days away (configuration); absent: in 7 days (configuration). */
  expiresAt?: string | null | undefined;
  /** 1 to 128 visible ASCII characters, of the caller's own making: the same call with the same key within 24 hours gets the first answer, and nothing is done again. */
  idempotencyKey?: string | null | undefined;
  /** The language of the mail, a tag such as `de-AT`, at most 35 characters; absent: the default. */
  locale?: string | null | undefined;
  /** Where to. */
  organizationId: string;
  /** Where the link of the mail leads in place of the configured page, at most 2048 characters; at or below an address of `REDIRECT_URLS`. The token comes in its fragment, as `#token=…`. */
  redirectUrl?: string | null | undefined;
  /** USER roles to hold, at most 100; absent: the default role. */
  roleIds?: Array<string> | null | undefined;
  /** Whether the address gets a mail with a link. Where no mail is configured, it gets none either way. */
  sendEmail?: boolean;
};

/** What `inviteMembers` needs. */
export type InviteMembersInput = {
  /** 1 to 128 visible ASCII characters, of the caller's own making: the same call with the same key within 24 hours gets the first answer, and nothing is done again. */
  idempotencyKey?: string | null | undefined;
  /** Whom to invite: 1 to 500. Of two with the same address, the first counts. */
  invitations: Array<InvitationOffer>;
  /** Where to. */
  organizationId: string;
};

/** How a membership came about. */
export type MembershipOrigin =
  /** An admin of the organization added the member. */
  | 'ADMIN'
  /** The member created the organization. */
  | 'CREATION'
  /** A directory sent the member. */
  | 'DIRECTORY'
  /** The member signed in with an address of a proved domain. */
  | 'EMAIL_DOMAIN'
  /** The member accepted an invitation. */
  | 'INVITATION'
  /** The member used a shared link. */
  | 'LINK'
  /** An operator added the member. */
  | 'OPERATOR'
  /** The member asked to join and was let in. */
  | 'REQUEST'
  /** The member signed in through a connector. */
  | 'SSO';

export type WhoAmIQueryVariables = Exact<{ [key: string]: never; }>;


export type WhoAmIQuery = { viewer: { principal:
      | { displayName: string }
      | { email: string | null, displayName: string }
     } | null };

export type CreateOrganizationMutationVariables = Exact<{
  input: CreateOrganizationInput;
}>;


export type CreateOrganizationMutation = { createOrganization:
    | { __typename: 'CreateOrganizationPayload', organization: { id: string, name: string, slug: string } | null }
    | { __typename: 'IdempotencyKeyReusedError', message: string }
    | { __typename: 'InvalidInputError', message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'OrganizationLimitReachedError', message: string }
    | { __typename: 'SlugTakenError', suggestion: string, message: string }
   };

export type InviteMemberMutationVariables = Exact<{
  input: InviteMemberInput;
}>;


export type InviteMemberMutation = { inviteMember:
    | { __typename: 'AlreadyInvitedError', message: string, invitation: { id: string, expiresAt: string } | null }
    | { __typename: 'AlreadyMemberError', message: string }
    | { __typename: 'EmailDomainBlockedError', message: string }
    | { __typename: 'IdempotencyKeyReusedError', message: string }
    | { __typename: 'InvalidInputError', message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'InviteMemberPayload', invitation: { id: string, expiresAt: string } | null }
    | { __typename: 'PermissionEscalationError', message: string }
    | { __typename: 'RoleNotAssignableError', message: string }
    | { __typename: 'SeatLimitReachedError', message: string }
   };

export type MyInvitationsQueryVariables = Exact<{ [key: string]: never; }>;


export type MyInvitationsQuery = { viewer: { invitations: { nodes: Array<{ id: string, organizationName: string, inviter:
          | { displayName: string }
          | { displayName: string }
         | null }> } } | null };

export type AcceptInvitationMutationVariables = Exact<{
  input: AcceptInvitationInput;
}>;


export type AcceptInvitationMutation = { acceptInvitation:
    | { __typename: 'AcceptInvitationPayload', membership: { id: string } }
    | { __typename: 'EmailDomainBlockedError', message: string }
    | { __typename: 'EmailMismatchError', maskedEmail: string, message: string }
    | { __typename: 'InvitationClosedError', status: InvitationStatus, message: string }
    | { __typename: 'MembershipSuspendedError', message: string }
    | { __typename: 'SeatLimitReachedError', message: string }
    | { __typename: 'SsoRequiredError', message: string }
   };

export type AssignableRolesQueryVariables = Exact<{
  organizationId: string;
}>;


export type AssignableRolesQuery = { organization: { roles: Array<{ id: string, name: string, viewerCanAssign: boolean }> } | null };

export type ChangeMemberRolesMutationVariables = Exact<{
  input: ChangeMemberRolesInput;
}>;


export type ChangeMemberRolesMutation = { changeMemberRoles:
    | { __typename: 'ChangeMemberRolesPayload', membership: { roles: Array<{ name: string }> } }
    | { __typename: 'InvalidInputError', message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'LastOwnerError', message: string }
    | { __typename: 'PermissionEscalationError', message: string, missing: Array<{ key: string }> }
    | { __typename: 'RoleManagedByGroupsError', message: string }
    | { __typename: 'RoleNotAssignableError', message: string }
   };

export type MembersQueryVariables = Exact<{
  organizationId: string;
  after?: string | null | undefined;
}>;


export type MembersQuery = { organization: { members: { nodes: Array<{ principal:
          | { displayName: string }
          | { displayName: string }
        , roles: Array<{ name: string }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null } | null };

export type RolesToOfferQueryVariables = Exact<{
  slug: string;
}>;


export type RolesToOfferQuery = { organization: { id: string, roles: Array<{ id: string, name: string }> } | null };

export type InviteMembersMutationVariables = Exact<{
  input: InviteMembersInput;
}>;


export type InviteMembersMutation = { inviteMembers:
    | { __typename: 'IdempotencyKeyReusedError', message: string }
    | { __typename: 'InvalidInputError', message: string }
    | { __typename: 'InviteMembersPayload', results: Array<
        | { __typename: 'AlreadyInvitedError', message: string }
        | { __typename: 'AlreadyMemberError', message: string }
        | { __typename: 'EmailDomainBlockedError', message: string }
        | { __typename: 'InvalidInputError', message: string }
        | { __typename: 'Invitation' }
        | { __typename: 'PermissionEscalationError', message: string }
        | { __typename: 'RoleNotAssignableError', message: string }
        | { __typename: 'SeatLimitReachedError', message: string }
      > }
   };

export type MembersToExportQueryVariables = Exact<{
  slug: string;
  after?: string | null | undefined;
}>;


export type MembersToExportQuery = { organization: { members: { nodes: Array<{ origin: MembershipOrigin, joinedAt: string, principal:
          | { displayName: string }
          | { email: string | null, displayName: string }
        , roles: Array<{ name: string }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const WhoAmIDocument = new TypedDocumentString(`
    query WhoAmI {
  viewer {
    principal {
      displayName
      ... on User {
        email
      }
    }
  }
}
    `) as unknown as TypedDocumentString<WhoAmIQuery, WhoAmIQueryVariables>;
export const CreateOrganizationDocument = new TypedDocumentString(`
    mutation CreateOrganization($input: CreateOrganizationInput!) {
  createOrganization(input: $input) {
    __typename
    ... on CreateOrganizationPayload {
      organization {
        id
        name
        slug
      }
    }
    ... on SlugTakenError {
      suggestion
    }
    ... on InvalidInputError {
      issues {
        path
        message
      }
    }
    ... on UserError {
      message
    }
  }
}
    `) as unknown as TypedDocumentString<CreateOrganizationMutation, CreateOrganizationMutationVariables>;
export const InviteMemberDocument = new TypedDocumentString(`
    mutation InviteMember($input: InviteMemberInput!) {
  inviteMember(input: $input) {
    __typename
    ... on InviteMemberPayload {
      invitation {
        id
        expiresAt
      }
    }
    ... on AlreadyInvitedError {
      invitation {
        id
        expiresAt
      }
    }
    ... on InvalidInputError {
      issues {
        path
        message
      }
    }
    ... on UserError {
      message
    }
  }
}
    `) as unknown as TypedDocumentString<InviteMemberMutation, InviteMemberMutationVariables>;
export const MyInvitationsDocument = new TypedDocumentString(`
    query MyInvitations {
  viewer {
    invitations {
      nodes {
        id
        organizationName
        inviter {
          displayName
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<MyInvitationsQuery, MyInvitationsQueryVariables>;
export const AcceptInvitationDocument = new TypedDocumentString(`
    mutation AcceptInvitation($input: AcceptInvitationInput!) {
  acceptInvitation(input: $input) {
    __typename
    ... on AcceptInvitationPayload {
      membership {
        id
      }
    }
    ... on EmailMismatchError {
      maskedEmail
    }
    ... on InvitationClosedError {
      status
    }
    ... on UserError {
      message
    }
  }
}
    `) as unknown as TypedDocumentString<AcceptInvitationMutation, AcceptInvitationMutationVariables>;
export const AssignableRolesDocument = new TypedDocumentString(`
    query AssignableRoles($organizationId: ID!) {
  organization(by: { id: $organizationId }) {
    roles(filter: { kind: USER }) {
      id
      name
      viewerCanAssign(organizationId: $organizationId)
    }
  }
}
    `) as unknown as TypedDocumentString<AssignableRolesQuery, AssignableRolesQueryVariables>;
export const ChangeMemberRolesDocument = new TypedDocumentString(`
    mutation ChangeMemberRoles($input: ChangeMemberRolesInput!) {
  changeMemberRoles(input: $input) {
    __typename
    ... on ChangeMemberRolesPayload {
      membership {
        roles {
          name
        }
      }
    }
    ... on PermissionEscalationError {
      missing {
        key
      }
    }
    ... on InvalidInputError {
      issues {
        path
        message
      }
    }
    ... on UserError {
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ChangeMemberRolesMutation, ChangeMemberRolesMutationVariables>;
export const MembersDocument = new TypedDocumentString(`
    query Members($organizationId: ID!, $after: String) {
  organization(by: { id: $organizationId }) {
    members(first: 100, after: $after) {
      nodes {
        principal {
          displayName
        }
        roles {
          name
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<MembersQuery, MembersQueryVariables>;
export const RolesToOfferDocument = new TypedDocumentString(`
    query RolesToOffer($slug: String!) {
  organization(by: { slug: $slug }) {
    id
    roles(filter: { kind: USER }) {
      id
      name
    }
  }
}
    `) as unknown as TypedDocumentString<RolesToOfferQuery, RolesToOfferQueryVariables>;
export const InviteMembersDocument = new TypedDocumentString(`
    mutation InviteMembers($input: InviteMembersInput!) {
  inviteMembers(input: $input) {
    __typename
    ... on InviteMembersPayload {
      results {
        __typename
        ... on UserError {
          message
        }
      }
    }
    ... on UserError {
      message
    }
  }
}
    `) as unknown as TypedDocumentString<InviteMembersMutation, InviteMembersMutationVariables>;
export const MembersToExportDocument = new TypedDocumentString(`
    query MembersToExport($slug: String!, $after: String) {
  organization(by: { slug: $slug }) {
    members(
      first: 100
      after: $after
      orderBy: { field: JOINED_AT, direction: ASC }
    ) {
      nodes {
        principal {
          displayName
          ... on User {
            email
          }
        }
        roles {
          name
        }
        origin
        joinedAt
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<MembersToExportQuery, MembersToExportQueryVariables>;