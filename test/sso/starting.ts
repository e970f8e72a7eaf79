import * as openid from 'openid-client'
import type { Browser, Shown } from '../kit/browser.ts'
import type { Client, Loose } from '../kit/client.ts'
import { authorization, type IssuerWorld, productStart } from '../kit/sign-in.ts'

/** The login URL of a connector. */
export async function loginUrlOf(by: Client, { id }: Loose): Promise<string> {
  const { node } = await by.query('query($id: ID!) { node(id: $id) { ... on SsoConnector { loginUrl } } }', { id })
  return node.loginUrl
}

/** What the product is asked for, where it begins sign-ins; fails where the browser is elsewhere. */
export function askedOfProduct({ url, status, html }: Shown): Record<string, string> {
  if (url.origin + url.pathname !== productStart) throw new Error(`Not at the product: ${url} ${status} ${html}`)
  return Object.fromEntries(url.searchParams)
}

/** Has the product begin, as it does when it is asked to: it sends the hint on. */
export async function beginThere(w: IssuerWorld, browser: Browser, at: Shown, parameters: Record<string, string> = {}) {
  const { login_hint: hint = '' } = askedOfProduct(at)
  const config = await w.client()
  const started = await authorization(config, { login_hint: hint, ...parameters })
  const back = await browser.open(started.url)
  const tokens = () =>
    openid.authorizationCodeGrant(config, back.url, {
      ...{ pkceCodeVerifier: started.verifier, expectedState: started.state, idTokenExpected: true },
    })
  return { back, tokens }
}
