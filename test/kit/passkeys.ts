import * as openid from 'openid-client'
import { type Asked, type Authenticator, createAuthenticator, type Lies } from './authenticator.ts'
import { type Browser, createBrowser, type Shown } from './browser.ts'
import { authorization, enterCode, type IssuerWorld, issuerWorld, newAddress } from './sign-in.ts'

/** A deployment with a name, as passkeys need it. */
export const passkeyWorld = (options: Parameters<typeof issuerWorld>[0] = {}) =>
  issuerWorld({ ...options, hostname: 'localhost' })

/** What the script of the page fetches, before it asks the browser. */
export async function optionsFor(browser: Browser, page: Shown, step: 'passkey' | 'add'): Promise<Asked> {
  const shown = await browser.submit(elsewhere(page, step, `${step}-options`), `/${step}-options`)
  return JSON.parse(shown.html).publicKey
}

/** The page as it would be with a form that goes to another step. */
export const elsewhere = (page: Shown, step: string, other: string): Shown => ({
  ...page,
  html: page.html.replaceAll(`/${step}"`, `/${other}"`),
})

/** Shows a passkey on the page, as the script does. */
export async function show(
  browser: Browser,
  page: Shown,
  authenticator: Authenticator,
  lies: Lies = {},
): Promise<Shown> {
  const asked = await optionsFor(browser, page, 'passkey')
  return browser.submit(page, '/passkey', { credential: authenticator.get(asked, lies) })
}

/** Adds a passkey on the page of the account, as the script does. */
export async function add(
  browser: Browser,
  page: Shown,
  authenticator: Authenticator,
  { name = 'Laptop', ...lies }: Lies & { name?: string } = {},
): Promise<Shown> {
  const asked = await optionsFor(browser, page, 'add')
  return browser.submit(page, '/add', { credential: authenticator.create(asked, lies), name })
}

/** Goes to the page of the account, and signs in by a mailed code on the way. */
export async function openAccount(w: IssuerWorld, browser: Browser, email: string): Promise<Shown> {
  return enterCode(w, browser, await browser.open('/oidc/account'), email)
}

/** Somebody with a passkey that they added just now, in a browser of their own. */
export async function withPasskey(w: IssuerWorld, email = newAddress()) {
  const browser = createBrowser(w.origin)
  const authenticator = createAuthenticator(w.origin)
  const page = await add(browser, await openAccount(w, browser, email), authenticator)
  return { browser, authenticator, email, page }
}

/** What a product asks for, and what becomes of it. */
export async function ask(w: IssuerWorld, browser: Browser, parameters: Record<string, string> = {}) {
  const config = await w.client()
  const { url, verifier, state } = await authorization(config, parameters)
  const page = await browser.open(url)
  const take = (back: Shown) =>
    openid.authorizationCodeGrant(config, back.url, { pkceCodeVerifier: verifier, expectedState: state })
  return { page, take }
}
