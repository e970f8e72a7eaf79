import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import OpenIdProvider from 'oidc-provider'

/** What the kit uses of oidc-provider. */
interface Provider {
  callback(): (request: IncomingMessage, response: ServerResponse) => void
  interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<{ params: { login_hint: string } }>
  interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>
  Grant: new (subject: { accountId: string; clientId: string }) => Grant
}
interface Grant {
  addResourceScope(resource: string, scope: string): void
  save(): Promise<string>
}
interface Context {
  oidc: { client: { clientId: string }; session: { accountId: string }; provider: Provider }
}
type UserClaims = Record<string, unknown> & { sub: string }
type Row = Record<string, unknown>
type Adapters = (model: string) => object

export type TestIssuer = Awaited<ReturnType<typeof startIssuer>>

const AUDIENCE = 'https://gateway.test/graphql'
const SCOPE = 'gateway'
const CALLBACK = 'https://app.test/callback'

const LIFETIMES = { AccessToken: 3600, ClientCredentials: 3600, Grant: 3600, Interaction: 60, Session: 60 }
const RESOURCE = { scope: SCOPE, audience: AUDIENCE, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } }

/** A foreign OpenID provider on its own port: it signs in any user and any machine, and issues real access tokens. */
export async function startIssuer() {
  const accounts = new Map<string, UserClaims>()
  const store = createStore()
  const server = createServer((request, response) => void answer(provider, request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let key = await createKey()
  let keys = [key]
  let provider = createProvider(issuer, keys, store, accounts)

  return {
    issuer,
    audience: AUDIENCE,
    jwksUri: `${issuer}/jwks`,
    /** The access token of a user with these claims, who signs in through the authorization code flow. */
    async token(claims: UserClaims): Promise<string> {
      accounts.set(claims.sub, claims)
      return signIn(issuer, claims.sub)
    },
    /** The access token of a machine, by client credentials: `sub` is the client id. */
    machineToken: (clientId: string) => requestToken(issuer, clientId, { grant_type: 'client_credentials' }),
    /** Signs anything with the present key: for tokens that no issuer in its right mind makes. */
    async sign(payload: Row, header: Row = {}): Promise<string> {
      const protectedHeader = { alg: 'ES256', kid: key.kid, typ: 'at+jwt', ...header }
      return new SignJWT(payload).setProtectedHeader(protectedHeader).sign((await importJWK(key, 'ES256')) as CryptoKey)
    },
    /** The claims of a valid token, as material for `sign`. */
    claims(changes: Row = {}): Row {
      const now = Math.floor(Date.now() / 1000)
      return { iss: issuer, sub: 'ada', aud: AUDIENCE, iat: now, exp: now + 3600, jti: randomUUID(), ...changes }
    },
    /** Signs with a new key from now on. The old ones stay published, unless they are withdrawn. */
    async rotate({ isOldKeyWithdrawn = false } = {}): Promise<void> {
      key = await createKey()
      keys = [key, ...(isOldKeyWithdrawn ? [] : keys)]
      provider = createProvider(issuer, keys, store, accounts)
    },
    async close(): Promise<void> {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** Whoever is asked to sign in is at once signed in, as the user whom the request hints at. */
async function answer(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!request.url?.startsWith('/interaction/')) return provider.callback()(request, response)
  const { params } = await provider.interactionDetails(request, response)
  await provider.interactionFinished(request, response, { login: { accountId: params.login_hint } })
}

function createProvider(issuer: string, keys: JWK[], adapter: Adapters, accounts: Map<string, UserClaims>): Provider {
  const make = OpenIdProvider as unknown as new (issuer: string, setup: object) => Provider
  return new make(issuer, {
    adapter,
    jwks: { keys },
    cookies: { keys: ['test'] },
    ttl: LIFETIMES,
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => RESOURCE,
      },
    },
    findAccount: (_: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
    extraTokenClaims: (_: unknown, token: { accountId?: string }) => accounts.get(token.accountId ?? ''),
    async loadExistingGrant({ oidc: { client, session, provider } }: Context) {
      const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId })
      grant.addResourceScope(AUDIENCE, SCOPE)
      await grant.save()
      return grant
    },
  })
}

/** Rows in memory. Every client exists: "app" signs users in, and any other id is a machine. */
function createStore(): Adapters {
  const rows = new Map<string, Row>()
  return model => ({
    upsert: async (id: string, row: Row) => void rows.set(`${model}:${id}`, row),
    find: async (id: string) => (model === 'Client' ? client(id) : rows.get(`${model}:${id}`)),
    findByUid: async (uid: string) => [...rows.values()].find(row => row.uid === uid),
    consume: async (id: string) => void Object.assign(rows.get(`${model}:${id}`) ?? {}, { consumed: true }),
    destroy: async (id: string) => void rows.delete(`${model}:${id}`),
    revokeByGrantId: async () => undefined,
  })
}

function client(id: string): Row {
  const common = { client_id: id, client_secret: 'secret', token_endpoint_auth_method: 'client_secret_post' }
  if (id !== 'app') return { ...common, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }
  return { ...common, grant_types: ['authorization_code'], redirect_uris: [CALLBACK], response_types: ['code'] }
}

async function createKey(): Promise<JWK & { kid: string }> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: 'ES256', use: 'sig' }
}

/** The authorization code flow with PKCE, as a browser without a screen goes through it. */
async function signIn(issuer: string, subject: string): Promise<string> {
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    client_id: 'app',
    response_type: 'code',
    scope: SCOPE,
    redirect_uri: CALLBACK,
    resource: AUDIENCE,
    login_hint: subject,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const code = await followToCode(`${issuer}/auth?${query}`)
  const grant = { grant_type: 'authorization_code', redirect_uri: CALLBACK, code_verifier: verifier, code }
  return requestToken(issuer, 'app', grant)
}

async function followToCode(start: string): Promise<string> {
  const cookies = new Map<string, string>()
  let url = start
  for (let hops = 0; hops < 6; hops++) {
    const response = await fetch(url, { redirect: 'manual', headers: { cookie: [...cookies.values()].join('; ') } })
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      cookies.set(pair.slice(0, pair.indexOf('=')), pair)
    }
    const location = response.headers.get('location')
    if (location === null) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
    url = new URL(location, url).href
    const code = url.startsWith(CALLBACK) ? new URL(url).searchParams.get('code') : null
    if (code !== null) return code
  }
  throw new Error(`The sign-in went round in circles and ended at ${url}`)
}

async function requestToken(issuer: string, clientId: string, grant: Record<string, string>): Promise<string> {
  const form = new URLSearchParams({ ...grant, client_id: clientId, client_secret: 'secret', resource: AUDIENCE })
  const response = await fetch(`${issuer}/token`, { method: 'POST', body: form })
  const body = (await response.json()) as { access_token?: string }
  if (body.access_token === undefined) throw new Error(`No access token: ${JSON.stringify(body)}`)
  return body.access_token
}
