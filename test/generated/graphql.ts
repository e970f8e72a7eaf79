/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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

export type OnboardedQueryVariables = Exact<{
  slug: string;
}>;


export type OnboardedQuery = { organization: { name: string, members: { nodes: Array<{ origin: MembershipOrigin, principal:
          | { displayName: string }
          | { displayName: string }
        , roles: Array<{ name: string }> }> } | null, invitations: { nodes: Array<{ email: string, status: InvitationStatus }> } | null } | null };

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

export const OnboardedDocument = new TypedDocumentString(`
    query Onboarded($slug: String!) {
  organization(by: { slug: $slug }) {
    name
    members(orderBy: { field: JOINED_AT, direction: ASC }) {
      nodes {
        principal {
          displayName
        }
        origin
        roles {
          name
        }
      }
    }
    invitations {
      nodes {
        email
        status
      }
    }
  }
}
    `) as unknown as TypedDocumentString<OnboardedQuery, OnboardedQueryVariables>;