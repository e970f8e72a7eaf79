/** The notes of one organization, at a service that takes organization tokens alone. */
export function createNotes(url, tokenFor) {
  async function call(organizationId, init = {}) {
    const headers = { authorization: `Bearer ${await tokenFor(organizationId)}` }
    const response = await fetch(`${url}/organizations/${organizationId}/notes`, { ...init, headers }).catch(() => {
      throw new Error('The notes are out of reach.')
    })
    const body = await response.json().catch(() => ({}))
    if (!response.ok) throw new Error(body.error_description ?? `The notes answer ${response.status}.`)
    return body
  }
  return {
    list: organizationId => call(organizationId),
    write: (organizationId, text) => call(organizationId, { method: 'POST', body: text }),
  }
}
