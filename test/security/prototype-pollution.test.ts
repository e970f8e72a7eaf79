import { expect, test } from 'vitest'
import { world } from '../kit/world.ts'

// JSON.parse makes "__proto__" a key like any other; what copies objects afterwards may not (CVE-2018-3721, CVE-2019-10744).

const polluted = () => ({
  plain: ({} as Record<string, unknown>).isAdmin,
  list: ([] as unknown as Record<string, unknown>).isAdmin,
})
const clean = { plain: undefined, list: undefined }

async function post(body: string, token: string, fetch: (request: Request) => Promise<Response>) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const response = await fetch(new Request('http://tenantry.test/graphql', { method: 'POST', headers, body }))
  return { status: response.status, body: await response.json() }
}

const query = 'mutation($input: UpdateOrganizationInput!) { updateOrganization(input: $input) { __typename } }'
const evil = '{"isAdmin":true,"organizationId":"x"}'

test('a prototype beside the variables or the input gives nothing to anybody', async () => {
  const { app, acme, owner } = await world()
  const id = JSON.stringify(acme.id)
  const bodies = [
    `{"query":${JSON.stringify(query)},"variables":{"__proto__":{"input":{"organizationId":${id}}},"input":{"organizationId":${id}}}}`,
    `{"query":${JSON.stringify(query)},"variables":{"constructor":{"prototype":${evil}},"input":{"organizationId":${id}}}}`,
    `{"query":${JSON.stringify(query)},"extensions":{"__proto__":${evil}},"variables":{"input":{"organizationId":${id}}}}`,
  ]
  for (const body of bodies) {
    const answer = await post(body, owner.token, app.fetch)
    expect(answer.body, body).toEqual({ data: { updateOrganization: { __typename: 'UpdateOrganizationPayload' } } })
    expect(polluted()).toEqual(clean)
  }
})

test('an input does not inherit fields from a prototype that is sent with it', async () => {
  const { app, acme, owner } = await world()
  const id = JSON.stringify(acme.id)
  const bodies = [
    `{"__proto__":${evil},"query":${JSON.stringify(query)},"variables":{"input":{"organizationId":${id}}}}`,
    `{"query":${JSON.stringify(query)},"variables":{"input":{"__proto__":{"organizationId":${id}}}}}`,
    `{"query":${JSON.stringify(query)},"variables":{"__proto__":{"input":{"organizationId":${id}}}}}`,
    `{"query":${JSON.stringify(query)},"variables":{"input":{"organizationId":${id},"__proto__":{"name":"Taken"}}}}`,
    `{"query":${JSON.stringify(query)},"variables":{"input":{"organizationId":${id},"constructor":{"prototype":{}}}}}`,
  ]
  for (const body of bodies) {
    const answer = await post(body, owner.token, app.fetch)
    expect(answer.body.data, body).toBeUndefined()
    for (const error of answer.body.errors) expect(error.extensions.code, body).toBe('BAD_USER_INPUT')
  }
  expect(polluted()).toEqual(clean)
})

test('custom data and its merge patches keep such keys, and change no object but their own', async () => {
  const { acme, owner } = await world()
  const data = JSON.parse(
    '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}},"a":{"__proto__":{"isAdmin":true}}}',
  )
  const selection = '... on UpdateOrganizationPayload { organization { customData } }'
  for (const customData of [{ replace: data }, { merge: data }]) {
    const input = { organizationId: acme.id, customData }
    const { organization } = await owner.mutate('updateOrganization', input, selection)
    expect(JSON.stringify(organization.customData)).toContain('"__proto__"')
    expect(polluted()).toEqual(clean)
  }
})

test('an operation, a fragment, a variable or a field called __proto__ or constructor is only a name', async () => {
  const { owner } = await world()
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const alias = await owner.send(`query ${name} { ${name}: viewer { managementPermissions } }`)
    expect(alias.status, name).toBe(200)
    const fragment = await owner.send(`{ viewer { ...${name} } } fragment ${name} on Viewer { managementPermissions }`)
    expect(fragment.data, name).toEqual({ viewer: { managementPermissions: [] } })
    const unknown = await owner.send(`{ viewer { ${name} } }`)
    expect(unknown.errors, name).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  }
  expect(polluted()).toEqual(clean)
})
