import { decodeJwt, decodeProtectedHeader, type JWTPayload, SignJWT } from 'jose'
import * as openid from 'openid-client'
import { expect, test } from 'vitest'
import { openSecret } from '../../src/auth/issuer/secret.ts'
import { ensureSigningKey, type Run, readSigningKeys, rotateSigningKeys } from '../../src/auth/issuer/signing-keys.ts'
import { readConfig } from '../../src/config.ts'
import { StartError } from '../../src/errors.ts'
import { createClient } from '../kit/client.ts'
import { testClock } from '../kit/clock.ts'
import { withClient } from '../kit/server.ts'
import { type IssuerWorld, issuerWorld, signIn } from '../kit/sign-in.ts'
import { issuerSecret } from '../kit/world.ts'

const secretOf = (secret: string) => openSecret(readConfig({ ISSUER_SECRET: secret }))

/** Does as the script does, beside the server that runs. */
function beside<T>(w: IssuerWorld, work: (run: Run) => Promise<T>): Promise<T> {
  return withClient(w.databaseUrl, client =>
    work(
      async <Row>(text: string, values: readonly unknown[]) => (await client.query(text, [...values])).rows as Row[],
    ),
  )
}
async function rotate(w: IssuerWorld, isCompromised = false): Promise<string> {
  const derive = await secretOf(issuerSecret)
  return (await beside(w, run => rotateSigningKeys(run, derive, w.clock(), isCompromised))).kid
}
async function published(w: IssuerWorld): Promise<string[]> {
  const { keys } = (await (await fetch(`${w.issuer}/jwks`)).json()) as { keys: { kid: string }[] }
  return keys.map(key => key.kid)
}
const kidOf = (token: string) => decodeProtectedHeader(token).kid
const isTaken = async (w: IssuerWorld, token: string) =>
  (await createClient(w.app, token).send('{ viewer { principal { id } } }')).status === 200

test('a new key is known before it signs, and the old one until what it signed is over', async () => {
  const clock = testClock()
  const w = await issuerWorld({ clock, isolated: true })
  const { config, tokens } = await signIn(w)
  const [old = ''] = await published(w)
  expect(kidOf(tokens.access_token)).toBe(old)
  const kid = await rotate(w)
  clock.advance({ minutes: 1 })
  expect(await published(w)).toEqual([old, kid])
  const before = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
  expect(kidOf(before.access_token)).toBe(old)
  clock.advance({ minutes: 14 })
  expect(await published(w)).toEqual([kid, old])
  const after = await openid.refreshTokenGrant(config, before.refresh_token ?? '')
  expect(kidOf(after.access_token)).toBe(kid)
  clock.advance({ minutes: 66 })
  expect(await published(w)).toEqual([kid])
})

test('a server takes what another one signs with a key that it has not seen', async () => {
  const clock = testClock()
  const w = await issuerWorld({ clock, isolated: true })
  const { tokens } = await signIn(w)
  await rotate(w, true)
  const derive = await secretOf(issuerSecret)
  const [pair] = await beside(w, run => readSigningKeys(run, derive, clock()))
  const header = { alg: 'ES256', typ: 'at+jwt', kid: pair?.kid ?? '' }
  const claims = decodeJwt(tokens.access_token) as JWTPayload
  const token = await new SignJWT(claims).setProtectedHeader(header).sign(pair?.privateJwk ?? new Uint8Array())
  clock.advance({ minutes: 0.25 })
  expect(await isTaken(w, token)).toBe(true)
})

test('after a leak the old key is worth nothing, at the gateway within minutes', async () => {
  const clock = testClock()
  const w = await issuerWorld({ clock, isolated: true })
  const { tokens } = await signIn(w)
  expect(await isTaken(w, tokens.access_token)).toBe(true)
  const kid = await rotate(w, true)
  clock.advance({ minutes: 3 })
  expect(await published(w)).toEqual([kid])
  expect(await isTaken(w, tokens.access_token)).toBe(false)
})

test('with another secret a server does not start, but in development, where it makes a new key', async () => {
  const w = await issuerWorld({ isolated: true })
  const [old = ''] = await published(w)
  const other = await secretOf('another secret, as long as it has to be')
  const start = (isDevelopment: boolean) => beside(w, run => ensureSigningKey(run, other, w.clock(), isDevelopment))
  await expect(start(false)).rejects.toThrow(StartError)
  await expect(start(false)).rejects.toThrow(/ISSUER_SECRET/)
  await start(true)
  const [made] = await beside(w, run => readSigningKeys(run, other, w.clock()))
  expect(made?.kid).not.toBe(old)
})
