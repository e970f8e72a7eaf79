import { EncryptJWT, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AnswerError, createClient } from '../kit/client.ts'
import { testClock } from '../kit/clock.ts'
import { trusting } from '../kit/foreign.ts'
import { startIssuer, type TestIssuer } from '../kit/issuer.ts'
import { sql } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'

let issuer: TestIssuer
let stranger: TestIssuer
let w: World
beforeAll(async () => {
  ;[issuer, stranger] = await Promise.all([startIssuer(), startIssuer()])
  w = await world({ env: trusting(issuer) })
})
afterAll(() => Promise.all([issuer.close(), stranger.close()]))

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const secret = Buffer.from('a secret that anybody can guess!')
const now = () => Math.floor(Date.now() / 1000)
/** A genuine token that was changed on its way. */
const changed = async (change: (parts: string[]) => string[]) =>
  change((await issuer.sign(issuer.claims())).split('.')).join('.')

async function send(authorization: string, accept?: string) {
  const headers = { 'content-type': 'application/json', authorization, ...(accept !== undefined && { accept }) }
  const body = JSON.stringify({ query: '{ viewer { principal { id } } }' })
  const response = await w.app.fetch(new Request('http://tenantry.test/graphql', { method: 'POST', headers, body }))
  const text = await response.text()
  const answer = JSON.parse(text) as { data?: unknown; errors: AnswerError[] }
  return { status: response.status, challenge: response.headers.get('www-authenticate'), text, ...answer }
}

const bad: [string, () => Promise<string> | string, RegExp][] = [
  ['of no form at all', () => 'token', /not a signed JWT/],
  ['of three empty parts', () => '..', /not a signed JWT/],
  ['of two parts', () => `${encode({ alg: 'ES256' })}.${encode({ sub: 'ada' })}`, /not a signed JWT/],
  [
    'of five parts',
    () => new EncryptJWT(issuer.claims()).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(secret),
    /not a signed JWT|is not signed|algorithm/,
  ],
  ['that is a list', () => `${encode({ alg: 'ES256' })}.${encode([])}.AAAA`, /not a signed JWT/],
  [
    'without a signature',
    () => `${encode({ alg: 'none', typ: 'JWT' })}.${encode(issuer.claims())}.`,
    /is not signed \(alg "none"\)/,
  ],
  [
    'signed with a secret (HS256)',
    () => new SignJWT(issuer.claims()).setProtectedHeader({ alg: 'HS256' }).sign(secret),
    /algorithm is "HS256"/,
  ],
  ['with its signature cut off', () => changed(([head = '', claims = '']) => [head, claims, '']), /signature/],
  [
    'with the signature of other claims',
    () => changed(([head = '', , end = '']) => [head, encode(issuer.claims({ sub: 'root' })), end]),
    /signature/,
  ],
  ['signed by another issuer', () => stranger.sign(issuer.claims()), /publishes no key/],
  ['of an issuer that is not trusted', () => stranger.sign(stranger.claims()), /is not trusted by this gateway/],
  ['that has expired', () => issuer.sign(issuer.claims({ exp: now() - 60 })), /^The token expired at /],
  ['that is not yet valid', () => issuer.sign(issuer.claims({ nbf: now() + 60 })), /^The token is valid from /],
  ['without an expiry', () => issuer.sign(issuer.claims({ exp: undefined })), /no valid expiry/],
  ['for another audience', () => issuer.sign(issuer.claims({ aud: 'https://other.test' })), /audience \(aud\) is not/],
  ['without an audience', () => issuer.sign(issuer.claims({ aud: undefined })), /audience \(aud\) is not/],
  ['without a subject', () => issuer.sign(issuer.claims({ sub: undefined })), /no valid subject/],
  ['of the type of a logout token', () => issuer.sign(issuer.claims(), { typ: 'logout+jwt' }), /gives no access/],
  ['longer than any', () => 'a'.repeat(20_000), /longer than 16384 characters/],
]

describe('a bearer token is refused with 401, a reason and a challenge (RFC 6750)', () => {
  test.each(bad)('%s', async (_, make, reason) => {
    const token = await make()
    const { status, challenge, errors, data, text } = await send(`Bearer ${token}`)
    expect({ status, challenge, data }).toEqual({
      status: 401,
      challenge: 'Bearer error="invalid_token"',
      data: undefined,
    })
    expect(errors.map(error => error.extensions)).toEqual([{ code: 'UNAUTHENTICATED' }])
    expect(errors[0]?.message).toMatch(reason)
    for (const part of token.split('.').filter(part => part.length > 8)) expect(text).not.toContain(part)
  })

  test('and makes no user, whoever signed it', async () => {
    const sub = 'nobody-at-all'
    await send(`Bearer ${await stranger.sign(stranger.claims({ sub }))}`)
    await send(`Bearer ${await stranger.sign(issuer.claims({ sub }))}`)
    await send(`Bearer ${await issuer.sign(issuer.claims({ sub, aud: 'https://other.test' }))}`)
    expect(await sql(w, 'select from identity where subject = $1', [sub])).toEqual([])
  })

  test('also where the client understands application/graphql-response+json alone', async () => {
    const { status, challenge } = await send('Bearer x', 'application/graphql-response+json')
    expect({ status, challenge }).toEqual({ status: 401, challenge: 'Bearer error="invalid_token"' })
  })

  test('also for what needs no token', async () => {
    const body = JSON.stringify({ query: '{ __typename }' })
    const headers = { 'content-type': 'application/json', authorization: 'Bearer x' }
    const response = await w.app.fetch(new Request('http://tenantry.test/graphql', { method: 'POST', headers, body }))
    expect(response.status).toBe(401)
  })

  test('also by GET', async () => {
    const url = `http://tenantry.test/graphql?query=${encodeURIComponent('{ __typename }')}`
    expect((await w.app.fetch(new Request(url, { headers: { authorization: 'Bearer x' } }))).status).toBe(401)
  })
})

test.each(['Basic YWRhOnNlY3JldA==', 'Bearer', 'Token x', 'bearer a b', 'Bearer "x"', ''])(
  'the Authorization header %j is refused the same way',
  async header => {
    const { status, challenge, errors } = await send(header)
    expect({ status, challenge }).toEqual({ status: 401, challenge: 'Bearer error="invalid_token"' })
    expect(errors[0]?.message).toBe('The Authorization header must read "Bearer <token>" (RFC 6750).')
  },
)

test('a token that was accepted is refused from its expiry on (TOK-1)', async () => {
  const clock = testClock()
  const own = await world({ env: trusting(issuer), clock, isolated: true })
  const token = await issuer.sign(issuer.claims({ sub: 'brief', exp: Math.floor(clock().getTime() / 1000) + 60 }))
  const client = createClient(own.app, token)
  expect((await client.send('{ viewer { __typename } }')).status).toBe(200)
  clock.advance({ minutes: 2 })
  const { status, errors } = await client.send('{ viewer { __typename } }')
  expect(status).toBe(401)
  expect(errors[0]?.message).toMatch(/^The token expired at /)
})

test('while the keys of its issuer are out of reach a token is refused, told why, and logged', async () => {
  const gone = await startIssuer()
  const own = await world({ env: trusting(gone), isolated: true })
  const token = await gone.sign(gone.claims())
  await gone.close()
  const { status, errors } = await createClient(own.app, token).send('{ viewer { __typename } }')
  expect({ status, message: errors[0]?.message }).toEqual({
    status: 401,
    message: `The gateway cannot reach the keys of issuer "${gone.issuer}", so it cannot verify the token; try again soon.`,
  })
  expect(own.log.map(line => JSON.parse(line).message)).toContain('keys of an issuer are out of reach')
  expect(own.log.join('\n')).not.toContain(token.split('.')[1])
})
