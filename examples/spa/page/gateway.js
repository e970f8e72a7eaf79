/** Runs an operation at the gateway: `token` is asked before each. */
export function createGateway(url, token) {
  return async function run(query, variables = {}) {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await token()}` }
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
    const { data, errors } = await response.json()
    if (errors !== undefined) throw new Error(errors[0].message)
    return data
  }
}

/** The first hundred, the newest first. */
export async function organizationsOf(run) {
  const { viewer } = await run(
    'query Mine { viewer { memberships(first: 100) { nodes { organization { id name } } } } }',
  )
  return viewer.memberships.nodes.map(({ organization }) => ({ ...organization, uuid: uuidOf(organization.id) }))
}

export async function createOrganization(run, name) {
  const { createOrganization: result } = await run(
    'mutation Create($name: String!) { createOrganization(input: { name: $name }) { __typename ... on UserError { message } } }',
    { name },
  )
  if (result.message !== undefined) throw new Error(result.message)
}

/** Tokens name an organization by its UUID, the graph by an id that holds it. */
const uuidOf = id => atob(id.replaceAll('-', '+').replaceAll('_', '/')).split(':')[1]
