import * as client from 'openid-client'
import { cut } from '../cut.ts'
import type * as protocol from '../protocol.ts'
import type { Attribute, Checks, ProvidedIdentity, StepName } from '../protocol.ts'
import { ProviderError } from '../protocol.ts'
import type { OidcSettings } from './settings.ts'

type Place = protocol.Place<OidcSettings>
type Connection = protocol.Connection<OidcSettings>

/** Asks the provider whether these settings can work. @throws ProviderError */
export async function tryOidc(place: Place): Promise<void> {
  await discover(place, null)
}

/** OpenID Connect, by authorization code with PKCE. The library checks state, nonce, issuer, audience and signature. */
export const oidc: protocol.Protocol<OidcSettings> = {
  async start(connection, { loginHint }) {
    const config = await discover(connection, null)
    const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()]
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: connection.addresses.callback,
      scope: connection.settings.scopes.join(' '),
      ...{ state, nonce, code_challenge: await client.calculatePKCECodeChallenge(verifier) },
      code_challenge_method: 'S256',
      ...(loginHint !== null && { login_hint: loginHint }),
    })
    return { url: url.href, state, nonce, verifier }
  },
  async finish(connection, checks, answer) {
    if (answer.has('error')) throw new ProviderError('RESPONSE', refusalOf(answer))
    const config = await discover(connection, connection.secret)
    const tokens = await exchange(config, connection, checks, answer)
    const claims = tokens.claims()
    if (claims === undefined) throw new ProviderError('TOKENS', 'The provider sent no ID token.')
    // OpenID Connect Core, section 2: what a subject consists of.
    if (!/^[\x20-\x7e]{1,255}$/.test(claims.sub))
      throw new ProviderError('TOKENS', 'The ID token has a subject that is none.')
    const info = await moreAbout(config, connection, tokens.access_token, claims)
    return identityOf(connection, claims, info)
  },
}

/** Reads what the provider says of itself, each time: what it changed counts at once. */
async function discover({ settings, fetchOutside }: Place, secret: string | null): Promise<client.Configuration> {
  const config = await client
    .discovery(new URL(settings.issuer), settings.clientId, {}, authentication(secret), {
      [client.customFetch]: (url, init) => fetchOutside(url, init as RequestInit),
      timeout: 10,
    })
    .catch(failedAt('DISCOVERY'))
  const { issuer, authorization_endpoint: endpoint = '' } = config.serverMetadata()
  // Such as that of every tenant of Microsoft at once: who it is that signs in would be for none of them to say.
  if (URL.parse(issuer)?.href !== URL.parse(settings.issuer)?.href)
    throw new ProviderError('DISCOVERY', 'The provider calls itself by another issuer than the one given.')
  if (URL.parse(endpoint)?.protocol !== 'https:')
    throw new ProviderError('DISCOVERY', 'The provider names no place over https to sign in at.')
  return config
}

/** As the provider prefers it, of the two ways to send a secret; RFC 6749 has the first for everyone. */
function authentication(secret: string | null): client.ClientAuth {
  // To ask where to sign in, it takes none.
  if (secret === null) return client.None()
  const [basic, post] = [client.ClientSecretBasic(secret), client.ClientSecretPost(secret)]
  return (server, ...rest) => {
    const ways = server.token_endpoint_auth_methods_supported
    return ways !== undefined && !ways.includes('client_secret_basic') && ways.includes('client_secret_post')
      ? post(server, ...rest)
      : basic(server, ...rest)
  }
}

async function exchange(
  config: client.Configuration,
  { addresses }: Connection,
  { state, nonce, verifier }: Checks,
  answer: URLSearchParams,
) {
  const at = new URL(addresses.callback)
  at.search = answer.toString()
  const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true }
  return client.authorizationCodeGrant(config, at, checks).catch(failedAt('TOKENS'))
}

type Claims = Readonly<Record<string, unknown>>

/** What the ID token leaves out, a provider may say at its userinfo endpoint. */
async function moreAbout(
  config: client.Configuration,
  { settings }: Connection,
  accessToken: string,
  claims: client.IDToken,
): Promise<Claims> {
  const { name, email, picture } = settings.attributes
  const isComplete = [name, email, picture].every(one => claims[one] !== undefined)
  if (isComplete || config.serverMetadata().userinfo_endpoint === undefined) return {}
  return client.fetchUserInfo(config, accessToken, claims.sub).catch(failedAt('TOKENS'))
}

function identityOf({ settings }: Connection, claims: client.IDToken, info: Claims): ProvidedIdentity {
  const { attributes } = settings
  const said = { ...info, ...claims } as Claims
  const email = textIn(said[attributes.email])
  return {
    issuer: claims.iss,
    subject: claims.sub,
    email,
    isEmailVerified: verification(attributes.email, claims[attributes.email] === undefined ? info : claims, [
      claims,
      info,
    ]),
    name: textIn(said[attributes.name]),
    picture: textIn(said[attributes.picture]),
    groups: listIn(said[attributes.groups]),
    methods: listIn(claims.amr),
    acr: textIn(claims.acr),
    attributes: shown(said),
  }
}

/**
 * `email_verified` speaks of the claim `email` beside it, and of no other. That it is false counts wherever it stands
 * (SSO-3).
 */
function verification(attribute: string, source: Claims, all: readonly Claims[]): boolean | null {
  if (all.some(one => one.email_verified === false || one.email_verified === 'false')) return false
  return attribute === 'email' && source.email_verified === true ? true : null
}

const textIn = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null)
const listIn = (value: unknown) =>
  (Array.isArray(value) ? value : [value]).filter(one => typeof one === 'string').slice(0, 1000)

/** What is about the token, and not about the person. */
const technical = new Set(['nonce', 'at_hash', 'c_hash', 's_hash', 'sid', 'jti', 'rh', 'uti'])

function shown(claims: Claims): Attribute[] {
  return Object.entries(claims)
    .filter(([name]) => !technical.has(name))
    .slice(0, 100)
    .map(([name, value]) => ({
      name: cut(name, 128),
      value: cut(typeof value === 'string' ? value : JSON.stringify(value), 1000),
    }))
}

function refusalOf(answer: URLSearchParams): string {
  const told = [answer.get('error'), answer.get('error_description')].filter(one => one !== null).join(': ')
  return `The provider refused: ${cut(told, 500)}`
}

const failedAt =
  (step: StepName) =>
  (error: unknown): never => {
    throw new ProviderError(step, explained(error))
  }

/** In words, without what was sent: the messages of the library name checks and statuses, never secrets. */
function explained(error: unknown): string {
  if (error instanceof client.ResponseBodyError)
    return `The provider refused: ${cut([error.error, error.error_description ?? ''].filter(one => one !== '').join(': '), 500)}`
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const told = words[code]
  if (told !== undefined) return told
  return `The provider gave no answer that can be used${code === '' ? '' : ` (${cut(code, 80)})`}.`
}

const words: Readonly<Record<string, string>> = {
  OAUTH_TIMEOUT: 'The provider did not answer in time.',
  OAUTH_RESPONSE_IS_NOT_CONFORM: 'The provider answered with something else than the protocol says.',
  OAUTH_RESPONSE_IS_NOT_JSON: 'The provider answered with something that is not JSON.',
  OAUTH_PARSE_ERROR: 'The provider answered with something that cannot be read.',
  OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED: 'The provider calls itself by another issuer than the one given.',
  OAUTH_JWT_CLAIM_COMPARISON_FAILED: 'The ID token is for somebody else: its issuer, audience or nonce is not ours.',
  OAUTH_KEY_SELECTION_FAILED: 'The ID token is signed with a key that the provider does not publish.',
  OAUTH_HTTP_REQUEST_FORBIDDEN: 'Providers are asked over https alone.',
}
