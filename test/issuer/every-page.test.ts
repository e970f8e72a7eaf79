import { expect, test } from 'vitest'
import { createBrowser, type Shown } from '../kit/browser.ts'
import { authorization, enterCode, issuerWorld, newAddress, signIn, webSecret } from '../kit/sign-in.ts'

const german = { headers: { 'accept-language': 'de' } }

/** Every page of HTML that the issuer answers with, each as somebody comes to it who reads German. */
async function everyPage(): Promise<Map<string, Shown>> {
  const w = await issuerWorld()
  const config = await w.client()
  const [browser, email] = [createBrowser(w.origin), newAddress()]
  const multiFactor = { acr_values: 'urn:tenantry:acr:multi-factor', ui_locales: 'de' }
  const address = await browser.open((await authorization(config, multiFactor)).url)
  const code = await browser.submit(address, '/address', { email })
  const setUp = await enterCode(w, browser, address, email)
  const { url: elsewhere } = await authorization(await w.client('third', webSecret), { ui_locales: 'de' })
  const consent = await browser.open(elsewhere)
  const { url: posted } = await authorization(config, { response_mode: 'form_post', ui_locales: 'de' })
  const formPost = await (await signIn(w, { email: newAddress() })).browser.open(posted, german)
  const nobody = createBrowser(w.origin)
  const signOut = await browser.open(`${w.issuer}/session/end`, german)
  return new Map<string, Shown>([
    ['the address', address],
    ['the code', code],
    ['the second factor', setUp],
    ['consent', consent],
    ['an answer by form', formPost],
    ['signing out', signOut],
    ['signing out of nothing', await nobody.open(`${w.issuer}/session/end`, german)],
    ['signed out', await nobody.open(`${w.issuer}/session/end/success`, german)],
    ['an error', await nobody.open(`${w.issuer}/auth?client_id=nobody`, german)],
    ['an error of signing out', await nobody.open(`${w.issuer}/session/end?id_token_hint=x`, german)],
    ['no such interaction', await nobody.open(`${w.issuer}/interaction/nothing`, german)],
    ['no such resumption', await nobody.open(`${w.issuer}/auth/nothing`, german)],
    ['no such path', await nobody.open(`${w.issuer}/nothing`, german)],
  ])
}

test('every page has our policy, a language and a title, and nothing of oidc-provider’s own', async () => {
  for (const [name, { headers, html }] of await everyPage()) {
    // What is no page says so.
    if (!(headers.get('content-type') ?? '').startsWith('text/html')) {
      expect(html, name).not.toMatch(/<html/i)
      continue
    }
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy, name).toContain("default-src 'none'")
    expect(policy, name).toContain("frame-ancestors 'none'")
    expect(policy, name).not.toContain('unsafe')
    expect(headers.get('cache-control'), name).toBe('no-store')
    expect(headers.get('x-content-type-options'), name).toBe('nosniff')
    expect(html, name).toContain('<html lang="de">')
    expect(html, name).toMatch(/<title>[^<]{3,}<\/title>/)
    expect(html, name).toMatch(/<h1>[^<]{3,}<\/h1>/)
    expect(html, name).not.toMatch(/Submitting Callback|oops!|http-equiv/)
  }
})

test('whoever signs out without being signed in is led on, by a script that the page names or by a button', async () => {
  const w = await issuerWorld()
  const browser = createBrowser(w.origin)
  const page = await browser.open(`${w.issuer}/session/end`)
  expect(page.html).toContain('press the button')
  expect(page.headers.get('content-security-policy')).toMatch(/script-src 'sha256-/)
  expect((await browser.submit(page, '/session/end/confirm')).html).toContain('You are signed out.')
})

test('an answer by form goes to the registered address alone', async () => {
  const w = await issuerWorld()
  const { browser, config } = await signIn(w)
  const { url, state } = await authorization(config, { response_mode: 'form_post' })
  const page = await browser.open(url)
  expect(page.html).toContain('<form method="post" action="https://app.test/callback">')
  expect(page.html).toContain(`name="state" value="${state}"`)
  expect(page.html).toMatch(/name="code" value="[\w-]+"/)
  expect(page.headers.get('content-security-policy')).toContain("form-action 'self' https://app.test;")
})
