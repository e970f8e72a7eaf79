import { expect, test } from 'vitest'
import { deployment, production } from '../kit/deployment.ts'
import { askAt } from './requests.ts'

const html = { headers: { accept: 'text/html' } }
const pages = ['/graphql', '/mailbox', '/mailbox/0192f1c2-7a3b-7000-8000-000000000000.html']

test('GraphiQL is shown in no frame, asks this server alone, and is kept nowhere', async () => {
  const { app } = await deployment()
  const { headers } = await askAt('http://localhost:4000', app, '/graphql', html)
  const policy = headers.get('content-security-policy')
  for (const part of ["default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'"])
    expect(policy).toContain(part)
  expect(Object.fromEntries(headers)).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  })
})

test('in production, too, where it is switched on, at whatever address', async () => {
  const { app } = await deployment({ ...production, GRAPHIQL: 'true' })
  const { status, headers } = await askAt('https://inside.test', app, '/graphql', html)
  expect(status).toBe(200)
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
})

test.each(['http://evil.test', 'http://evil.test:4000', 'http://localhost.evil.test', 'http://127.0.0.1.evil.test'])(
  'in development a page with a token or mail does not answer at %s, which may be a name that was made to lead here',
  async origin => {
    const { app } = await deployment({ PUBLIC_URL: 'http://gateway.test:4000' })
    for (const path of pages) {
      const { status, text } = await askAt(origin, app, path, html)
      expect([path, status]).toEqual([path, 421])
      expect(text).toContain('http://gateway.test:4000')
    }
  },
)

test('it answers at every loopback address, and at that of PUBLIC_URL', async () => {
  const { app } = await deployment({ PUBLIC_URL: 'http://gateway.test:4000' })
  const origins = ['localhost:4000', 'app.localhost', '127.0.0.1:4000', '127.8.8.8', '[::1]:4000', 'gateway.test:4000']
  for (const origin of origins)
    for (const path of ['/graphql', '/mailbox'])
      expect([origin, (await askAt(`http://${origin}`, app, path, html)).status]).toEqual([origin, 200])
})

test('the API answers at any: it tells nothing without a token', async () => {
  const { app } = await deployment()
  const answer = await askAt('http://gateway:4000', app, '/graphql', { body: { query: '{ viewer { __typename } }' } })
  expect(answer).toMatchObject({ status: 200, text: '{"data":{"viewer":null}}' })
})
