import { renderGraphiQL } from '@graphql-yoga/render-graphiql'
import type { GraphiQLOptions } from 'graphql-yoga'

/** The GraphiQL page, served from the package: it works without the internet. */
export interface Explorer {
  options(): Promise<GraphiQLOptions>
  render: typeof renderGraphiQL
}

/**
 * @param token for a demo person, filled into the headers; only ever given in development
 */
export function createExplorer(token: (() => Promise<string>) | null): Explorer {
  return {
    render: renderGraphiQL,
    async options() {
      const headers = token === null ? undefined : JSON.stringify({ Authorization: `Bearer ${await token()}` }, null, 2)
      return {
        title: 'Tenantry',
        credentials: 'same-origin',
        shouldPersistHeaders: false,
        defaultEditorToolsVisibility: 'headers',
        ...(headers !== undefined && { headers }),
        defaultTabs: examples.map(query => ({ query, ...(headers !== undefined && { headers }) })),
      }
    },
  }
}

const examples = [
  `# Who am I, and where am I a member?
query Me {
  viewer {
    principal { displayName ... on User { email } }
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
  `# An organization with its members. Only what you may see is there: without member:read, members is null.
query Members {
  organization(by: { slug: "acme" }) {
    id
    name
    viewerPermissions { key }
    members(first: 20, orderBy: { field: DISPLAY_NAME, direction: ASC }) {
      totalCount
      nodes {
        id
        principal { displayName ... on User { email } }
        roles { name kind }
        viewerCanChangeRoles
      }
      pageInfo { hasNextPage endCursor }
    }
    roles { id name kind permissions { key } }
  }
}
`,
  `# Creates an organization; you become its owner. What can go wrong is a type of its own.
mutation CreateOrganization {
  createOrganization(input: { name: "Globex Corporation" }) {
    __typename
    ... on CreateOrganizationPayload {
      organization { id slug name }
      membership { roles { name } }
    }
    ... on SlugTakenError { message suggestion }
    ... on UserError { message }
  }
}
`,
  `# Invitations of an organization, and those to you.
query Invitations {
  organization(by: { slug: "acme" }) {
    invitations(filter: { statuses: [PENDING] }) {
      nodes { id email status expiresAt roles { name } inviter { displayName } }
    }
  }
  viewer {
    invitations { nodes { id organizationName roles { name } expiresAt } }
  }
}
`,
]
