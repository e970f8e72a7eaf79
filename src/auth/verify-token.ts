import { hash } from 'node:crypto'
import type { JWTPayload, JWTVerifyGetKey, ProtectedHeaderParameters } from 'jose'
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose'
import type { TrustedIssuer } from '../config-values.ts'
import { RequestError, StartError } from '../errors.ts'
import { line } from '../text.ts'
import { emailKey } from '../users/email.ts'
import type { DevelopmentIssuer } from './development-issuer.ts'
import type { BuiltInIssuer } from './issuer/issuer.ts'
import { isRecent, type KeyOptions, publishedKeys, quoted, refused, seconds } from './issuer-keys.ts'
import { audienceOf, bindingIn, type TokenBinding } from './organization-audience.ts'

export interface TokenClaims {
  readonly issuer: string
  readonly subject: string
  readonly email: string | null
  readonly isEmailVerified: boolean
  /** Whether the token speaks of an address, and vouches for none: what was known before is unverified then. */
  readonly isEmailDenied: boolean
  readonly displayName: string | null
  readonly avatarUrl: string | null
  readonly clientId: string | null
  /** Of an organization token: the only organization that it reaches, and the most it may do there. */
  readonly organization: TokenBinding | null
  /** By which methods its user signed in (RFC 8176), and at which acr, as its issuer says. */
  readonly methods: readonly string[]
  readonly acr: string | null
  /** Seconds since the epoch. */
  readonly expiresAt: number
}
export type VerifyToken = (token: string) => Promise<TokenClaims>

interface VerifierOptions extends KeyOptions {
  issuers: readonly TrustedIssuer[]
  development?: DevelopmentIssuer
  /** The issuer of our own: its keys are at hand, and need not be fetched. */
  builtIn?: Pick<BuiltInIssuer, 'issuer' | 'audience' | 'algorithms' | 'keys'>
}
type Issuer = Omit<TrustedIssuer, 'jwksUri'> & { keys: JWTVerifyGetKey; issuesOrganizationTokens?: true }
type Lifetime = { exp?: number | undefined; nbf?: number | undefined }
type Verified = { claims: TokenClaims; lifetime: Lifetime; verifiedAt: number }

const TOLERANCE_SECONDS = 5
/** A key that its issuer withdraws works here for at most this and KEYS_SECONDS: five minutes. */
const CACHE_SECONDS = 120
const MAX_TOKEN_LENGTH = 16_384
const CACHE_ENTRIES = 10_000

/**
 * Verifies bearer tokens of the configured issuers. A token seen lately costs one hash, and its claims are the same
 * frozen object. Every refusal is a RequestError UNAUTHENTICATED; its message never holds the token.
 */
export function createTokenVerifier(options: VerifierOptions): { verify: VerifyToken } {
  const issuers = trustedIssuers(options)
  const cache = new Map<string, Verified>()
  const underWay = new Map<string, Promise<TokenClaims>>()
  const now = () => seconds(options.clock())

  async function verifyAnew(id: string, token: string): Promise<TokenClaims> {
    try {
      const verified = await verifyJwt(token, issuers, options.clock())
      // The oldest goes, used or not: to move an entry at each use made hits 40 times slower (Maps chain deletions).
      const oldest = cache.size >= CACHE_ENTRIES ? cache.keys().next().value : undefined
      if (oldest !== undefined) cache.delete(oldest)
      cache.set(id, verified)
      return verified.claims
    } finally {
      underWay.delete(id)
    }
  }

  async function verify(token: string): Promise<TokenClaims> {
    if (token.length > MAX_TOKEN_LENGTH) throw refused(`The token is longer than ${MAX_TOKEN_LENGTH} characters.`)
    const id = hash('sha256', token, 'base64')
    const known = cache.get(id)
    if (known !== undefined && isRecent(known.verifiedAt, CACHE_SECONDS, now())) {
      refuseUntimely(known.lifetime, now())
      return known.claims
    }
    cache.delete(id)
    const pending = underWay.get(id) ?? verifyAnew(id, token)
    underWay.set(id, pending)
    return pending
  }
  return { verify }
}

/** The token of an `Authorization: Bearer` header (RFC 6750, section 2.1); null without a header. */
export function bearerToken(authorization: string | null): string | null {
  if (authorization === null) return null
  const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization)?.[1]
  if (token === undefined) throw refused('The Authorization header must read "Bearer <token>" (RFC 6750).')
  return token
}

async function verifyJwt(token: string, issuers: ReadonlyMap<string, Issuer>, date: Date): Promise<Verified> {
  // Nothing read here is believed yet: it picks the issuer and tells early what is wrong. jwtVerify asks again.
  const { header, payload: claimed } = readUnverified(token)
  refuseHeader(header)
  const issuer = issuers.get(claimed.iss ?? '')
  if (issuer === undefined) throw refused(`The token's issuer ${quoted(claimed.iss)} is not trusted by this gateway.`)
  const { algorithms } = issuer
  if (!algorithms.some(one => one === header.alg))
    throw refused(`The token's algorithm is ${quoted(header.alg)}; its issuer's must be ${algorithms.join(' or ')}.`)
  const audience = audienceOf(claimed, header, issuer)
  refuseUntimely(claimed, seconds(date))
  const expected = { issuer: issuer.issuer, audience, algorithms, currentDate: date, clockTolerance: TOLERANCE_SECONDS }
  const { payload } = await jwtVerify(token, issuer.keys, expected).catch(error => {
    throw explained(error, issuer.issuer, header.kid)
  })
  const { exp, nbf } = payload
  return { claims: claimsOf(payload, issuer), lifetime: { exp, nbf }, verifiedAt: seconds(date) }
}

function readUnverified(token: string): { header: ProtectedHeaderParameters; payload: JWTPayload } {
  try {
    return { header: decodeProtectedHeader(token), payload: decodeJwt(token) }
  } catch {
    throw refused('The token is not a signed JWT: the gateway takes JWT access tokens (RFC 9068), not opaque ones.')
  }
}

function refuseHeader({ alg, crit, typ }: ProtectedHeaderParameters): void {
  if (alg === undefined || alg === 'none') throw refused('The token is not signed (alg "none").')
  if (crit !== undefined) throw refused('The token demands header extensions (crit), and the gateway knows none.')
  // RFC 8725, section 3.11: a logout token or a security event of a trusted issuer gives no access.
  if (typ !== undefined && (typeof typ !== 'string' || !/^(application\/)?(at\+)?jwt$/i.test(typ)))
    throw refused(`A token of the type ${quoted(typ)} gives no access: typ must be "at+jwt" or "JWT".`)
}

function refuseUntimely({ exp, nbf }: Lifetime, now: number): void {
  if (!isDate(exp)) throw refused('The token has no valid expiry (exp).')
  if (exp <= now - TOLERANCE_SECONDS) throw refused(`The token expired at ${new Date(exp * 1000).toISOString()}.`)
  if (nbf === undefined) return
  if (!isDate(nbf)) throw refused('The start of the token (nbf) is not a time.')
  if (nbf > now + TOLERANCE_SECONDS) throw refused(`The token is valid from ${new Date(nbf * 1000).toISOString()} on.`)
}

function claimsOf(payload: JWTPayload, { issuer, issuesOrganizationTokens }: Issuer): TokenClaims {
  const subject = line(payload.sub, 255)
  if (subject === null) throw refused('The token has no valid subject (sub).')
  // RFC 8417, section 2.2, and OpenID Connect Back-Channel Logout, section 2.4: not every issuer sets their typ.
  if (payload.events !== undefined) throw refused('A logout token or a security event (events) gives no access.')
  const address = line(payload.email, 254)
  const email = address !== null && /^[^\s@]+@[^\s@]+$/.test(address) ? address : null
  const fullName = [line(payload.given_name, 64), line(payload.family_name, 64)].filter(part => part !== null).join(' ')
  const picture = line(payload.picture, 2048)
  return Object.freeze({
    issuer,
    subject,
    email,
    isEmailVerified: email !== null && payload.email_verified === true,
    isEmailDenied: deniesEmail(payload, email),
    displayName: line(payload.name, 128) ?? line(fullName, 128),
    avatarUrl: picture !== null && URL.parse(picture)?.protocol === 'https:' ? picture : null,
    clientId: line(payload.client_id, 255) ?? line(payload.azp, 255),
    organization: issuesOrganizationTokens === true ? bindingIn(payload) : null,
    methods: Array.isArray(payload.amr) ? payload.amr.filter(one => typeof one === 'string') : [],
    acr: typeof payload.acr === 'string' ? payload.acr : null,
    expiresAt: Math.floor(payload.exp ?? 0),
  })
}

/** A token without either claim says nothing; one whose address cannot be read does not confirm the one before it. */
function deniesEmail(payload: JWTPayload, email: string | null): boolean {
  const isSaid = payload.email_verified !== undefined && payload.email_verified !== true
  return isSaid || (payload.email !== undefined && (email === null || emailKey(email) === null))
}

function explained(error: unknown, issuer: string, kid: unknown): RequestError {
  if (error instanceof RequestError) return error
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return refused(`The token's signature is not by the key of issuer ${quoted(issuer)}.`)
  if (error instanceof errors.JWKSNoMatchingKey)
    return refused(`Issuer ${quoted(issuer)} publishes no key ${quoted(kid)} for the token's algorithm.`)
  if (error instanceof errors.JWKSMultipleMatchingKeys)
    return refused(`The token does not say which key of issuer ${quoted(issuer)} signed it (kid).`)
  return refused(`The token cannot be verified with the keys of issuer ${quoted(issuer)}.`)
}

function trustedIssuers({ issuers, development, builtIn, ...options }: VerifierOptions): ReadonlyMap<string, Issuer> {
  const trusted = new Map<string, Issuer>()
  const trust = (issuer: Omit<Issuer, 'keys'>, keys: JWTVerifyGetKey) => {
    if (trusted.has(issuer.issuer)) throw new StartError(`TRUSTED_ISSUERS names ${issuer.issuer} more than once.`)
    trusted.set(issuer.issuer, { ...issuer, keys })
  }
  if (builtIn) {
    const { issuer, audience, algorithms, keys } = builtIn
    trust({ issuer, audience, algorithms, issuesOrganizationTokens: true }, keys)
  }
  if (development) {
    const { issuer, audience } = development
    trust({ issuer, audience, algorithms: ['ES256'] }, createLocalJWKSet(development.jwks()))
  }
  for (const issuer of issuers) trust(issuer, publishedKeys(issuer, options))
  return trusted
}

const isDate = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) <= 8.64e12
