import { randomUUID } from 'node:crypto'
import * as openid from 'openid-client'
import { newDomain } from '../email-domains/domains.ts'
import type { Browser, Shown } from '../kit/browser.ts'
import { createBrowser } from '../kit/browser.ts'
import type { Client, Loose, Result } from '../kit/client.ts'
import { type Internet, internet } from '../kit/identity-provider.ts'
import { type SamlProvider, samlProvider } from '../kit/saml-provider.ts'
import { type IssuerWorld, issuerWorld } from '../kit/sign-in.ts'
import { change, provedDomain, shown, typeAddress } from './connectors.ts'

export interface SamlWorld extends IssuerWorld {
  readonly internet: Internet
  readonly idp: SamlProvider
  browser(stopsAt?: RegExp): Browser
}

/** A deployment that reaches these providers of SAML, or one of its own, and nobody else. */
export async function samlWorld(options: Parameters<typeof issuerWorld>[0] = {}, given: SamlProvider[] = []) {
  const [idp = await samlProvider(), ...others] = given
  const net = internet(idp, ...others)
  const w = await issuerWorld({ fetchOutside: net.fetchOutside, ...options })
  for (const one of [idp, ...others]) one.clock = w.clock
  const browser = (stopsAt?: RegExp) =>
    createBrowser(w.origin, { reach: net.reach, ...(stopsAt !== undefined && { stopsAt }) })
  return { ...w, internet: net, idp, browser } satisfies SamlWorld
}

type Place = { readonly id: string }

/** Connects a provider by its metadata, whatever comes of it. */
export function connectSaml(by: Client, { id }: Place, saml: object, more: object = {}): Promise<Result> {
  const input = { organizationId: id, name: 'Provider', settings: { saml }, ...more }
  const refusals = '... on InvalidInputError { issues { path message } }'
  return by.mutate(
    'createSsoConnector',
    input,
    `... on CreateSsoConnectorPayload { ssoConnector { ${shown} } } ${refusals}`,
  )
}

export const byUrl = ({ metadataUrl }: SamlProvider) => ({ metadata: { url: metadataUrl } })

/** Somebody whom the provider vouches for. */
export const colleague = (email: string, more: Record<string, string[]> = {}) => ({
  nameId: randomUUID(),
  attributes: { email: [email], displayName: ['Ada Lovelace'], groups: ['staff'], ...more },
})

export interface ConnectedSaml {
  readonly connector: Loose
  readonly domain: string
}

/** A connector that is in use: it serves a new domain, is tested and switched on. */
export async function connectedSaml(
  w: SamlWorld,
  { idp = w.idp, domain = newDomain(), saml = {} }: { idp?: SamlProvider; domain?: string; saml?: object } = {},
): Promise<ConnectedSaml> {
  const proved = await provedDomain(w, w.owner, w.acme, domain)
  const made = await connectSaml(w.owner, w.acme, { ...byUrl(idp), ...saml }, { emailDomainIds: [proved.id] })
  if (made.ssoConnector === undefined) throw new Error(`Not connected: ${JSON.stringify(made)}`)
  idp.serviceProvider = await (await fetch(made.ssoConnector.metadataUrl)).text()
  idp.person = colleague(`tester@${domain}`)
  const page = await trySaml(w, made.ssoConnector)
  const { ssoConnector } = await change(w.owner, made.ssoConnector, { isEnabled: true })
  if (ssoConnector?.isUsable !== true) throw new Error(`Not usable: ${JSON.stringify(ssoConnector)} ${page.html}`)
  return { connector: ssoConnector, domain }
}

/** Makes the test sign-in of a connector, in a browser of its own. */
export async function trySaml(w: SamlWorld, { id }: Loose): Promise<Shown> {
  const selection = '... on StartSsoConnectorTestPayload { url }'
  const started = await w.owner.mutate('startSsoConnectorTest', { ssoConnectorId: id }, selection)
  if (started.url === undefined) throw new Error(`No test: ${JSON.stringify(started)}`)
  const browser = w.browser()
  return sendForms(browser, await browser.open(started.url))
}

/** As scripts would: sends the request to the provider, and its answer to us. */
export async function sendForms(browser: Browser, page: Shown): Promise<Shown> {
  const isOurs = page.html.includes('name="SAMLRequest"')
  const there = isOurs ? await browser.submit(page, '/sso') : page
  return there.html.includes('name="SAMLResponse"') ? browser.submit(there, '/acs') : there
}

/** From the address to the page of the provider that holds its answer. */
export async function toAnswer(w: SamlWorld, email: string, browser = w.browser()) {
  const { back, ...started } = await typeAddress(w, browser, email)
  const page = back.html.includes('name="SAMLRequest"') ? await browser.submit(back, '/sso') : back
  if (!page.html.includes('name="SAMLResponse"')) throw new Error(`No answer at ${page.url}: ${page.html}`)
  return { ...started, browser, page }
}

/** The whole way: address, provider, assertion, code, tokens. */
export async function signInBySaml(w: SamlWorld, email: string, browser = w.browser()) {
  const { config, verifier, state, page } = await toAnswer(w, email, browser)
  const back = await browser.submit(page, '/acs')
  if (!back.url.searchParams.has('code')) throw new Error(`No code at ${back.url}: ${back.status} ${back.html}`)
  const checks = { pkceCodeVerifier: verifier, expectedState: state, idTokenExpected: true }
  const tokens = await openid.authorizationCodeGrant(config, back.url, checks)
  return { tokens, browser, back }
}
