import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose'
import OpenIdProvider from 'oidc-provider'
import { onTestFinished } from 'vitest'
import type { FetchOutside } from '../../src/sso/fetch/fetch-outside.ts'

/** What the kit uses of oidc-provider. */
interface Provider {
  proxy: boolean
  Client: { prototype: { redirectUriAllowed: (uri: string) => boolean } }
  callback(): (request: IncomingMessage, response: ServerResponse) => void
  interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>
  Grant: new (subject: { accountId: string; clientId: string }) => Grant
}
interface Grant {
  addOIDCScope(scope: string): void
  save(): Promise<string>
}
interface Context {
  oidc: { client: { clientId: string }; session: { accountId: string }; provider: Provider }
}
type Claims = Record<string, unknown> & { sub: string }

/** What is at an https address that only the test resolves. */
export interface Reachable {
  readonly issuer: string
  /** Where it really is. */
  readonly loopback: string
  /** Stands between it and whoever asks: what it answers instead, or null for its own answer. */
  instead: (url: URL, answer: Response) => Promise<Response | null> | Response | null
}

/** An identity provider of a customer. */
export interface IdentityProvider extends Reachable {
  readonly clientId: string
  readonly clientSecret: string
  /** Who signs in there next, and what is said of them. */
  person: Claims
  /** How the next sign-in was shown. */
  authentication: { acr?: string; amr?: string[] }
  /** Changes what the ID tokens say, which stay signed by its key. */
  says(changes: Record<string, unknown>): void
  /** Signs with a new key from now on, which it publishes unless it is not to. */
  rotate(options?: { publishes?: boolean }): Promise<void>
  /** The query of each authorization request that came. */
  readonly asked: URLSearchParams[]
}

export interface Internet {
  readonly fetchOutside: FetchOutside
  /** The address on loopback of one that the test made up; null for any other. */
  reach(url: URL): URL | null
}

/** Providers by their host; no other host answers. */
export function internet(...providers: readonly Reachable[]): Internet {
  const of = (url: URL) => providers.find(one => new URL(one.issuer).origin === url.origin)
  const reach = (url: URL) => {
    const provider = of(url)
    return provider === undefined ? null : new URL(url.pathname + url.search, provider.loopback)
  }
  return {
    reach,
    async fetchOutside(text, init) {
      const [url, provider] = [new URL(text), of(new URL(text))]
      const place = reach(url)
      if (provider === undefined || place === null) throw new TypeError('fetch failed')
      const answer = await fetch(place, init as RequestInit)
      return (await provider.instead(url, answer.clone())) ?? answer
    },
  }
}

/** A provider on a port of its own, gone after the test. Whoever comes is at once signed in as `person`. */
export async function identityProvider(host = `idp-${randomUUID().slice(0, 8)}.com`): Promise<IdentityProvider> {
  const issuer = `https://${host}`
  const [clientId, clientSecret] = ['tenantry', 'a secret between the two of them']
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const key = { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: 'ES256', use: 'sig' }
  const make = OpenIdProvider as unknown as new (issuer: string, setup: object) => Provider
  const provider = new make(issuer, {
    jwks: { keys: [key] },
    cookies: { keys: ['test'], names: { session: 'idp', interaction: 'idp_interaction', resume: 'idp_resume' } },
    clients: [client(clientId, clientSecret), client('another', clientSecret)],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    conformIdTokenClaims: false,
    claims: {
      openid: ['sub', 'acr', 'amr'],
      profile: ['name', 'picture', 'groups'],
      email: ['email', 'email_verified'],
    },
    ttl: { AccessToken: 60, AuthorizationCode: 60, IdToken: 60, Grant: 60, Interaction: 60, Session: 60 },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    findAccount: (_: unknown, accountId: string) => ({ accountId, claims: () => made.person }),
    async loadExistingGrant({ oidc: { client, session, provider } }: Context) {
      const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId })
      grant.addOIDCScope('openid profile email')
      await grant.save()
      return grant
    },
  })
  provider.proxy = true
  // The callback of a connector is known only once there is one.
  provider.Client.prototype.redirectUriAllowed = () => true
  const server = createServer((request, response) => {
    Object.assign(request.headers, { host, 'x-forwarded-host': host, 'x-forwarded-proto': 'https' })
    const url = new URL(request.url ?? '/', issuer)
    if (url.pathname === '/auth') made.asked.push(url.searchParams)
    if (!url.pathname.startsWith('/interaction/')) return provider.callback()(request, response)
    const login = { accountId: made.person.sub, remember: false, ...made.authentication }
    void provider.interactionFinished(request, response, { login })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const made: IdentityProvider = {
    ...{ issuer, clientId, clientSecret, asked: [] },
    loopback: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    person: { sub: randomUUID() },
    authentication: {},
    instead: () => null,
    async rotate({ publishes = true } = {}) {
      const next = await generateKeyPair('ES256', { extractable: true })
      const kid = randomUUID()
      const jwk = { ...(await exportJWK(next.publicKey)), kid, alg: 'ES256', use: 'sig' }
      made.instead = async ({ pathname }, answer) => {
        if (pathname === '/jwks' && publishes) return Response.json({ keys: [jwk] })
        if (pathname !== '/token') return null
        const body = (await answer.json()) as { id_token: string }
        const token = new SignJWT(decodeJwt(body.id_token)).setProtectedHeader({ alg: 'ES256', kid })
        return Response.json({ ...body, id_token: await token.sign(next.privateKey) })
      }
    },
    says(changes) {
      made.instead = async ({ pathname }, answer) => {
        if (pathname !== '/token') return null
        const body = (await answer.json()) as { id_token: string }
        const claims = Object.entries({ ...decodeJwt(body.id_token), ...changes }).filter(([, value]) => value !== null)
        const header = { alg: 'ES256', kid: key.kid }
        const token = new SignJWT(Object.fromEntries(claims)).setProtectedHeader(header)
        return Response.json({ ...body, id_token: await token.sign(privateKey) })
      }
    },
  }
  return made

  function client(client_id: string, client_secret: string) {
    return { client_id, client_secret, redirect_uris: ['https://placeholder.test/callback'] }
  }
}
