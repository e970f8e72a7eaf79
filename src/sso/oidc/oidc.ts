import * as client from 'openid-client'
import { cut } from '../cut.ts'
import type * as protocol from '../protocol.ts'
import type { Attribute, Checks, ProvidedIdentity } from '../protocol.ts'
import { ProviderError } from '../protocol.ts'
import { discover, withKnownKeys } from './discovered.ts'
import { failedAt } from './failed.ts'
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

async function exchange(
  config: client.Configuration,
  { addresses, known }: Connection,
  { state, nonce, verifier }: Checks,
  answer: URLSearchParams,
) {
  const at = new URL(addresses.callback)
  at.search = answer.toString()
  const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true }
  const grant = () => client.authorizationCodeGrant(config, at, checks)
  return withKnownKeys(config, known, grant).catch(failedAt('TOKENS'))
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

const google = 'https://accounts.google.com'

/**
 * `email_verified` speaks of the claim `email` beside it, and of no other. That it is false counts wherever it stands
 * (SSO-3). Of private accounts, Google says it for an address that was theirs when they were made; `hd` is what those of a
 * company have (https://developers.google.com/identity/gsi/web/guides/verify-google-id-token).
 */
function verification(attribute: string, source: Claims, all: readonly Claims[]): boolean | null {
  if (all.some(one => one.email_verified === false || one.email_verified === 'false')) return false
  if (all.some(one => one.iss === google) && !all.some(one => textIn(one.hd) !== null)) return false
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
