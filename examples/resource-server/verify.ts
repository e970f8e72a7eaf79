import { createRemoteJWKSet, jwtVerify } from 'jose'

/** Who calls, in which organization, and what they may do there. */
export interface Caller {
  /** The id of a user; of a machine application, its client id. */
  readonly subject: string
  /** The application to which the token was issued. */
  readonly clientId: string
  readonly organizationId: string
  readonly scopes: readonly string[]
}

/** Throws where the token is not for this organization, now, by our issuer. */
export type Verify = (token: string, organizationId: string) => Promise<Caller>

export interface VerifierOptions {
  /** PUBLIC_URL of the gateway. */
  readonly gateway: string
  /** The audience of the API resource that the service is; absent: tokens for the organization itself. */
  readonly audience?: string
}

/** The token is signed well, and is not for what it is used for. */
export class WrongToken extends Error {}

/** Checks organization tokens offline: keys are fetched, and kept for a minute, since they can be withdrawn. */
export function createVerifier({ gateway, audience }: VerifierOptions): Verify {
  const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', gateway), { cacheMaxAge: 60_000 })
  return async (token, organizationId) => {
    const { payload } = await jwtVerify(token, keys, {
      issuer: `${gateway}/oidc`,
      audience: audience ?? `urn:tenantry:organization:${organizationId}`,
      // Named here, never taken from the token (RFC 8725, section 3.1).
      algorithms: ['ES256'],
      // An access token, and no ID token (RFC 9068, section 4).
      typ: 'at+jwt',
      requiredClaims: ['exp'],
    })
    const { sub, client_id: clientId, organization_id: claimed, scope } = payload
    // An API resource has one audience in every organization: the claim alone tells them apart.
    if (claimed !== organizationId) throw new WrongToken('The token is for another organization')
    if (typeof payload.aud !== 'string') throw new WrongToken('The token is for several places at once')
    if (typeof sub !== 'string' || typeof clientId !== 'string') throw new WrongToken('The token is of nobody')
    const scopes = typeof scope === 'string' && scope !== '' ? scope.split(' ') : []
    return { subject: sub, clientId, organizationId, scopes }
  }
}
