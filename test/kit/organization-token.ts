import { randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTVerifyGetKey, SignJWT } from 'jose'
import { organizationAudience } from '../../src/auth/organization-audience.ts'
import { ownIssuer } from '../../src/auth/own-issuer.ts'
import type { Config } from '../../src/config.ts'
import { createClient } from './client.ts'
import { uuidOf } from './journal.ts'
import type { Person, World } from './world.ts'

type Claims = Record<string, unknown>

/** Signs as the built-in issuer of a deployment does, whatever it is told to. */
export interface TokenSigner {
  readonly issuer: string
  readonly audience: string
  readonly keys: JWTVerifyGetKey
  sign(claims: Claims, header?: Claims): Promise<string>
}

/** A signer whose keys `createApp` is given. */
export async function openSigner(config: Pick<Config, 'publicUrl'>, clock: () => Date): Promise<TokenSigner> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const { d, ...publicJwk } = await exportJWK(privateKey)
  const kid = randomUUID()
  const { issuer, audience } = ownIssuer(config)
  return {
    issuer,
    audience,
    keys: async () => (await importJWK(publicJwk, 'ES256')) as Awaited<ReturnType<JWTVerifyGetKey>>,
    async sign(claims, header = {}) {
      const now = Math.floor(clock().getTime() / 1000)
      const given = { iss: issuer, iat: now, exp: now + 600, jti: randomUUID(), ...claims }
      const key = await importJWK({ ...publicJwk, d } as JWK, 'ES256')
      return new SignJWT(given).setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt', ...header }).sign(key)
    },
  }
}

/** Somebody with an organization token; without scopes said, one that says every permission of the gateway. */
export async function bound<Who extends Person & { clientId?: string }>(
  { app, signer }: Pick<World, 'app' | 'signer'>,
  who: Who,
  organization: { readonly id: string },
  scopes: readonly string[],
  claims: Claims = {},
): Promise<Who> {
  const subject = who.clientId ?? uuidOf(await who.id())
  const organizationId = uuidOf(organization.id)
  const token = await signer.sign({
    ...{ sub: subject, client_id: who.clientId ?? 'app', aud: organizationAudience(organizationId) },
    ...{ organization_id: organizationId, scope: scopes.join(' '), ...claims },
  })
  return { ...who, ...createClient(app, token), token }
}
