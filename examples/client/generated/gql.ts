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
    "\n  query WhoAmI {\n    viewer {\n      principal {\n        displayName\n        ... on User {\n          email\n        }\n      }\n      memberships {\n        totalCount\n      }\n    }\n  }\n": typeof types.WhoAmIDocument,
    "\n  mutation CreateOrganization($input: CreateOrganizationInput!) {\n    createOrganization(input: $input) {\n      __typename\n      ... on CreateOrganizationPayload {\n        organization {\n          id\n          name\n          slug\n        }\n      }\n      ... on SlugTakenError {\n        suggestion\n      }\n      ... on InvalidInputError {\n        issues {\n          path\n          message\n        }\n      }\n      ... on UserError {\n        message\n      }\n    }\n  }\n": typeof types.CreateOrganizationDocument,
};
const documents: Documents = {
    "\n  query WhoAmI {\n    viewer {\n      principal {\n        displayName\n        ... on User {\n          email\n        }\n      }\n      memberships {\n        totalCount\n      }\n    }\n  }\n": types.WhoAmIDocument,
    "\n  mutation CreateOrganization($input: CreateOrganizationInput!) {\n    createOrganization(input: $input) {\n      __typename\n      ... on CreateOrganizationPayload {\n        organization {\n          id\n          name\n          slug\n        }\n      }\n      ... on SlugTakenError {\n        suggestion\n      }\n      ... on InvalidInputError {\n        issues {\n          path\n          message\n        }\n      }\n      ... on UserError {\n        message\n      }\n    }\n  }\n": types.CreateOrganizationDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query WhoAmI {\n    viewer {\n      principal {\n        displayName\n        ... on User {\n          email\n        }\n      }\n      memberships {\n        totalCount\n      }\n    }\n  }\n"): typeof import('./graphql.ts').WhoAmIDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateOrganization($input: CreateOrganizationInput!) {\n    createOrganization(input: $input) {\n      __typename\n      ... on CreateOrganizationPayload {\n        organization {\n          id\n          name\n          slug\n        }\n      }\n      ... on SlugTakenError {\n        suggestion\n      }\n      ... on InvalidInputError {\n        issues {\n          path\n          message\n        }\n      }\n      ... on UserError {\n        message\n      }\n    }\n  }\n"): typeof import('./graphql.ts').CreateOrganizationDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
