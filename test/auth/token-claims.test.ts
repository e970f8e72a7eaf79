import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bearerToken, createTokenVerifier } from '../../src/auth/verify-token.ts'
import { startIssuer, type TestIssuer } from '../kit/issuer.ts'

let issuer: TestIssuer
beforeAll(async () => {
  issuer = await startIssuer()
})
afterAll(() => issuer.close())

function verifierOf({ issuer, audience }: TestIssuer) {
  return createTokenVerifier({ issuers: [{ issuer, audience, algorithms: ['ES256'] }], clock: () => new Date() })
}

describe('a token of a foreign issuer', () => {
  test('of a user tells who signed in', async () => {
    const { verify } = verifierOf(issuer)
    const user = { sub: 'u-1', email: 'Ada@acme.test', email_verified: true, name: 'Ada Lovelace' }
    const token = await issuer.token({ ...user, picture: 'https://acme.test/ada.png' })
    expect(await verify(token)).toEqual({
      issuer: issuer.issuer,
      subject: 'u-1',
      email: 'Ada@acme.test',
      isEmailVerified: true,
      isEmailDenied: false,
      displayName: 'Ada Lovelace',
      avatarUrl: 'https://acme.test/ada.png',
      clientId: 'app',
      organization: null,
      ...{ methods: [], acr: null },
      expiresAt: expect.closeTo(Date.now() / 1000 + 3600, -2),
    })
  })

  test('of a machine names the client and no person', async () => {
    const { verify } = verifierOf(issuer)
    expect(await verify(await issuer.machineToken('billing'))).toMatchObject({
      subject: 'billing',
      clientId: 'billing',
      email: null,
      isEmailVerified: false,
      displayName: null,
    })
  })

  test('counts an address as verified only when it says so with true', async () => {
    const { verify } = verifierOf(issuer)
    for (const email_verified of [undefined, false, 'true', 1]) {
      const token = await issuer.token({ sub: 'u-2', email: 'ada@acme.test', email_verified })
      expect(await verify(token)).toMatchObject({ email: 'ada@acme.test', isEmailVerified: false })
    }
  })

  test('loses the claims that a page or a database could not show', async () => {
    const { verify } = verifierOf(issuer)
    const hostile = {
      email: 'a\u0000@acme.test',
      email_verified: true,
      name: 'Ada\u202e',
      picture: 'javascript:alert(1)',
    }
    expect(await verify(await issuer.token({ sub: 'u-3', ...hostile }))).toMatchObject({
      email: null,
      isEmailVerified: false,
      displayName: null,
      avatarUrl: null,
    })
  })

  test('names its client by azp where the issuer knows no client_id', async () => {
    const { verify } = verifierOf(issuer)
    expect(await verify(await issuer.sign(issuer.claims({ azp: 'app' })))).toMatchObject({ clientId: 'app' })
    const both = issuer.claims({ client_id: 'a', azp: 'b' })
    expect(await verify(await issuer.sign(both))).toMatchObject({ clientId: 'a' })
  })

  test('may carry several audiences, and a name in two parts', async () => {
    const { verify } = verifierOf(issuer)
    const changes = { aud: ['https://other.test', issuer.audience], given_name: 'Ada', family_name: 'Lovelace' }
    expect(await verify(await issuer.sign(issuer.claims(changes)))).toMatchObject({ displayName: 'Ada Lovelace' })
  })
})

describe('the Authorization header', () => {
  test('gives its bearer token, however the scheme is written', () => {
    expect(bearerToken('Bearer a.b-c_d~e+f/g==')).toBe('a.b-c_d~e+f/g==')
    expect(bearerToken('bearer  a.b.c')).toBe('a.b.c')
    expect(bearerToken(null)).toBe(null)
  })

  test.each([
    '',
    'Bearer',
    'Bearer ',
    'a.b.c',
    'Basic YTpi',
    'Bearer a b',
    'Bearer a, Bearer b',
    'Bearer Bearer a',
    'Bearer\ta',
    'Bearer "a"',
    'Bearer =a',
    'Bearer é',
    'Bearera.b.c',
    ' Bearer a\n',
  ])('is refused when it reads %j', header => {
    const message = 'The Authorization header must read "Bearer <token>" (RFC 6750).'
    expect(() => bearerToken(header)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED', message }))
  })
})
