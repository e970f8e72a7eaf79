import { randomUUID } from 'node:crypto'
import { importJWK, SignJWT } from 'jose'
import { openSecret } from '../../src/auth/issuer/secret.ts'
import { readSigningKeys } from '../../src/auth/issuer/signing-keys.ts'
import { organizationAudience } from '../../src/auth/organization-audience.ts'
import { ownIssuer } from '../../src/auth/own-issuer.ts'
import type { Config } from '../../src/config.ts'
import { createClient } from './client.ts'
import { uuidOf } from './journal.ts'
import { withClient } from './server.ts'
import type { Person, World } from './world.ts'

type Claims = Record<string, unknown>

/** Signs as the built-in issuer of a deployment does, whatever it is told to. */
export interface TokenSigner {
  readonly issuer: string
  readonly audience: string
  sign(claims: Claims, header?: Claims): Promise<string>
}

/** Signs with the keys of the deployment: whoever has its database and its secret can. */
export async function openSigner(config: Config, databaseUrl: string, clock: () => Date): Promise<TokenSigner> {
  const derive = await openSecret(config)
  const run = <Row>(text: string, values: readonly unknown[]) =>
    withClient(databaseUrl, async client => (await client.query(text, [...values])).rows as Row[])
  const [pair] = await readSigningKeys(run, derive, clock())
  if (pair === undefined) throw new Error('The deployment has no signing key')
  const { issuer, audience } = ownIssuer(config)
  return {
    issuer,
    audience,
    async sign(claims, header = {}) {
      const now = Math.floor(clock().getTime() / 1000)
      const given = { iss: issuer, iat: now, exp: now + 600, jti: randomUUID(), ...claims }
      const key = await importJWK(pair.privateJwk, 'ES256')
      return new SignJWT(given).setProtectedHeader({ alg: 'ES256', kid: pair.kid, typ: 'at+jwt', ...header }).sign(key)
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
