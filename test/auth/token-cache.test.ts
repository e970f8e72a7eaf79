import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDevelopmentIssuer } from '../../src/auth/development-issuer.ts'
import { createTokenVerifier } from '../../src/auth/verify-token.ts'
import { startIssuer, type TestIssuer } from '../kit/issuer.ts'

let issuer: TestIssuer
beforeAll(async () => {
  issuer = await startIssuer()
})
afterAll(() => issuer.close())

/** A verifier whose clock stands still until it is advanced, and which lists what it fetched. */
function verifierOf({ issuer, audience }: TestIssuer) {
  let now = Date.now()
  const fetched: string[] = []
  const { verify } = createTokenVerifier({
    issuers: [{ issuer, audience, algorithms: ['ES256'] }],
    clock: () => new Date(now),
    fetch: (url, init) => {
      fetched.push(String(url).replace(issuer, ''))
      return fetch(url, init)
    },
  })
  const advance = (seconds: number) => {
    now += seconds * 1000
  }
  return { verify, advance, fetched }
}

describe('a token seen before', () => {
  test('gives the same frozen claims, for which nothing is fetched', async () => {
    const { verify, fetched } = verifierOf(issuer)
    const token = await issuer.machineToken('billing')
    const claims = await verify(token)
    expect(Object.isFrozen(claims)).toBe(true)
    expect(await verify(token)).toBe(claims)
    expect(fetched).toEqual(['/.well-known/openid-configuration', '/jwks'])
  })

  test('is verified once when many requests bring it at the same time', async () => {
    const { verify, fetched } = verifierOf(issuer)
    const token = await issuer.machineToken('billing')
    const claims = await Promise.all(Array.from({ length: 50 }, () => verify(token)))
    expect(new Set(claims).size).toBe(1)
    expect(fetched).toHaveLength(2)
  })

  test('is refused from its expiry on, five seconds of tolerance apart', async () => {
    const { verify, advance } = verifierOf(issuer)
    const token = await issuer.sign(issuer.claims({ exp: Math.floor(Date.now() / 1000) + 60 }))
    await verify(token)
    advance(62)
    await verify(token)
    advance(4)
    await expect(verify(token)).rejects.toThrow(/^The token expired at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z\.$/)
  })

  test('is refused again when the clock is set back before its start', async () => {
    const { verify, advance } = verifierOf(issuer)
    const token = await issuer.sign(issuer.claims({ nbf: Math.floor(Date.now() / 1000) }))
    await verify(token)
    advance(-60)
    await expect(verify(token)).rejects.toThrow(/^The token is valid from .* on\.$/)
  })

  test('is verified anew when the clock was set back', async () => {
    const { verify, advance } = verifierOf(issuer)
    const token = await issuer.machineToken('billing')
    const claims = await verify(token)
    advance(-3600)
    expect(await verify(token)).not.toBe(claims)
  })

  test('is verified anew after two minutes', async () => {
    const { verify, advance } = verifierOf(issuer)
    const token = await issuer.machineToken('billing')
    const claims = await verify(token)
    advance(119)
    expect(await verify(token)).toBe(claims)
    advance(1)
    expect(await verify(token)).not.toBe(claims)
  })

  test('is forgotten when ten thousand others came since', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tenantry-'))
    const development = await openDevelopmentIssuer(directory, () => new Date())
    const { verify } = createTokenVerifier({ issuers: [], development, clock: () => new Date() })
    const first = await development.sign('first@acme.test')
    const second = await development.sign('second@acme.test')
    const [firstClaims, secondClaims] = [await verify(first), await verify(second)]
    const others = Array.from({ length: 9_999 }, (_, n) => development.signMachine(`machine-${n}`))
    await Promise.all(others.map(async other => verify(await other)))
    expect(await verify(second)).toBe(secondClaims)
    expect(await verify(first)).not.toBe(firstClaims)
    await rm(directory, { recursive: true })
  }, 60_000)
})
