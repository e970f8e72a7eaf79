/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** What `createOrganization` needs. */
export type CreateOrganizationInput = {
  /** At most 16 KiB and 8 levels. */
  customData?: Record<string, unknown> | null | undefined;
  /** At most 256 characters. */
  description?: string | null | undefined;
  /** The https address of the logo. */
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

export type WhoAmIQueryVariables = Exact<{ [key: string]: never; }>;


export type WhoAmIQuery = { viewer: { principal:
      | { displayName: string }
      | { email: string | null, displayName: string }
    , memberships: { totalCount: number } } | null };

export type CreateOrganizationMutationVariables = Exact<{
  input: CreateOrganizationInput;
}>;


export type CreateOrganizationMutation = { createOrganization:
    | { __typename: 'CreateOrganizationPayload', organization: { id: string, name: string, slug: string } | null }
    | { __typename: 'InvalidInputError', message: string, issues: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'OrganizationLimitReachedError', message: string }
    | { __typename: 'SlugTakenError', suggestion: string, message: string }
   };

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
    memberships {
      totalCount
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