import { expect, test } from 'vitest'
import { createBrowser } from '../kit/browser.ts'
import { uuidOf } from '../kit/journal.ts'
import { mailsTo } from '../kit/mail.ts'
import { authorization, enterCode, issuerWorld, newAddress, newestCode } from '../kit/sign-in.ts'

test('the pages speak the language that the product asks for, else that of the browser', async () => {
  const w = await issuerWorld()
  const open = async (parameters: Record<string, string>, language: string) => {
    const { url } = await authorization(await w.client(), parameters)
    return (await createBrowser(w.origin).open(url, { headers: { 'accept-language': language } })).html
  }
  expect(await open({}, 'de-AT,de;q=0.9,en;q=0.5')).toMatch(/lang="de".*E-Mail-Adresse/s)
  expect(await open({ ui_locales: 'en' }, 'de')).toMatch(/lang="en".*Email address/s)
  expect(await open({ ui_locales: 'fr de' }, 'en')).toMatch(/lang="de"/)
  expect(await open({}, 'xx, ;q=, *')).toMatch(/lang="en"/)
})

test('the mail speaks the language of the page', async () => {
  const w = await issuerWorld()
  const email = newAddress()
  const browser = createBrowser(w.origin)
  const page = await browser.open((await authorization(await w.client(), { ui_locales: 'de' })).url)
  await browser.submit(page, '/address', { email })
  const [mail] = await mailsTo(w, email)
  expect(mail?.text).toContain('Nennen Sie ihn niemandem')
  expect(mail?.html).toContain(await newestCode(w, email))
})

test('a sign-in for an organization carries its name, logo and color; for an unknown one it is the plain page', async () => {
  const w = await issuerWorld()
  const input = {
    organizationId: w.acme.id,
    name: 'Acme & Sons',
    logoUrl: 'https://cdn.test/logo.png',
    primaryColor: '#123abc',
  }
  const updated = await w.owner.mutate('updateOrganization', input)
  expect(updated.__typename).toBe('UpdateOrganizationPayload')
  const open = async (parameters: Record<string, string>) =>
    createBrowser(w.origin).open((await authorization(await w.client(), parameters)).url)
  for (const parameters of [{ organization: w.acme.slug }, { organization_id: uuidOf(w.acme.id) }]) {
    const { html, headers, status } = await open(parameters)
    expect(status).toBe(200)
    expect(html).toContain('Sign in to Acme &amp; Sons')
    expect(html).toContain('<img src="https://cdn.test/logo.png" alt="">')
    expect(html).toContain('#123abc')
    expect(headers.get('content-security-policy')).toContain('img-src https://cdn.test')
  }
  const plain = await open({})
  const unknown = await open({ organization: 'no-such-organization' })
  const unmarked = (html: string) => html.replaceAll(/interaction\/[\w-]+|value="[\w-]+"/g, '')
  expect(unmarked(unknown.html)).toBe(unmarked(plain.html))
  expect(unknown.status).toBe(200)
})

test('a deleted organization shows nothing of itself', async () => {
  const w = await issuerWorld()
  await w.owner.mutate('deleteOrganization', { organizationId: w.acme.id })
  const { url } = await authorization(await w.client(), { organization: w.acme.slug })
  expect((await createBrowser(w.origin).open(url)).html).toContain('<h1>Sign in</h1>')
})

test('a page allows no script, no frame, and forms that lead to the product alone', async () => {
  const w = await issuerWorld()
  const { html, headers } = await createBrowser(w.origin).open((await authorization(await w.client())).url)
  const policy = headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("form-action 'self' https://app.test;")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).not.toContain('script-src')
  expect(html).not.toMatch(/<script|\son\w+=|style="/)
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('referrer-policy')).toBe('no-referrer')
})

test('every field has a label, and a problem is told to those who hear the page', async () => {
  const w = await issuerWorld()
  const browser = createBrowser(w.origin)
  const page = await browser.open((await authorization(await w.client())).url)
  expect(page.html).toMatch(/<label for="email">[^<]+<\/label>\s*<input id="email"/)
  const refused = await browser.submit(page, '/address', { email: 'nobody' })
  expect(refused.html).toContain('<p id="problem" role="alert"')
  expect(refused.html).toContain('aria-describedby="problem help" aria-invalid="true"')
  const sent = await browser.submit(refused, '/address', { email: newAddress() })
  expect(sent.html).toMatch(/<label for="code">[^<]+<\/label>\s*<input id="code"/)
  expect(sent.html).toContain('autocomplete="one-time-code"')
})

test('a hint fills the address in', async () => {
  const w = await issuerWorld()
  const { url } = await authorization(await w.client(), { login_hint: '"><b>ada@people.test' })
  expect((await createBrowser(w.origin).open(url)).html).toContain('value="&quot;&gt;&lt;b&gt;ada@people.test"')
})

test('cookies are signed, for the server alone, lax, and secure where the address is https', async () => {
  const w = await issuerWorld()
  const browser = createBrowser(w.origin)
  await enterCode(w, browser, await browser.open((await authorization(await w.client())).url), newAddress())
  const session = [...browser.cookies.values()].find(one => one.name === 'tenantry_session')
  expect(session?.attributes).toMatch(/samesite=lax/i)
  expect(session?.attributes).toMatch(/httponly/i)
  expect([...browser.cookies.values()].map(one => one.name)).toContain('tenantry_session.sig')
  const secure = await issuerWorld({ env: { PUBLIC_URL: 'https://sign-in.test' } })
  const query = new URLSearchParams({
    client_id: 'spa',
    response_type: 'code',
    scope: 'openid',
    redirect_uri: 'https://app.test/callback',
  })
  query.set('code_challenge', 'x'.repeat(43))
  query.set('code_challenge_method', 'S256')
  const response = await fetch(`${secure.origin}/oidc/auth?${query}`, { redirect: 'manual' })
  expect(response.status).toBe(303)
  for (const cookie of response.headers.getSetCookie()) expect(cookie).toMatch(/; secure/i)
})

test('an error that cannot go back to the product is a page', async () => {
  const w = await issuerWorld()
  const url = `${w.issuer}/auth?client_id=nobody`
  const page = await createBrowser(w.origin).open(url, { headers: { 'accept-language': 'de' } })
  expect(page.status).toBe(400)
  expect(page.html).toContain('Das hat nicht geklappt')
  expect(page.html).toContain('invalid_client')
})
