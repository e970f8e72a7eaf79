import { describe, expect, test } from 'vitest'
import { world } from '../kit/world.ts'
import { ask, post } from './requests.ts'

const codes = ({ errors }: { errors: { extensions: { code: string } }[] }) => errors.map(error => error.extensions.code)

describe('a request', () => {
  test('may be a GET with a query', async () => {
    const { app } = await world()
    const { status, text } = await ask(app, `/graphql?query=${encodeURIComponent('{ __typename }')}`)
    expect({ status, text }).toEqual({ status: 200, text: '{"data":{"__typename":"Query"}}' })
  })

  test('cannot change anything by GET, whatever it is called', async () => {
    const { app, owner } = await world()
    const text =
      'query Read { __typename } mutation Write { createOrganization(input: { name: "By GET" }) { __typename } }'
    const path = `/graphql?operationName=Write&query=${encodeURIComponent(text)}`
    const answer = await ask(app, path, { headers: { authorization: `Bearer ${owner.token}` } })
    expect({ status: answer.status, allow: answer.headers.get('allow'), codes: codes(answer) }).toEqual({
      status: 405,
      allow: 'POST',
      codes: ['BAD_USER_INPUT'],
    })
    expect((await owner.query('{ viewer { memberships { totalCount } } }')).viewer.memberships.totalCount).toBe(1)
  })

  test('cannot be a batch', async () => {
    const { app } = await world()
    const answer = await ask(app, '/graphql', { body: [{ query: '{ __typename }' }, { query: '{ __typename }' }] })
    expect({ status: answer.status, codes: codes(answer) }).toEqual({ status: 400, codes: ['BAD_USER_INPUT'] })
  })

  test('cannot be multipart', async () => {
    const { app } = await world()
    const body = new FormData()
    body.set('operations', JSON.stringify({ query: '{ __typename }' }))
    body.set('map', '{}')
    expect((await ask(app, '/graphql', { body })).status).toBe(415)
  })

  test.each(['text/plain', 'application/xml', ''])('cannot be of the type %j', async type => {
    const { app } = await world()
    const answer = await ask(app, '/graphql', { body: '{"query":"{ __typename }"}', headers: { 'content-type': type } })
    expect(answer.status).toBe(415)
  })

  test.each(['{', '', 'null', '"query"', '7'])(
    'with the body %j is 400 and shows nothing of the parser',
    async body => {
      const { app } = await world()
      const answer = await ask(app, '/graphql', { body, headers: { 'content-type': 'application/json' } })
      expect({ status: answer.status, extensions: answer.errors.map(error => error.extensions) }).toEqual({
        status: 400,
        extensions: [{ code: 'BAD_USER_INPUT' }],
      })
    },
  )

  test.each<[string, object]>([
    ['a number as the query', { query: 7 }],
    ['text as the variables', { query: '{ __typename }', variables: 'x' }],
    ['a list as the variables', { query: '{ __typename }', variables: ['x'] }],
    ['a number as the name', { query: '{ __typename }', operationName: 7 }],
    ['a parameter that there is none of', { query: '{ __typename }', token: 'x' }],
  ])('with %s is 400', async (_, body) => {
    const { app } = await world()
    const answer = await ask(app, '/graphql', { body })
    expect({ status: answer.status, codes: codes(answer) }).toEqual({ status: 400, codes: ['BAD_USER_INPUT'] })
  })

  test('without a query is told so', async () => {
    const { app } = await world()
    expect(codes(await ask(app, '/graphql', { body: {} }))).toEqual(['BAD_USER_INPUT'])
  })
})

describe('what is wrong with a document is BAD_USER_INPUT', () => {
  test.each<[string, string, string]>([
    ['its syntax', '{ viewer', 'Syntax Error: Expected Name, found <EOF>.'],
    [
      'a field that there is none of',
      '{ nope }',
      'Cannot query field "nope" on type "Query". Did you mean "node" or "nodes"?',
    ],
    ['a fragment that there is none of', '{ ...Nope }', 'Unknown fragment "Nope".'],
    [
      'a missing argument',
      '{ node { id } }',
      'Argument "Query.node(id:)" of type "ID!" is required, but it was not provided.',
    ],
    [
      'two operations without a choice',
      'query A { __typename } query B { __typename }',
      'Could not determine what operation to execute.',
    ],
  ])('%s', async (_, query, message) => {
    const { app, owner } = await world()
    const { errors } = await post(app, query, { token: owner.token })
    expect(errors.map(error => ({ message: error.message, extensions: error.extensions }))).toEqual([
      { message, extensions: { code: 'BAD_USER_INPUT' } },
    ])
  })

  test('with status 200 for application/json and 400 for application/graphql-response+json', async () => {
    const { app } = await world()
    const type = 'application/graphql-response+json'
    expect((await post(app, '{ nope }')).status).toBe(200)
    const strict = await post(app, '{ nope }', { headers: { accept: type } })
    expect({ status: strict.status, type: strict.headers.get('content-type') }).toEqual({
      status: 400,
      type: `${type}; charset=utf-8`,
    })
  })

  test('the same document is refused the same way each time', async () => {
    const { app } = await world()
    const answers = [await post(app, '{ nope }'), await post(app, '{ nope }'), await post(app, '{ nope }')]
    expect(new Set(answers.map(answer => answer.text)).size).toBe(1)
  })
})

describe('what is wrong with a variable is BAD_USER_INPUT', () => {
  test.each<[string, unknown]>([
    ['of the wrong type', 'ten'],
    ['out of range', 2 ** 31],
    ['missing', undefined],
    ['null', null],
    ['a fraction', 1.5],
  ])('%s', async (_, first) => {
    const { app, owner } = await world()
    const query = 'query($first: Int!) { viewer { memberships(first: $first) { totalCount } } }'
    const { errors, text } = await post(app, query, { token: owner.token, variables: { first } })
    expect(errors.map(error => error.extensions)).toEqual([{ code: 'BAD_USER_INPUT' }])
    expect(JSON.parse(text).data).toBe(undefined)
  })

  test('an id of the wrong type names its path', async () => {
    const { app, owner, roleId } = await world()
    const variables = { id: await roleId('Admin') }
    const query = 'mutation($id: ID!) { removeMember(input: { membershipId: $id }) { __typename } }'
    const { errors } = await post(app, query, { token: owner.token, variables })
    expect(errors[0]?.message).toBe(`input.membershipId: "${variables.id}" is not the id of a Membership.`)
    expect(errors[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', path: ['input', 'membershipId'] })
  })

  test('an id that is very long is not repeated in full', async () => {
    const { app, owner } = await world()
    const query = 'mutation($id: ID!) { removeMember(input: { membershipId: $id }) { __typename } }'
    const { text } = await post(app, query, { token: owner.token, variables: { id: 'x'.repeat(100_000) } })
    expect(text.length).toBeLessThan(1000)
  })

  test('a character that no database takes, wherever it is', async () => {
    const { app, owner, acme } = await world()
    const query = `query($id: ID!, $search: String) {
      organization(by: { id: $id }) { invitations(filter: { search: $search }) { totalCount } } }`
    const variables = { id: acme.id, search: 'a\u0000' }
    expect(codes(await post(app, query, { token: owner.token, variables }))).toEqual(['BAD_USER_INPUT'])
  })
})

describe('an anonymous caller', () => {
  test('is nobody, and reads what is public', async () => {
    const { anonymous } = await world()
    expect(await anonymous().query('{ viewer { __typename } __typename }')).toEqual({
      viewer: null,
      __typename: 'Query',
    })
  })

  test.each([
    'organization(by: { slug: "acme" }) { id }',
    'node(id: "T3JnYW5pemF0aW9uOjAxYTIwMDAwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMA") { id }',
    'nodes(ids: []) { id }',
    'organizationTemplate { roles { name } }',
    'organizations { totalCount }',
    'users { totalCount }',
    'machineApplications { totalCount }',
    'auditEvents { totalCount }',
  ])('is told to sign in for %s', async field => {
    const { anonymous } = await world()
    const { errors } = await anonymous().send(`{ ${field} }`)
    expect(errors.map(error => error.extensions)).toEqual([{ code: 'UNAUTHENTICATED' }])
  })
})
