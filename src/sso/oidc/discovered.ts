import * as client from 'openid-client'
import type * as protocol from '../protocol.ts'
import { ProviderError } from '../protocol.ts'
import { failedAt } from './failed.ts'
import type { KnownProvider } from './provider-memory.ts'
import type { OidcSettings } from './settings.ts'

type Place = protocol.Place<OidcSettings>

/** Seconds that a provider has to answer a request. */
const TIMEOUT_SECONDS = 10
/** At what age openid-client reads keys anew when the one that a token names is not among them. */
const REREAD_AGE_SECONDS = 60

/**
 * The provider, ready to be asked: by what it said of itself lately, or says now where nothing is remembered.
 * @throws ProviderError
 */
export async function discover(place: Place, secret: string | null): Promise<client.Configuration> {
  const { settings, known } = place
  const metadata = await (known === null ? read(place) : known.metadata(() => read(place)))
  const config = new client.Configuration(metadata, settings.clientId, {}, authentication(secret))
  config[client.customFetch] = fetchOf(place)
  config.timeout = TIMEOUT_SECONDS
  // Without it, an ID token from the token endpoint would count by the TLS that it came through (Core, section 3.1.3.7).
  client.enableNonRepudiationChecks(config)
  return config
}

/** Reads what the provider says of itself, and refuses what no sign-in can be made with. @throws ProviderError */
async function read(place: Place): Promise<client.ServerMetadata> {
  const { settings } = place
  const config = await client
    .discovery(new URL(settings.issuer), settings.clientId, {}, client.None(), {
      [client.customFetch]: fetchOf(place),
      timeout: TIMEOUT_SECONDS,
    })
    .catch(failedAt('DISCOVERY'))
  const metadata = config.serverMetadata()
  const { issuer, authorization_endpoint: endpoint = '' } = metadata
  // Such as that of every tenant of Microsoft at once: who it is that signs in would be for none of them to say.
  if (URL.parse(issuer)?.href !== URL.parse(settings.issuer)?.href)
    throw new ProviderError('DISCOVERY', 'The provider calls itself by another issuer than the one given.')
  if (URL.parse(endpoint)?.protocol !== 'https:')
    throw new ProviderError('DISCOVERY', 'The provider names no place over https to sign in at.')
  return metadata
}

const fetchOf =
  ({ fetchOutside }: Place): client.CustomFetch =>
  (url, init) =>
    fetchOutside(url, init as RequestInit)

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

/**
 * Runs this with the keys that were read lately. A key that is not among them has them read anew, at once: the provider
 * has begun to sign with another. That happens every few seconds at most.
 */
export async function withKnownKeys<T>(
  config: client.Configuration,
  known: KnownProvider | null,
  run: () => Promise<T>,
): Promise<T> {
  if (known === null) return run()
  const keys = known.keys()
  // The library goes by the machine's clock, and by the age of the keys.
  const seconds = Math.floor((performance.timeOrigin + performance.now()) / 1000)
  const uat = keys?.isRereadable === true ? seconds - REREAD_AGE_SECONDS : seconds
  if (keys !== null) client.setJwksCache(config, { jwks: keys.jwks as client.ExportedJWKSCache['jwks'], uat })
  const before = client.getJwksCache(config)?.jwks
  try {
    return await run()
  } finally {
    const after = client.getJwksCache(config)?.jwks
    if (after !== undefined && after !== before) known.keepKeys(after)
  }
}
