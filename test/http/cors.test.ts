import { describe, expect, test } from 'vitest'
import { deployment } from '../kit/deployment.ts'
import { ask, post } from './requests.ts'

const mine = 'https://app.example'
const other = 'https://admin.example'
const others = [
  'https://evil.example',
  'null',
  'http://app.example',
  'https://app.example:8443',
  'https://app.example.evil.example',
  'https://evilapp.example',
  'https://APP.example',
  'https://app.example/',
  '*',
  '',
]

/** What an answer tells a browser of other origins. */
function corsOf({ headers }: { headers: Headers }): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-') || name === 'vary'))
}
const preflight = (origin: string) => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization, content-type',
  },
})

describe('without CORS_ORIGINS', () => {
  test('no origin is told anything', async () => {
    const { app } = await deployment()
    expect(corsOf(await post(app, '{ __typename }', { headers: { origin: mine } }))).toEqual({})
    const refused = await ask(app, '/graphql', preflight(mine))
    expect({ status: refused.status, cors: corsOf(refused) }).toEqual({ status: 405, cors: {} })
  })
})

describe.each([mine, `${other},${mine}`, `${mine} , http://localhost:3000`])('with CORS_ORIGINS %j', CORS_ORIGINS => {
  test('an origin of the list may call, without cookies', async () => {
    const { app } = await deployment({ CORS_ORIGINS })
    const answer = await post(app, '{ __typename }', { headers: { origin: mine } })
    expect(corsOf(answer)).toEqual({
      'access-control-allow-origin': mine,
      'access-control-expose-headers': 'x-request-id',
      vary: 'Origin',
    })
    const asked = await ask(app, '/graphql', preflight(mine))
    expect(asked.status).toBe(204)
    expect(corsOf(asked)).toEqual({
      'access-control-allow-origin': mine,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'authorization, content-type',
      'access-control-expose-headers': 'x-request-id',
      'access-control-max-age': '600',
      vary: 'Origin',
    })
  })

  test('no other may, however much it looks like one', async () => {
    const { app } = await deployment({ CORS_ORIGINS })
    for (const origin of others) {
      const answers = [
        await post(app, '{ __typename }', { headers: { origin } }),
        await ask(app, '/graphql', preflight(origin)),
      ]
      for (const answer of answers)
        expect({ origin, cors: corsOf(answer) }).toEqual({ origin, cors: { vary: 'Origin' } })
    }
  })

  test('an answer to nobody in particular is not kept for everybody', async () => {
    const { app } = await deployment({ CORS_ORIGINS })
    expect(corsOf(await post(app, '{ __typename }'))).toEqual({ vary: 'Origin' })
  })

  test('a refused token is told to the page that sent it', async () => {
    const { app } = await deployment({ CORS_ORIGINS })
    const answer = await post(app, '{ __typename }', { token: 'x', headers: { origin: mine } })
    expect(answer.status).toBe(401)
    expect(corsOf(answer)).toMatchObject({ 'access-control-allow-origin': mine })
  })
})

test('* lets every origin call in development, without cookies', async () => {
  const { app } = await deployment({ CORS_ORIGINS: '*' })
  const cors = corsOf(await post(app, '{ __typename }', { headers: { origin: 'https://any.example' } }))
  expect(cors['access-control-allow-origin']).toBe('*')
  expect(cors).not.toHaveProperty('access-control-allow-credentials')
})
