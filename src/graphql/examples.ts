import type { ExampleIds } from './example-ids.ts'

/** One tab of GraphiQL. */
export interface Example {
  readonly query: string
  /** The variables, from the ids of this deployment; the ids are empty where they could not be found out. */
  readonly variables?: (ids: ExampleIds) => object
}

/** Where there is no demo deployment: works for everybody who brings a token. */
export const ownExample: Example = {
  query: `# Who am I, and where am I a member?
#
# Nobody, until you put your token under "Headers":
# { "Authorization": "Bearer <your token>" }
query Me {
  viewer {
    principal { displayName }
    memberships(first: 10) {
      totalCount
      nodes {
        organization { name slug }
        roles { name }
      }
    }
  }
}
`,
}

/** They work as they are for the owner of the demo deployment. */
export const examples: readonly Example[] = [
  {
    query: `# Who am I, and where am I a member?
#
# You are whoever the token under "Headers" says. To be
# somebody else, put in what this prints:
# npm run -s token -- max.member@demo.example
query Me {
  viewer {
    principal {
      displayName
      ... on User { email }
    }
    memberships(first: 10) {
      totalCount
      nodes {
        organization { name slug viewerCanInvite }
        roles { name }
      }
    }
  }
}
`,
  },
  {
    query: `# An organization with its members and roles.
#
# What you may not see is null, not an error: members to
# whoever lacks member:read, organization to a stranger.
query Members {
  organization(by: { slug: "acme" }) {
    id
    name
    members(
      first: 20
      orderBy: { field: DISPLAY_NAME, direction: ASC }
    ) {
      totalCount
      nodes {
        id
        principal {
          displayName
          ... on User { email }
        }
        roles { name }
        viewerCanChangeRoles
      }
      # The next page: members(after: "<endCursor>", …)
      pageInfo { hasNextPage endCursor }
    }
    roles {
      id
      name
      kind
      permissions { key }
    }
    # All that you may do here. For the buttons of an
    # interface there are viewerCanInvite and others.
    viewerPermissions { key }
  }
}
`,
  },
  {
    query: `# Creates an organization; you become its owner.
#
# A mutation answers with its payload or with one of the
# errors that it can have: each is a type, with what helps
# to go on. Add slug: "acme" to the input, and see.
mutation CreateOrganization {
  createOrganization(input: { name: "Globex Corporation" }) {
    __typename
    ... on CreateOrganizationPayload {
      organization { id name slug }
      membership { roles { name } }
    }
    ... on SlugTakenError { suggestion }
    ... on InvalidInputError { issues { path message } }
    ... on UserError { message }
  }
}
`,
  },
  {
    query: `# Invites somebody to Acme: see "Variables" below.
#
# Without roleIds they will get the default role. Run it
# again: it answers with the invitation that is there.
# The mail that they get waits at /mailbox.
mutation InviteMember($input: InviteMemberInput!) {
  inviteMember(input: $input) {
    __typename
    ... on InviteMemberPayload { invitation { ...Offer } }
    ... on AlreadyInvitedError { invitation { ...Offer } }
    ... on UserError { message }
  }
}

fragment Offer on Invitation {
  id
  email
  status
  expiresAt
  roles { name }
}
`,
    variables: ({ organizationId }) => ({ input: { organizationId, email: 'nora.new@demo.example' } }),
  },
  {
    query: `# The invitations of Acme, and those to you.
#
# As iris.invited@demo.example you find one to you, and
# accept it with the mutation acceptInvitation(
#   input: { invitation: { id: "<its id>" } }).
query Invitations {
  organization(by: { slug: "acme" }) {
    invitations(filter: { statuses: [PENDING] }) {
      totalCount
      nodes {
        email
        expiresAt
        roles { name }
        inviter { displayName }
        viewerCanRevoke
      }
    }
  }
  viewer {
    invitations {
      nodes {
        id
        organizationName
        roles { name }
        viewerCanAccept
      }
    }
  }
}
`,
  },
  {
    query: `# Gives Max Member one more role in Acme. The ids of his
# membership and of the role are under "Variables" below.
#
# A role that he holds already is no error. But nobody
# grants what they lack: as ada.admin@demo.example try
# the id of the role Owner, which the tab Members shows.
mutation ChangeRoles($input: ChangeMemberRolesInput!) {
  changeMemberRoles(input: $input) {
    __typename
    ... on ChangeMemberRolesPayload {
      membership {
        principal { displayName }
        roles { name }
        permissions { key }
      }
    }
    ... on PermissionEscalationError { missing { key } }
    ... on UserError { message }
  }
}
`,
    variables: ({ membershipId, roleId }) => ({ input: { membershipId, addRoleIds: [roleId] } }),
  },
]
