import { graphql } from './generated/gql.ts'

export const WhoAmI = graphql(`
  query WhoAmI {
    viewer {
      principal {
        displayName
        ... on User { email }
      }
    }
  }
`)

export const CreateOrganization = graphql(`
  mutation CreateOrganization($input: CreateOrganizationInput!) {
    createOrganization(input: $input) {
      __typename
      ... on CreateOrganizationPayload { organization { id name slug } }
      ... on SlugTakenError { suggestion }
      ... on InvalidInputError { issues { path message } }
      ... on UserError { message }
    }
  }
`)

export const InviteMember = graphql(`
  mutation InviteMember($input: InviteMemberInput!) {
    inviteMember(input: $input) {
      __typename
      ... on InviteMemberPayload { invitation { id expiresAt } }
      ... on AlreadyInvitedError { invitation { id expiresAt } }
      ... on InvalidInputError { issues { path message } }
      ... on UserError { message }
    }
  }
`)

export const MyInvitations = graphql(`
  query MyInvitations {
    viewer {
      invitations { nodes { id organizationName inviter { displayName } } }
    }
  }
`)

export const AcceptInvitation = graphql(`
  mutation AcceptInvitation($input: AcceptInvitationInput!) {
    acceptInvitation(input: $input) {
      __typename
      ... on AcceptInvitationPayload { membership { id } }
      ... on EmailMismatchError { maskedEmail }
      ... on InvitationClosedError { status }
      ... on UserError { message }
    }
  }
`)

export const AssignableRoles = graphql(`
  query AssignableRoles($organizationId: ID!) {
    organization(by: { id: $organizationId }) {
      roles(filter: { kind: USER }) {
        id
        name
        viewerCanAssign(organizationId: $organizationId)
      }
    }
  }
`)

export const ChangeMemberRoles = graphql(`
  mutation ChangeMemberRoles($input: ChangeMemberRolesInput!) {
    changeMemberRoles(input: $input) {
      __typename
      ... on ChangeMemberRolesPayload { membership { roles { name } } }
      ... on PermissionEscalationError { missing { key } }
      ... on InvalidInputError { issues { path message } }
      ... on UserError { message }
    }
  }
`)

export const Members = graphql(`
  query Members($organizationId: ID!, $after: String) {
    organization(by: { id: $organizationId }) {
      members(first: 100, after: $after) {
        nodes {
          principal { displayName }
          roles { name }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`)
