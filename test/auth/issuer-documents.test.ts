import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTokenVerifier } from '../../src/auth/verify-token.ts'
import { StartError } from '../../src/errors.ts'
import { startIssuer, type TestIssuer } from '../kit/issuer.ts'

let issuer: TestIssuer
beforeAll(async () => {
  issuer = await startIssuer()
})
afterAll(() => issuer.close())

function verifierOf({ issuer, audience }: TestIssuer, send = fetch) {
  const trusted = { issuer, audience, algorithms: ['ES256' as const] }
  return createTokenVerifier({ issuers: [trusted], clock: () => new Date(), fetch: send })
}

describe('what an issuer publishes', () => {
  const discovery = '/.well-known/openid-configuration'

  /** Why the keys of an issuer that answers like this are not taken. */
  async function causeOf(answers: Record<string, () => Response>, name = 'https://id.test'): Promise<unknown> {
    const causes: unknown[] = []
    const { verify } = createTokenVerifier({
      issuers: [{ issuer: name, audience: issuer.audience, algorithms: ['ES256', 'RS256'] }],
      clock: () => new Date(),
      fetch: async url => answers[String(url)]?.() ?? new Response(null, { status: 404 }),
      onKeysUnavailable: (_, cause) => causes.push(cause),
    })
    await expect(verify(await issuer.sign(issuer.claims({ iss: name })))).rejects.toThrow(/cannot reach the keys/)
    return causes[0]
  }
  const found = (document: object) => ({ [`https://id.test${discovery}`]: () => Response.json(document) })
  const keys = (answer: () => Response) => ({
    ...found({ issuer: 'https://id.test', jwks_uri: 'https://id.test/jwks' }),
    'https://id.test/jwks': answer,
  })

  test.each<[string, Record<string, () => Response>, RegExp]>([
    ['nothing', {}, /openid-configuration answered 404/],
    [
      'the name of another issuer',
      found({ issuer: 'https://id.test/', jwks_uri: 'https://id.test/jwks' }),
      /names the/,
    ],
    ['keys without https', found({ issuer: 'https://id.test', jwks_uri: 'http://id.test/jwks' }), /without https/],
    ['no address of keys', found({ issuer: 'https://id.test' }), /jwks_uri/],
    ['a redirection', keys(() => Response.redirect('https://evil.test/jwks')), /jwks answered 302/],
    ['a page', keys(() => new Response('<html>')), /JSON/],
    ['an endless document', keys(() => new Response(' '.repeat(300_000))), /more than 262144 bytes/],
    ['no list of keys', keys(() => Response.json({ keys: 'all' })), /malformed/],
  ])('is not taken when it is %s', async (_, answers, cause) => {
    expect(String(await causeOf(answers))).toMatch(cause)
  })

  test('is found under an issuer whose name ends with a slash', async () => {
    const document = () => Response.json({ issuer: 'https://id.test/', jwks_uri: 'https://id.test/jwks' })
    const cause = await causeOf({ [`https://id.test${discovery}`]: document }, 'https://id.test/')
    expect(String(cause)).toMatch(/id\.test\/jwks answered 404/)
  })

  test('is read with a limit of time', async () => {
    let signal: AbortSignal | null | undefined
    const { verify } = verifierOf(issuer, (url, init) => {
      signal = init?.signal
      return fetch(url, init)
    })
    await verify(await issuer.machineToken('billing'))
    expect(signal).toBeInstanceOf(AbortSignal)
  })

  test('verifies no token that does not say which of several keys signed it', async () => {
    const rotated = await startIssuer()
    await rotated.rotate()
    const { verify } = verifierOf(rotated)
    const token = await rotated.sign(rotated.claims(), { kid: undefined })
    await expect(verify(token)).rejects.toThrow(/does not say which key of issuer .* signed it \(kid\)/)
    await rotated.close()
  })

  test.each<[string, object]>([
    ['a secret', { kty: 'oct', k: 'c2VjcmV0' }],
    ['an RSA key of 512 bits', generateKeyPairSync('rsa', { modulusLength: 512 }).publicKey.export({ format: 'jwk' })],
  ])('verifies nothing when the key is %s', async (_, key) => {
    const { verify } = createTokenVerifier({
      issuers: [
        { issuer: issuer.issuer, audience: issuer.audience, algorithms: ['RS256'], jwksUri: 'https://id.test' },
      ],
      clock: () => new Date(),
      fetch: async () => Response.json({ keys: [{ ...key, kid: 'k' }] }),
    })
    const header = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'k' })).toString('base64url')
    const claims = Buffer.from(JSON.stringify(issuer.claims())).toString('base64url')
    await expect(verify(`${header}.${claims}.AAAA`)).rejects.toThrow(/publishes no key "k"|cannot be verified with/)
  })
})

test('an issuer that is configured twice is refused at the start', () => {
  const issuer = { issuer: 'https://id.test', audience: 'a', algorithms: ['ES256' as const] }
  const create = () => createTokenVerifier({ issuers: [issuer, { ...issuer, audience: 'b' }], clock: () => new Date() })
  expect(create).toThrow(new StartError('TRUSTED_ISSUERS names https://id.test more than once.'))
})
