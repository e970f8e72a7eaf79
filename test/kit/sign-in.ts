import { randomUUID } from 'node:crypto'
import * as openid from 'openid-client'
import { type Browser, createBrowser, type Shown } from './browser.ts'
import { mailsTo } from './mail.ts'
import { type World, world } from './world.ts'

/** Where the product in a page begins a sign-in that was asked for elsewhere. */
export const productStart = 'https://app.test/start'
export const redirectUri = 'https://app.test/callback'
export const webSecret = 'the secret of the web application, long enough'

/** A product of the deployment in a page, one with a server, a program on a device, and two products of somebody else. */
const applications = [
  {
    clientId: 'spa',
    name: 'Product',
    kind: 'SPA',
    redirectUris: [redirectUri],
    postLogoutRedirectUris: ['https://app.test/'],
    initiateLoginUri: productStart,
  },
  { clientId: 'web', name: 'Server', kind: 'WEB', redirectUris: [redirectUri], secret: webSecret },
  {
    clientId: 'native',
    name: 'Desktop',
    kind: 'NATIVE',
    redirectUris: ['http://127.0.0.1/callback', 'test.app:/back'],
  },
  {
    clientId: 'third',
    name: 'Elsewhere',
    kind: 'WEB',
    redirectUris: [redirectUri],
    secret: webSecret,
    isThirdParty: true,
  },
  {
    clientId: 'stranger',
    name: 'Another',
    kind: 'WEB',
    redirectUris: [redirectUri],
    secret: webSecret,
    isThirdParty: true,
  },
]

export interface IssuerWorld extends World {
  readonly issuer: string
  client(clientId?: string, secret?: string): Promise<openid.Configuration>
}

/** A deployment that listens, with these applications. */
export async function issuerWorld(options: Parameters<typeof world>[0] = {}): Promise<IssuerWorld> {
  // All tests come from one address of the network.
  const env = {
    APPLICATIONS: JSON.stringify(applications),
    SIGN_IN_LIMIT_PER_IP: '1000000',
    SSO_LIMIT_PER_IP: '1000000',
    ...options.env,
  }
  const made = await world({ ...options, env, listens: true })
  const issuer = `${made.origin}/oidc`
  return { ...made, issuer, client: (clientId = 'spa', secret) => discovered(issuer, clientId, secret) }
}

function discovered(issuer: string, clientId: string, secret?: string): Promise<openid.Configuration> {
  const authentication = secret === undefined ? openid.None() : openid.ClientSecretBasic(secret)
  return openid.discovery(new URL(issuer), clientId, {}, authentication, { execute: [openid.allowInsecureRequests] })
}

export const newAddress = () => `person-${randomUUID()}@people.test`

/** An authorization request with PKCE, as openid-client makes it. */
export async function authorization(config: openid.Configuration, parameters: Record<string, string> = {}) {
  const verifier = openid.randomPKCECodeVerifier()
  const state = openid.randomState()
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid profile email',
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    ...parameters,
  })
  return { url, verifier, state }
}

/** The code in the newest mail to this address. */
export async function newestCode(of: Pick<World, 'app' | 'operator'>, email: string): Promise<string> {
  const [mail] = await mailsTo(of, email)
  const code = /^ {4}(\d{6})$/m.exec(mail?.text ?? '')?.[1]
  if (code === undefined) throw new Error(`There is no code for ${email}`)
  return code
}

/** Goes from the page that asks for an address to wherever the right code leads. */
export async function enterCode(of: World, browser: Browser, page: Shown, email: string): Promise<Shown> {
  const asked = await browser.submit(page, '/address', { email })
  return browser.submit(asked, '/code', { code: await newestCode(of, email) })
}

/** What the token endpoint answers to this form, whatever it is. */
export async function tokenRequest(issuer: string, form: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams(form), headers })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  }
}

/** What the redirect back to the product says. */
export const answerIn = (shown: Shown) => Object.fromEntries(shown.url.searchParams)

interface SignIn {
  readonly clientId?: string
  readonly secret?: string
  readonly email?: string
  readonly browser?: Browser
  readonly parameters?: Record<string, string>
}

/** Signs somebody in: address, code, and the tokens that the redirect leads to. */
export async function signIn(of: IssuerWorld, options: SignIn = {}) {
  const {
    clientId = 'spa',
    secret,
    email = newAddress(),
    browser = createBrowser(of.origin),
    parameters = {},
  } = options
  const config = await of.client(clientId, secret)
  const { url, verifier, state } = await authorization(config, parameters)
  const back = await enterCode(of, browser, await browser.open(url), email)
  const checks = { pkceCodeVerifier: verifier, expectedState: state, idTokenExpected: true }
  const tokens = await openid.authorizationCodeGrant(config, back.url, checks)
  return { config, browser, email, back, verifier, tokens }
}
