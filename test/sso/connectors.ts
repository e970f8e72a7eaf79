import { randomUUID } from 'node:crypto'
import * as openid from 'openid-client'
import { claim, newDomain, vouch } from '../email-domains/domains.ts'
import { type Browser, createBrowser, type Shown } from '../kit/browser.ts'
import type { Client, Loose, Result } from '../kit/client.ts'
import { type IdentityProvider, type Internet, identityProvider, internet } from '../kit/identity-provider.ts'
import { authorization, type IssuerWorld, issuerWorld } from '../kit/sign-in.ts'

type Place = { readonly id: string }

export interface SsoWorld extends IssuerWorld {
  readonly internet: Internet
  /** The first provider. */
  readonly idp: IdentityProvider
  browser(stopsAt?: RegExp): Browser
}

/** A deployment that reaches these providers, or one of its own, and nobody else. */
export async function ssoWorld(options: Parameters<typeof issuerWorld>[0] = {}, given: IdentityProvider[] = []) {
  const [idp = await identityProvider(), ...others] = given
  const net = internet(idp, ...others)
  const w = await issuerWorld({ fetchOutside: net.fetchOutside, ...options })
  const browser = (stopsAt?: RegExp) =>
    createBrowser(w.origin, { reach: net.reach, ...(stopsAt !== undefined && { stopsAt }) })
  return { ...w, internet: net, idp, browser } satisfies SsoWorld
}

export const shown = `__typename id name isEnabled isRequired isUsable trustsEmail testedAt viewerCanManage emailDomains { id domain }
  lastTest { isPassed steps { name isPassed message } attributes { name value } }
  ... on OidcConnector { issuer clientId scopes redirectUri attributes { name email picture groups } }
  ... on SamlConnector { entityId metadataUrl assertionConsumerServiceUrl idpEntityId signInUrl signInBinding signsRequests
    idpMetadataUrl metadataReadAt metadataProblem certificates { fingerprint notBefore expiresAt } certificateExpiresAt
    certificateExpiresSoon preset attributeNames { subject email name givenName familyName picture groups methods } }`
const refusals = '... on InvalidInputError { issues { path message } }'

export const settingsFor = ({ issuer, clientId, clientSecret }: IdentityProvider, more: object = {}) => ({
  oidc: { issuer, clientId, clientSecret, ...more },
})

/** Connects a provider, whatever comes of it. */
export function connect(by: Client, { id }: Place, idp: IdentityProvider, more: object = {}, oidc: object = {}) {
  const input = { organizationId: id, name: 'Provider', settings: settingsFor(idp, oidc), ...more }
  const selection = `... on CreateSsoConnectorPayload { ssoConnector { ${shown} } } ${refusals}`
  return by.mutate('createSsoConnector', input, selection)
}

export function change(by: Client, { id }: Loose, input: object): Promise<Result> {
  const selection = `... on UpdateSsoConnectorPayload { ssoConnector { ${shown} } } ${refusals}`
  return by.mutate('updateSsoConnector', { ssoConnectorId: id, ...input }, selection)
}

export async function connectorsOf(by: Client, { id }: Place): Promise<Loose[] | null> {
  const query = `query($id: ID!) { organization(by: { id: $id }) { ssoConnectors { ${shown} } } }`
  return (await by.query(query, { id })).organization.ssoConnectors
}

/** A domain that an operator vouches for. */
export async function provedDomain(
  w: Pick<SsoWorld, 'operator'>,
  by: Client,
  place: Place,
  domain = newDomain(),
): Promise<Loose> {
  const made = await claim(by, place, domain)
  await vouch(w.operator, made)
  return made
}

/** Makes the test sign-in of a connector, in a browser of its own. */
export async function tryConnector(w: SsoWorld, by: Client, { id }: Loose): Promise<Shown> {
  const selection = '... on StartSsoConnectorTestPayload { url }'
  const started = await by.mutate('startSsoConnectorTest', { ssoConnectorId: id }, selection)
  if (started.url === undefined) throw new Error(`No test: ${JSON.stringify(started)}`)
  return w.browser().open(started.url)
}

export interface Connected {
  readonly connector: Loose
  readonly domain: string
  readonly emailDomainId: string
}

/** A connector that is in use: it serves a new domain, is tested and switched on. */
export async function connected(
  w: SsoWorld,
  {
    by = w.owner,
    place = w.acme,
    idp = w.idp,
    domain = newDomain(),
    oidc = {},
    tester = `tester@${domain}`,
  }: Setting = {},
): Promise<Connected> {
  const proved = await provedDomain(w, by, place, domain)
  const made = await connect(by, place, idp, { emailDomainIds: [proved.id] }, oidc)
  if (made.ssoConnector === undefined) throw new Error(`Not connected: ${JSON.stringify(made)}`)
  idp.person = employee(tester)
  const page = await tryConnector(w, by, made.ssoConnector)
  const { ssoConnector } = await change(by, made.ssoConnector, { isEnabled: true })
  if (ssoConnector?.isUsable !== true) throw new Error(`Not usable: ${JSON.stringify(ssoConnector)} ${page.html}`)
  return { connector: ssoConnector, domain, emailDomainId: proved.id }
}
interface Setting {
  readonly by?: Client
  readonly place?: Place
  readonly idp?: IdentityProvider
  readonly domain?: string
  readonly oidc?: object
  /** Who makes the test sign-in. */
  readonly tester?: string
}

/** Somebody whom the provider vouches for. */
export const employee = (email: string, more: object = {}) => ({
  ...{ sub: randomUUID(), email, email_verified: true, name: 'Ada Lovelace' },
  ...more,
})

/** Types an address into the page of the issuer; follows wherever it leads. */
export async function typeAddress(
  w: IssuerWorld,
  browser: Browser,
  email: string,
  parameters: Record<string, string> = {},
) {
  const config = await w.client()
  const started = await authorization(config, parameters)
  const page = await browser.open(started.url)
  return { config, ...started, back: await browser.submit(page, '/address', { email }) }
}

/** The whole way: address, provider, callback, code, tokens. */
export async function signInThrough(
  w: SsoWorld,
  email: string,
  { browser = w.browser(), parameters = {} }: { browser?: Browser; parameters?: Record<string, string> } = {},
) {
  const { config, verifier, state, back } = await typeAddress(w, browser, email, parameters)
  if (!back.url.searchParams.has('code')) throw new Error(`No code at ${back.url}: ${back.status} ${back.html}`)
  const checks = { pkceCodeVerifier: verifier, expectedState: state, idTokenExpected: true }
  const tokens = await openid.authorizationCodeGrant(config, back.url, checks)
  return { tokens, browser, back }
}

/** What the page says went wrong. */
export const problemOn = ({ html }: Shown) => /role="alert"[^>]*>([^<]*)</.exec(html)?.[1] ?? null
