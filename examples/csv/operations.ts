import { graphql } from '../client/generated/gql.ts'

export const RolesToOffer = graphql(`
  query RolesToOffer($slug: String!) {
    organization(by: { slug: $slug }) {
      id
      roles(filter: { kind: USER }) { id name }
    }
  }
`)

export const InviteMembers = graphql(`
  mutation InviteMembers($input: InviteMembersInput!) {
    inviteMembers(input: $input) {
      __typename
      ... on InviteMembersPayload {
        results {
          __typename
          ... on UserError { message }
        }
      }
      ... on UserError { message }
    }
  }
`)

export const MembersToExport = graphql(`
  query MembersToExport($slug: String!, $after: String) {
    organization(by: { slug: $slug }) {
      members(first: 100, after: $after, orderBy: { field: JOINED_AT, direction: ASC }) {
        nodes {
          principal {
            displayName
            ... on User { email }
          }
          roles { name }
          origin
          joinedAt
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`)
