export interface ExampleIds {
  readonly organizationId: string
  readonly membershipId: string
  readonly roleId: string
}

/** Asks for the ids that the examples need: they differ from one demo deployment to the next. */
export const idsQuery = /* GraphQL */ `
  query ExampleIds {
    organization(by: { slug: "acme" }) {
      id
      members(first: 1, filter: { search: "max.member@" }) { nodes { id } }
      roles(filter: { isCustom: true }) { id name }
    }
  }
`

/** @param data what `idsQuery` answered: the demo may have been changed, or be gone */
export function exampleIdsIn(data: unknown): ExampleIds {
  const organization = (data as IdsData | null | undefined)?.organization
  return {
    organizationId: organization?.id ?? '',
    membershipId: organization?.members?.nodes[0]?.id ?? '',
    roleId: organization?.roles.find(role => role.name === 'Billing')?.id ?? '',
  }
}

interface IdsData {
  organization: {
    id: string
    members: { nodes: { id: string }[] } | null
    roles: { id: string; name: string }[]
  } | null
}
