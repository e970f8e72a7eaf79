import { describe, expect, test } from 'vitest'
import { deployment, production } from '../kit/deployment.ts'
import { world } from '../kit/world.ts'
import { ask } from './requests.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

test('/healthz says that the process lives, and is not cached', async () => {
  const { app } = await world()
  const { status, text, headers } = await ask(app, '/healthz')
  expect({ status, text, type: headers.get('content-type'), cache: headers.get('cache-control') }).toEqual({
    status: 200,
    text: 'ok\n',
    type: 'text/plain; charset=utf-8',
    cache: 'no-store',
  })
})

test('/readyz says whether the database answers; /healthz does not depend on it', async () => {
  const { app, dropDatabase } = await deployment()
  expect(await ask(app, '/readyz')).toMatchObject({ status: 200, text: 'ready\n' })
  await dropDatabase()
  expect(await ask(app, '/readyz')).toMatchObject({ status: 503, text: 'the database does not answer\n' })
  expect(await ask(app, '/healthz')).toMatchObject({ status: 200 })
})

describe('/.well-known/jwks.json', () => {
  test('publishes public keys alone, for anybody and any cache', async () => {
    const { app } = await world()
    const { status, text, headers } = await ask(app, '/.well-known/jwks.json')
    expect({ status, cache: headers.get('cache-control') }).toEqual({ status: 200, cache: 'public, max-age=60' })
    const { keys } = JSON.parse(text)
    // The built-in issuer's and the development issuer's.
    expect(keys.length).toBeGreaterThanOrEqual(2)
    for (const key of keys) expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
  })

  test('has no key of a development issuer in production', async () => {
    const { app } = await deployment({ ...production, BUILT_IN_ISSUER: 'false' })
    expect((await ask(app, '/.well-known/jwks.json')).text).toBe('{"keys":[]}')
  })
})

describe('other ways', () => {
  test('/ leads to the API', async () => {
    const { app } = await world()
    const { status, headers } = await ask(app, '/')
    expect({ status, location: headers.get('location') }).toEqual({ status: 302, location: '/graphql' })
  })

  test.each([
    '/nope',
    '/graphql/',
    '/graphql/x',
    '//graphql',
    '/GRAPHQL',
    '/healthz/',
    '/.env',
    '/__proto__',
    '/constructor',
    '/%2e%2e/x',
  ])('%s is 404, whatever the method', async path => {
    const { app } = await world()
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'])
      expect({ method, status: (await ask(app, path, { method })).status }).toEqual({ method, status: 404 })
  })

  test.each(['/', '/healthz', '/readyz', '/.well-known/jwks.json'])('%s takes GET and HEAD alone', async path => {
    const { app } = await world()
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await ask(app, path, { method })
      expect({ method, status, allow: headers.get('allow') }).toEqual({ method, status: 405, allow: 'GET, HEAD' })
    }
    expect((await ask(app, path, { method: 'HEAD' })).status).toBeLessThan(400)
  })

  test.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'])('/graphql takes no %s', async method => {
    const { app } = await world()
    const { status, headers } = await ask(app, '/graphql', { method })
    expect({ status, allow: headers.get('allow') }).toEqual({ status: 405, allow: 'GET, POST' })
  })
})

test('every answer carries the id under which its request stands in the log', async () => {
  const { app, log } = await world({ isolated: true })
  const paths = ['/healthz', '/readyz', '/', '/nope', '/graphql?query={__typename}', '/.well-known/jwks.json']
  const ids: string[] = []
  for (const path of paths) ids.push((await ask(app, path)).headers.get('x-request-id') ?? '')
  for (const id of ids) expect(id).toMatch(uuid)
  expect(new Set(ids).size).toBe(paths.length)
  const logged = log.map(line => JSON.parse(line)).filter(line => ids.includes(line.requestId))
  expect(logged.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
    'GET /healthz 200',
    'GET /readyz 200',
    'GET / 302',
    'GET /nope 404',
    'GET /graphql 200',
    'GET /.well-known/jwks.json 200',
  ])
})
