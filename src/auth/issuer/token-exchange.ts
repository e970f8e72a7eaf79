import { decodeJwt, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { type Client, errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider'
import { RequestError } from '../../errors.ts'
import { methodsOfOthers } from '../../sso/methods.ts'
import type { Caller } from '../actor.ts'
import { organizationPrefix } from '../organization-audience.ts'
import { askOf, organizationIn, type Subject } from './organization-ask.ts'

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
const jwtType = 'urn:ietf:params:oauth:token-type:jwt'
const TOLERANCE_SECONDS = 5

export const exchangeParameters = [
  ...['subject_token', 'subject_token_type', 'requested_token_type', 'actor_token', 'resource', 'scope'],
]

interface Parts {
  readonly issuer: string
  readonly keys: JWTVerifyGetKey
  readonly clock: () => Date
  /** Who a bearer token says is calling; new users come into being as they do at the gateway. */
  readonly authenticate: (authorization: string) => Promise<Caller | null>
  readonly serverOf: (ctx: KoaContextWithOIDC, resource: string, client: Client) => Promise<ResourceServer>
}

/**
 * RFC 8693: a user's access token, of a trusted issuer or of our own, becomes a token for one organization. What comes
 * out is never more than what went in: not another organization, no other permission, and no later end.
 */
export function tokenExchange({ issuer, keys, clock, authenticate, serverOf }: Parts) {
  return async (ctx: KoaContextWithOIDC): Promise<void> => {
    const { params = {}, client, provider } = ctx.oidc
    if (client === undefined) throw new errors.InvalidRequest('a client is needed')
    const { subject_token: subjectToken, resource } = params
    refuseOthers(params)
    const ask = askOf(ctx)
    if (ask.organization === null || typeof resource !== 'string')
      throw new errors.InvalidTarget('name the organization: organization_id, organization, or resource')
    const now = Math.floor(clock().getTime() / 1000)
    const subject = await subjectOf(String(subjectToken), now)
    // Keys of permissions are equal here and there, and mean something else at each API.
    if (subject.organizationId !== null && organizationIn(resource) === null)
      throw new errors.InvalidTarget(
        'a token for an organization is exchanged for one for that organization, and for no API',
      )
    ask.subject = subject
    const server = await serverOf(ctx, resource, client)
    if (subject.organizationId !== null && ask.granted?.organizationId !== subject.organizationId)
      throw new errors.InvalidTarget('the subject token is for another organization')
    const seconds = Math.min(server.accessTokenTTL ?? 1, subject.expiresAt - now)
    const token = new provider.AccessToken({ accountId: subject.principalId, client, gty: 'token-exchange' } as never)
    token.resourceServer = new provider.ResourceServer(resource, { ...server, accessTokenTTL: Math.max(1, seconds) })
    token.scope = server.scope
    const value = await token.save()
    ctx.body = {
      access_token: value,
      issued_token_type: accessTokenType,
      token_type: 'Bearer',
      expires_in: token.expiration,
      scope: token.scope,
    }
  }

  async function subjectOf(token: string, now: number): Promise<Subject> {
    const claimed = unverified(token)
    const audience = [claimed.aud].flat()[0]
    if (claimed.iss === issuer && audience?.startsWith(organizationPrefix) === true)
      return organizationSubject(token, audience, now)
    const caller = await authenticate(`Bearer ${token}`).catch(error => {
      throw error instanceof RequestError ? invalid(error.message.replaceAll('"', "'")) : error
    })
    if (caller === null) throw invalid('there is no subject token')
    if (caller.kind !== 'USER') throw invalid('the subject is a machine: it has client credentials')
    // Verified by now: what it says of the sign-in is its issuer's word.
    const { authentication, expiresAt } = signInOf(claimed)
    const methods = claimed.iss === issuer ? authentication.methods : methodsOfOthers(authentication.methods)
    const said = { ...authentication, methods }
    return { authentication: said, expiresAt, principalId: caller.id, scopes: null, organizationId: null }
  }

  async function organizationSubject(token: string, audience: string, now: number): Promise<Subject> {
    const expected = { issuer, audience, algorithms: ['ES256'], typ: 'at+jwt' }
    const times = { currentDate: new Date(now * 1000), clockTolerance: TOLERANCE_SECONDS }
    const { payload } = await jwtVerify(token, keys, { ...expected, ...times }).catch(() => {
      throw invalid('the subject token is not valid, or not any more')
    })
    const { sub = '', client_id: clientId, scope } = payload
    if (sub === clientId) throw invalid('the subject is a machine: it has client credentials')
    const scopes = typeof scope === 'string' && scope !== '' ? scope.split(' ') : []
    const organizationId = audience.slice(organizationPrefix.length)
    return { ...signInOf(payload), principalId: sub, scopes, organizationId }
  }
}

function refuseOthers(params: Record<string, unknown>): void {
  const { subject_token: token, subject_token_type: type, requested_token_type: requested, actor_token: actor } = params
  if (typeof token !== 'string') throw invalid('subject_token is needed')
  if (type !== accessTokenType && type !== jwtType) throw invalid(`subject_token_type is ${accessTokenType}`)
  if (requested !== undefined && requested !== accessTokenType)
    throw invalid(`requested_token_type is ${accessTokenType}`)
  if (actor !== undefined) throw invalid('nobody acts for somebody else here: there is no actor_token')
  if (
    organizationIn(params.resource) === null &&
    params.organization_id === undefined &&
    params.organization === undefined
  )
    throw new errors.InvalidTarget('name the organization: organization_id, organization, or resource')
}

function signInOf(payload: JWTPayload): Pick<Subject, 'authentication' | 'expiresAt'> {
  const { iss = '', exp = 0, auth_time: authTime, amr, acr } = payload
  // When the token was issued says nothing: a refresh gives a new one without anybody signing in.
  const at = typeof authTime === 'number' ? new Date(authTime * 1000) : null
  const methods = Array.isArray(amr) ? amr.filter(one => typeof one === 'string') : []
  return {
    expiresAt: Math.floor(exp),
    authentication: { at, methods, acr: typeof acr === 'string' ? acr : null, issuer: iss },
  }
}

function unverified(token: string): JWTPayload {
  try {
    return decodeJwt(token)
  } catch {
    throw invalid('the subject token is no JWT')
  }
}

const invalid = (description: string) => new errors.InvalidRequest(description)
