import { type CryptoKey, EncryptJWT, exportJWK, exportSPKI, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTokenVerifier, type VerifyToken } from '../../src/auth/verify-token.ts'
import { RequestError } from '../../src/errors.ts'
import { startIssuer, type TestIssuer } from '../kit/issuer.ts'

const fetched: string[] = []
let issuer: TestIssuer
let other: TestIssuer
let verify: VerifyToken
let publicKey: JWK
beforeAll(async () => {
  issuer = await startIssuer()
  other = await startIssuer()
  const trusted = [issuer, other].map(({ issuer, audience }) => ({ issuer, audience, algorithms: ['ES256' as const] }))
  const listed: typeof fetch = (url, init) => {
    fetched.push(String(url))
    return fetch(url, init)
  }
  ;({ verify } = createTokenVerifier({ issuers: trusted, clock: () => new Date(), fetch: listed }))
  const published = (await (await fetch(issuer.jwksUri)).json()) as { keys: [JWK] }
  publicKey = published.keys[0]
})
afterAll(() => Promise.all([issuer.close(), other.close()]))

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

/** Why a token is refused. Fails when it is accepted, when it fails otherwise, and when the message gives it away. */
async function refusal(token: string): Promise<string> {
  const error: unknown = await verify(token).catch((caught: unknown) => caught)
  if (!(error instanceof RequestError)) throw new Error('Not refused with a RequestError', { cause: error })
  expect(error.code).toBe('UNAUTHENTICATED')
  expect(Object.keys(error.extensions)).toEqual(['code'])
  for (const part of token.split('.').filter(part => part.length > 8)) expect(error.message).not.toContain(part)
  return error.message
}

describe('the signature of a token', () => {
  test.each(['none', 'None', 'NONE', undefined])('cannot be left out with alg %j', async alg => {
    const token = `${encode({ alg, typ: 'JWT' })}.${encode(issuer.claims())}.`
    expect(await refusal(token)).toMatch(/is not signed|algorithm is "(None|NONE)"; its issuer's must be ES256/)
  })

  test('cannot be cut off', async () => {
    const token = await issuer.sign(issuer.claims())
    expect(await refusal(token.slice(0, token.lastIndexOf('.') + 1))).toMatch(/signature is not by the key/)
  })

  test('cannot be an HMAC with the public key as the secret (CVE-2015-9235)', async () => {
    const key = (await importJWK(publicKey, 'ES256')) as CryptoKey
    for (const secret of [await exportSPKI(key), JSON.stringify(publicKey), publicKey.x ?? '']) {
      for (const alg of ['HS256', 'HS384', 'HS512']) {
        const header = { alg, kid: publicKey.kid ?? '' }
        const token = await new SignJWT(issuer.claims()).setProtectedHeader(header).sign(Buffer.from(secret.padEnd(64)))
        expect(await refusal(token)).toBe(`The token's algorithm is "${alg}"; its issuer's must be ES256.`)
      }
    }
  })

  test('cannot be made with an algorithm outside the list of its issuer', async () => {
    const { privateKey } = await generateKeyPair('RS256')
    const token = await new SignJWT(issuer.claims()).setProtectedHeader({ alg: 'RS256' }).sign(privateKey)
    expect(await refusal(token)).toBe(`The token's algorithm is "RS256"; its issuer's must be ES256.`)
  })

  test('cannot be all zeros (CVE-2022-21449)', async () => {
    const [header, payload] = (await issuer.sign(issuer.claims())).split('.')
    expect(await refusal(`${header}.${payload}.${encode('\0'.repeat(64))}`)).toMatch(/signature is not by the key/)
  })

  test('holds for the claims it was made for alone', async () => {
    const [header, , signature] = (await issuer.sign(issuer.claims())).split('.')
    const claims = encode(issuer.claims({ sub: 'root' }))
    expect(await refusal(`${header}.${claims}.${signature}`)).toMatch(/signature is not by the key/)
  })

  test('cannot be by a key that the token brings along or points to', async () => {
    const { privateKey, publicKey: attackers } = await generateKeyPair('ES256')
    const jwk = await exportJWK(attackers)
    const url = 'http://127.0.0.1:9/attacker.json'
    for (const pointer of [{ jwk }, { jku: url }, { x5u: url }, { x5c: ['MIIB'] }]) {
      const header = { alg: 'ES256', kid: publicKey.kid ?? '', ...pointer }
      const token = await new SignJWT(issuer.claims()).setProtectedHeader(header).sign(privateKey)
      expect(await refusal(token)).toMatch(/signature is not by the key/)
    }
    expect(fetched).not.toContain(url)
  })

  test('cannot be by another trusted issuer', async () => {
    const token = await other.sign(issuer.claims())
    expect(await refusal(token)).toMatch(/publishes no key/)
    const named = await other.sign(issuer.claims(), { kid: publicKey.kid ?? '' })
    expect(await refusal(named)).toMatch(/signature is not by the key/)
  })
})

describe('a well-signed token', () => {
  const seconds = () => Math.floor(Date.now() / 1000)
  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      'of an issuer that is not configured',
      { iss: 'https://evil.test' },
      /issuer "https:\/\/evil\.test" is not trusted/,
    ],
    ['without an issuer', { iss: undefined }, /issuer \(none\) is not trusted/],
    ['with an object as issuer', { iss: { toString: 1, valueOf: 1 } }, /issuer \(none\) is not trusted/],
    [
      'for another audience',
      { aud: 'https://other.test' },
      /audience \(aud\) is not "https:\/\/gateway\.test\/graphql"/,
    ],
    ['without an audience', { aud: undefined }, /audience/],
    ['with an object as audience', { aud: { toString: 1 } }, /audience/],
    ['that has expired', { exp: 1_700_000_000 }, /^The token expired at 2023-11-14T22:13:20\.000Z\.$/],
    ['without an expiry', { exp: undefined }, /no valid expiry/],
    ['with an expiry beyond any calendar', { exp: 1e300 }, /no valid expiry/],
    ['with text as expiry', { exp: '9999999999' }, /no valid expiry/],
    ['that is not yet valid', { nbf: seconds() + 60 }, /^The token is valid from \d{4}-.*Z on\.$/],
    ['with text as its start', { nbf: 'now' }, /\(nbf\) is not a time/],
    ['without a subject', { sub: undefined }, /no valid subject/],
    ['with an empty subject', { sub: ' ' }, /no valid subject/],
    ['with a number as subject', { sub: 7 }, /no valid subject/],
    ['with a subject no database takes', { sub: 'ada\u0000' }, /no valid subject/],
    ['with a subject that is no Unicode', { sub: 'ada\ud800' }, /no valid subject/],
    ['with an endless subject', { sub: 'a'.repeat(256) }, /no valid subject/],
    ['that is a logout token by its events', { events: {} }, /logout token or a security event/],
    ['with text as the time it was issued', { iat: 'now' }, /cannot be verified/],
  ])('%s is refused', async (_, changes, message) => {
    expect(await refusal(await issuer.sign(issuer.claims(changes)))).toMatch(message)
  })

  test('that is one of several issuers by a list is refused', async () => {
    expect(await refusal(await issuer.sign(issuer.claims({ iss: [issuer.issuer] })))).toMatch(/\(none\) is not trusted/)
  })

  test.each(['logout+jwt', 'application/logout+jwt', 'secevent+jwt', 'dpop+jwt', 'SecEvent+JWT'])(
    'of the type %s is refused',
    async typ => {
      const token = await issuer.sign(issuer.claims(), { typ })
      expect(await refusal(token)).toBe(`A token of the type "${typ}" gives no access: typ must be "at+jwt" or "JWT".`)
    },
  )

  test.each(['JWT', 'at+jwt', 'application/at+jwt', 'AT+JWT'])('of the type %s is accepted', async typ => {
    expect(await verify(await issuer.sign(issuer.claims(), { typ }))).toMatchObject({ subject: 'ada' })
  })

  test('with critical header extensions is refused, those that jose knows included', async () => {
    const header = { crit: ['b64'], b64: true }
    expect(await refusal(await issuer.sign(issuer.claims(), header))).toMatch(/header extensions \(crit\)/)
    const unknown = encode({ alg: 'ES256', kid: publicKey.kid, crit: ['exp'], exp: 1 })
    expect(await refusal(`${unknown}.${encode(issuer.claims())}.AAAA`)).toMatch(/header extensions \(crit\)/)
  })

  test('of more than 16 KiB is refused', async () => {
    const token = await issuer.sign(issuer.claims({ padding: 'x'.repeat(16_384) }))
    expect(await refusal(token)).toBe('The token is longer than 16384 characters.')
  })
})

describe('what is no signed JWT', () => {
  test.each([
    '',
    '.',
    '..',
    'undefined',
    'k9DMbV2xOpaqueAccessToken',
    'a.b',
    'a.b.c',
    'a.b.c.d',
    `${encode({ alg: 'ES256' })}.${encode('[]')}.AAAA`,
    `${encode({ alg: 'ES256' })}.${encode('null')}.AAAA`,
    `${encode('7')}.${encode({})}.AAAA`,
    `${encode({ alg: 'ES256' })}.${encode('['.repeat(8_000))}.AAAA`,
  ])('is refused: %s', async token => {
    expect(await refusal(token)).toMatch(/^The token is not a signed JWT/)
  })

  test('is refused when it is encrypted to the public key', async () => {
    const key = await importJWK({ ...publicKey, alg: 'ECDH-ES', use: 'enc' }, 'ECDH-ES')
    const header = { alg: 'ECDH-ES', enc: 'A128GCM' }
    const token = await new EncryptJWT(issuer.claims()).setProtectedHeader(header).encrypt(key)
    expect(await refusal(token)).toMatch(/^The token is not a signed JWT/)
  })
})

test('no token with a bit changed is accepted, or fails in any other way', async () => {
  const token = await issuer.sign(issuer.claims())
  const signed = token.lastIndexOf('.') + 1
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  for (let at = 0; at < token.length - 1; at++) {
    const changed = alphabet[(alphabet.indexOf(token.charAt(at)) + 1) % 64]
    if (at !== signed - 1) await refusal(token.slice(0, at) + changed + token.slice(at + 1))
  }
})
