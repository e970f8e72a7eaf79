import { graphql } from './generated/gql.ts'

export const WhoAmI = graphql(`
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
`)

export const CreateOrganization = graphql(`
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
`)
