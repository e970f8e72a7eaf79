import { describe, expect, test } from 'vitest'
import { deployment, production } from '../kit/deployment.ts'
import { ask, post } from './requests.ts'

const html = { headers: { accept: 'text/html' } }
const introspections = [
  '{ __schema { types { name } } }',
  '{ __type(name: "User") { fields { name } } }',
  'query { ...F } fragment F on Query { alias: __schema { queryType { name } } }',
]

describe('in production', () => {
  test('there is no GraphiQL', async () => {
    const { app } = await deployment(production)
    const { status, text } = await ask(app, '/graphql', html)
    expect({ status, text }).toEqual({ status: 406, text: '' })
  })

  test.each(introspections)('introspection is refused: %s', async query => {
    const { app } = await deployment(production)
    const { errors, text } = await post(app, query)
    expect(errors.map(error => error.extensions)).toContainEqual({ code: 'BAD_USER_INPUT' })
    expect(JSON.parse(text).data).toBe(undefined)
  })

  test('__typename still tells what a result is', async () => {
    const { app } = await deployment(production)
    expect((await post(app, '{ __typename }')).text).toBe('{"data":{"__typename":"Query"}}')
  })

  test.each<[string, object]>([
    ['{ organisations { totalCount } }', {}],
    ['{ viewer { principals { id } } }', {}],
    ['{ node(idd: "x") { id } }', {}],
    ['{ node(id: "x") { ... on Organisation { id } } }', {}],
    ['{ organization(by: { slugg: "x" }) { id } }', {}],
    ['query($by: OrganizationRef!) { organization(by: $by) { id } }', { by: { slugg: 'x' } }],
    [
      'query($d: OrderDirection!) { organizations(orderBy: { field: NAME, direction: $d }) { totalCount } }',
      { d: 'ASK' },
    ],
    ['{ organizations(orderBy: { field: NAMES, direction: ASC }) { totalCount } }', {}],
  ])('a mistake does not spell the schema out: %s', async (query, variables) => {
    const { app } = await deployment(production)
    const { errors, text } = await post(app, query, { variables })
    expect(errors.length).toBeGreaterThan(0)
    expect(text).not.toContain('Did you mean')
  })

  test('a token of the development issuer is one of a stranger', async () => {
    const { app, token } = await deployment(production)
    const { status, errors } = await post(app, '{ __typename }', { token: await token('ada@people.test') })
    expect({ status, message: errors[0]?.message }).toEqual({
      status: 401,
      message: 'The token\'s issuer "urn:tenantry:development" is not trusted by this gateway.',
    })
  })

  test('nothing is seeded', async () => {
    const { log } = await deployment({ ...production, DEMO: 'true' })
    expect(log).toEqual([])
  })

  test('GraphiQL and introspection can be switched on', async () => {
    const { app } = await deployment({ ...production, GRAPHIQL: 'true', INTROSPECTION: 'true' })
    expect((await ask(app, '/graphql', html)).text).toContain('<title>Tenantry</title>')
    expect((await post(app, introspections[0] ?? '')).errors).toEqual([])
  })
})

describe('in development', () => {
  test('GraphiQL and introspection are there, and a mistake is helped with', async () => {
    const { app } = await deployment()
    expect((await ask(app, '/graphql', html)).text).toContain('<title>Tenantry</title>')
    for (const query of introspections) expect((await post(app, query)).errors).toEqual([])
    expect((await post(app, '{ organisation { id } }')).errors[0]?.message).toContain('Did you mean "organization"')
  })

  test('they can be switched off', async () => {
    const { app } = await deployment({ GRAPHIQL: 'false', INTROSPECTION: 'false' })
    expect((await ask(app, '/graphql', html)).text).not.toContain('<html')
    expect((await post(app, introspections[0] ?? '')).errors).not.toEqual([])
  })

  test('GraphiQL carries no token where there is no demo', async () => {
    const { app } = await deployment()
    expect((await ask(app, '/graphql', html)).text).not.toContain('Bearer eyJ')
  })
})
