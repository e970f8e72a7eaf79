import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTokenVerifier } from '../../src/auth/verify-token.ts'
import { startIssuer, type TestIssuer } from '../kit/issuer.ts'

let shared: TestIssuer
beforeAll(async () => {
  shared = await startIssuer()
})
afterAll(() => shared.close())

/** A verifier of the issuer's tokens whose clock stands still until it is advanced, and which lists what it fetched. */
function verifierOf(issuer: TestIssuer, changes: { jwksUri?: string } = {}) {
  let now = Date.now()
  const fetched: string[] = []
  const failures: unknown[] = []
  const isDown = { value: false }
  const { verify } = createTokenVerifier({
    issuers: [{ issuer: issuer.issuer, audience: issuer.audience, algorithms: ['ES256'], ...changes }],
    clock: () => new Date(now),
    fetch: async (url, init) => {
      fetched.push(String(url).replace(issuer.issuer, ''))
      if (isDown.value) throw new TypeError('fetch failed')
      return fetch(url, init)
    },
    onKeysUnavailable: (_, cause) => failures.push(cause),
  })
  const advance = (seconds: number) => {
    now += seconds * 1000
  }
  return { verify, advance, fetched, failures, isDown }
}

describe('when the issuer rotates its keys', () => {
  test('a token of the new key is accepted after one more look', async () => {
    const issuer = await startIssuer()
    const { verify, advance, fetched } = verifierOf(issuer)
    const old = await issuer.machineToken('old')
    await verify(old)
    await issuer.rotate()
    advance(10)
    expect(await verify(await issuer.machineToken('new'))).toMatchObject({ subject: 'new' })
    expect(await verify(old)).toMatchObject({ subject: 'old' })
    const looks = ['/.well-known/openid-configuration', '/jwks']
    expect(fetched).toEqual([...looks, ...looks])
    await issuer.close()
  })

  test('a token of a withdrawn key is refused five minutes later at the latest', async () => {
    const issuer = await startIssuer()
    const { verify, advance, isDown } = verifierOf(issuer)
    const tokens = [
      await issuer.machineToken('a'),
      await issuer.machineToken('b'),
      await issuer.machineToken('c'),
    ] as const
    await verify(tokens[0])
    await issuer.rotate({ isOldKeyWithdrawn: true })
    // The worst case: the refresh ahead of time fails, and a token is cached at the last moment of the old keys.
    isDown.value = true
    advance(179)
    expect(await verify(tokens[1])).toMatchObject({ subject: 'b' })
    isDown.value = false
    advance(119)
    expect(await verify(tokens[1])).toMatchObject({ subject: 'b' })
    await expect(verify(tokens[2])).rejects.toThrow(/publishes no key/)
    advance(2)
    for (const token of tokens) await expect(verify(token)).rejects.toThrow(/publishes no key/)
    await issuer.close()
  })

  test('tokens with unknown keys cause at most one fetch in ten seconds', async () => {
    const { verify, advance, fetched } = verifierOf(shared, { jwksUri: shared.jwksUri })
    const forged = (n: number) => shared.sign(shared.claims(), { kid: `unknown-${n}` })
    for (let n = 0; n < 20; n++) await expect(verify(await forged(n))).rejects.toThrow(/publishes no key "unknown-/)
    expect(fetched).toHaveLength(1)
    advance(10)
    await Promise.all(
      Array.from({ length: 20 }, async (_, n) => expect(verify(await forged(n))).rejects.toThrow(/publishes no key/)),
    )
    expect(fetched).toHaveLength(2)
  })
})

describe('when the keys of the issuer cannot be fetched', () => {
  test('the client reads so, the operator why, and it is tried again ten seconds later', async () => {
    const { verify, advance, fetched, failures, isDown } = verifierOf(shared)
    const token = await shared.machineToken('billing')
    isDown.value = true
    const message =
      /^The gateway cannot reach the keys of issuer "http:.*", so it cannot verify the token; try again soon\.$/
    for (let n = 0; n < 5; n++) await expect(verify(token)).rejects.toThrow(message)
    expect(failures).toEqual([new TypeError('fetch failed')])
    expect(fetched).toHaveLength(1)
    isDown.value = false
    advance(10)
    expect(await verify(token)).toMatchObject({ subject: 'billing' })
  })

  test('nobody waits for it while the keys known are less than three minutes old', async () => {
    const { verify, advance, fetched, isDown } = verifierOf(shared, { jwksUri: shared.jwksUri })
    for (const seconds of [0, 89, 1]) {
      advance(seconds)
      await verify(await shared.machineToken(`at-${seconds}`))
    }
    await expect.poll(() => fetched).toEqual(['/jwks', '/jwks'])
    isDown.value = true
    advance(120)
    expect(await verify(await shared.machineToken('b'))).toMatchObject({ subject: 'b' })
  })

  test('known keys serve on for three minutes', async () => {
    const { verify, advance, isDown } = verifierOf(shared)
    await verify(await shared.machineToken('a'))
    isDown.value = true
    advance(150)
    expect(await verify(await shared.machineToken('b'))).toMatchObject({ subject: 'b' })
    await expect(verify(await shared.sign(shared.claims(), { kid: 'new' }))).rejects.toThrow(/cannot reach the keys/)
    advance(30)
    await expect(verify(await shared.machineToken('c'))).rejects.toThrow(/cannot reach the keys/)
  })
})
