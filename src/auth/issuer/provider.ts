import type { JWTVerifyGetKey } from 'jose'
import Provider, {
  type Client,
  type ClientMetadata,
  type JWKS,
  type KoaContextWithOIDC,
  type TokenEndpointGrantContext,
  type UnknownObject,
} from 'oidc-provider'
import type { Services } from '../../context.ts'
import type { Caller } from '../actor.ts'
import { ownIssuer } from '../own-issuer.ts'
import { multiFactor, singleFactor } from './acr.ts'
import { createAdapter } from './adapter.ts'
import { accountFinder, claimsByScope } from './claims.ts'
import {
  configuredClients,
  isAllowedOrigin,
  isThirdParty,
  machineMetadata,
  ownMetadata,
  secretComparer,
  tokenExchangeType,
} from './clients.ts'
import { interactionsOf } from './interaction-policy.ts'
import { identityScopes, organizationParameters } from './organization-ask.ts'
import { formPost, signOutOfNothing } from './pages/sent-on.ts'
import { issuerViews as views } from './pages/views.ts'
import { endOnReuse } from './refresh-reuse.ts'
import { readAsk, resourceIndicators, widenResources, writeGrant } from './resources.ts'
import type { DeriveKey } from './secret.ts'
import type { SigningKeyPair } from './signing-keys.ts'
import { exchangeParameters, tokenExchange } from './token-exchange.ts'

export interface ProviderParts {
  readonly services: Services
  readonly derive: DeriveKey
  readonly keys: readonly SigningKeyPair[]
  /** The key that signed a token of ours. */
  readonly keyOf: JWTVerifyGetKey
  readonly authenticate: (authorization: string) => Promise<Caller | null>
  /** Told of what went wrong inside, of which the client is told nothing. */
  readonly onError: (error: unknown) => void
}

const DAY_SECONDS = 86_400
/** How long an access token for the userinfo endpoint is good. */
const ACCESS_SECONDS = 900
/** As long as a code that was mailed late can still be entered, and some. */
const INTERACTION_SECONDS = 3600

/** oidc-provider, with every default set by hand. It holds no state: another one takes over when the keys change. */
export function createProvider(parts: ProviderParts): Provider {
  const { services, derive, keys, keyOf, authenticate, onError } = parts
  const { config, clock } = services
  const resources = resourceIndicators(services)
  const { checkRefresh, ...indicators } = resources
  const stored = createAdapter(services)

  class OrganizationProvider extends Provider {
    override registerGrantType<Params extends object = UnknownObject>(
      ...[name, handler, params = [], dupes]: Registration<Params>
    ): void {
      const named = typeof params === 'string' ? [params] : [...params]
      const asking: typeof handler = async ctx => {
        readAsk(ctx, config)
        await handler(ctx)
      }
      super.registerGrantType(name, asking, [...named, ...organizationParameters], dupes)
    }
    override registerResponseMode(...[name, handler]: Parameters<Provider['registerResponseMode']>): void {
      super.registerResponseMode(name, name === 'form_post' ? formPost : handler)
    }
  }

  const provider = new OrganizationProvider(ownIssuer(config).issuer, {
    adapter: model =>
      model === 'Client' ? { ...stored(model), find: id => machineMetadata(services, id) } : stored(model),
    clients: configuredClients(config) as ClientMetadata[],
    extraClientMetadata: { properties: ownMetadata },
    jwks: { keys: keys.map(one => one.privateJwk) } as JWKS,
    routes: { authorization: '/auth', token: '/token', userinfo: '/me', jwks: '/jwks', end_session: '/session/end' },
    cookies: {
      keys: [derive('cookies').toString('base64url')],
      names: { session: 'tenantry_session', interaction: 'tenantry_interaction', resume: 'tenantry_resume' },
      long: { httpOnly: true, sameSite: 'lax', signed: true },
      short: { httpOnly: true, sameSite: 'lax', signed: true },
    },
    scopes: identityScopes,
    claims: claimsByScope,
    acrValues: [singleFactor, multiFactor],
    findAccount: accountFinder(services),
    subjectTypes: ['public'],
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: {
      idTokenSigningAlgValues: ['ES256'],
      requestObjectSigningAlgValues: ['ES256'],
      userinfoSigningAlgValues: ['ES256'],
      introspectionSigningAlgValues: ['ES256'],
      authorizationSigningAlgValues: ['ES256'],
      clientAuthSigningAlgValues: ['ES256', 'EdDSA', 'RS256', 'PS256'],
    },
    extraParams: organizationParameters,
    clientBasedCORS: (_ctx, origin, client) => isAllowedOrigin(origin, client),
    allowOmittingSingleRegisteredRedirectUri: false,
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      claimsParameter: { enabled: false },
      requestObjects: { enabled: false },
      pushedAuthorizationRequests: { enabled: true },
      clientCredentials: { enabled: true },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => isOwn(client, token) },
      introspection: { enabled: true, allowedPolicy: (_ctx, client, token) => mayIntrospect(client, token) },
      rpInitiatedLogout: { enabled: true, logoutSource: views.signOut, postLogoutSuccessSource: views.signedOut },
      resourceIndicators: indicators,
    },
    formats: { customizers: { jwt: writeGrant } },
    interactions: { url: (_ctx, { uid }) => `/oidc/interaction/${uid}`, policy: interactionsOf(services) },
    issueRefreshToken: async (_ctx, client, code) =>
      client.grantTypeAllowed('refresh_token') && (!isThirdParty(client) || code.scopes.has('offline_access')),
    rotateRefreshToken: async ctx => {
      await checkRefresh(ctx)
      return true
    },
    loadExistingGrant: ctx => existingGrant(ctx),
    renderError: views.error,
    ttl: {
      AccessToken: (_ctx, { resourceServer }) => resourceServer?.accessTokenTTL ?? ACCESS_SECONDS,
      ClientCredentials: (_ctx, { resourceServer }) => resourceServer?.accessTokenTTL ?? ACCESS_SECONDS,
      // Of a page or a program on a device the chain ends when the first one would have: nothing there keeps a secret.
      RefreshToken: (ctx, _token, { clientAuthMethod }) =>
        clientAuthMethod === 'none'
          ? (ctx.oidc.entities.RotatedRefreshToken?.remainingTTL ?? 14 * DAY_SECONDS)
          : 14 * DAY_SECONDS,
      AuthorizationCode: 60,
      IdToken: 3600,
      Interaction: INTERACTION_SECONDS,
      Grant: 14 * DAY_SECONDS,
      Session: 14 * DAY_SECONDS,
    },
  })
  // The address is what the configuration says, never what a request does: issuer.ts sets the headers that Koa reads.
  provider.proxy = true
  provider.Client.prototype.compareClientSecret = secretComparer(services)
  widenResources(provider)
  const exchange = tokenExchange({
    ...{ issuer: provider.issuer, keys: keyOf, clock, authenticate, serverOf: indicators.getResourceServerInfo },
  })
  provider.registerGrantType(tokenExchangeType, exchange, exchangeParameters)
  provider.use(signOutOfNothing)
  provider.use(endOnReuse(services, provider))
  provider.on('server_error', (_ctx, error) => onError(error))
  return provider
}

type Registration<Params extends object> = [
  name: string,
  handler: (ctx: TokenEndpointGrantContext<Params>) => Promise<void> | void,
  params?: string | readonly string[] | ReadonlySet<string>,
  dupes?: string | readonly string[] | ReadonlySet<string>,
]

/** What a client may do is asked of its user only when the client is somebody else's. */
async function existingGrant(ctx: KoaContextWithOIDC) {
  const { client, session, provider, result } = ctx.oidc
  if (client === undefined || session?.accountId === undefined) return undefined
  const id = result?.consent?.grantId ?? session.grantIdFor(client.clientId)
  const known = id === undefined ? undefined : await provider.Grant.find(id)
  if (isThirdParty(client)) return known
  const grant = known ?? new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
  grant.addOIDCScope([...ctx.oidc.requestParamOIDCScopes].join(' '))
  // Permissions of an organization: what is not held is cut when the token is made.
  for (const [resource, { scope }] of Object.entries(ctx.oidc.resourceServers ?? {}))
    if (scope !== '') grant.addResourceScope(resource, scope)
  await grant.save()
  return grant
}

/** A client with a secret looks at its own tokens, and at no others. */
function mayIntrospect(client: Client, token: object): boolean {
  return client.clientAuthMethod !== 'none' && isOwn(client, token)
}

function isOwn({ clientId }: Client, token: object): boolean {
  return 'clientId' in token && token.clientId === clientId
}
