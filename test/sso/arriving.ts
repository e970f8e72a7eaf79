import * as openid from 'openid-client'
import type { Shown } from '../kit/browser.ts'
import { type employee, type SsoWorld, typeAddress } from './connectors.ts'

/** Somebody who is back from the provider, and one request away from the end of their sign-in: what is raced is the end. */
export async function arriving(w: SsoWorld, who: ReturnType<typeof employee>) {
  w.idp.person = who
  const until = w.browser(/\/interaction\/[^/]+\/sso$/)
  const { back, config, verifier, state } = await typeAddress(w, until, who.email)
  const browser = w.browser()
  for (const [key, cookie] of until.cookies) browser.cookies.set(key, cookie)
  return {
    browser,
    finish: () => browser.open(back.url),
    async tokens(at: Shown) {
      const checks = { pkceCodeVerifier: verifier, expectedState: state, idTokenExpected: true }
      return openid.authorizationCodeGrant(config, at.url, checks)
    },
  }
}
