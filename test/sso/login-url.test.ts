import { describe, expect, test } from 'vitest'
import { hasProductStart } from '../../src/auth/issuer/product-start.ts'
import { readConfig } from '../../src/config.ts'
import { createBrowser } from '../kit/browser.ts'
import { production } from '../kit/deployment.ts'
import { authorization, signIn } from '../kit/sign-in.ts'
import { change, connected, employee, signInThrough, ssoWorld } from './connectors.ts'
import { askedOfProduct, beginThere, loginUrlOf } from './starting.ts'

const connectorOf = (loginUrl: string) => /\/sso\/([0-9a-f-]{36})\/login$/.exec(loginUrl)?.[1] ?? ''

test('whoever opens the login URL comes to the product, and from there to the provider, without an address (SSO-1)', async () => {
  const w = await ssoWorld()
  const { connector, domain } = await connected(w)
  const url = await loginUrlOf(w.owner, connector)
  w.idp.person = employee(`ada@${domain}`)
  const browser = w.browser()
  const at = await browser.open(`${url}?iss=${encodeURIComponent(w.idp.issuer)}`)
  expect(askedOfProduct(at)).toEqual({
    iss: w.issuer,
    login_hint: `urn:tenantry:connector:${connectorOf(url)}`,
  })
  const { back, tokens } = await beginThere(w, browser, at)
  expect(back.url.searchParams.has('code')).toBe(true)
  expect((await tokens()).claims()).toMatchObject({ email: `ada@${domain}`, amr: expect.arrayContaining(['sso']) })
  expect(w.idp.asked.at(-1)?.has('login_hint')).toBe(false)
})

test('the address that the provider hints at comes back to it', async () => {
  const w = await ssoWorld()
  const { connector, domain } = await connected(w)
  w.idp.person = employee(`ada@${domain}`)
  const browser = w.browser()
  const at = await browser.open(`${await loginUrlOf(w.owner, connector)}?login_hint=ada@${domain}`)
  const { back } = await beginThere(w, browser, at)
  expect(back.url.searchParams.has('code')).toBe(true)
  expect(w.idp.asked.at(-1)?.get('login_hint')).toBe(`ada@${domain}`)
})

test('it may be a form, too, as OpenID Connect has it', async () => {
  const w = await ssoWorld()
  const { connector } = await connected(w)
  const url = await loginUrlOf(w.owner, connector)
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ iss: w.idp.issuer }) })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('refresh')).toMatch(/^0; url=https:\/\/app\.test\/start\?iss=/)
  expect((await fetch(url, { method: 'PUT' })).status).toBe(405)
})

describe('the place to arrive at', () => {
  test.each([
    ['of the product', 'https://app.test/invoices?page=2', true],
    ['of somebody else', 'https://evil.com/', false],
    ['of somebody else, that looks like it', 'https://app.test.evil.com/', false],
    ['with another in front', 'https://app.test@evil.com/', false],
    ['that is a script', 'javascript:alert(1)', false],
    ['that is no address', '//evil.com', false],
  ])('%s: %s is sent on: %s', async (_what, target, isSent) => {
    const w = await ssoWorld()
    const { connector } = await connected(w)
    const url = new URL(await loginUrlOf(w.owner, connector))
    url.searchParams.set('target_link_uri', target)
    const asked = askedOfProduct(await createBrowser(w.origin).open(url))
    expect(asked.target_link_uri).toBe(isSent ? target : undefined)
  })
})

test('a connector that is off, one that there is not, another provider and an unknown product answer alike', async () => {
  const w = await ssoWorld()
  const { connector } = await connected(w)
  const url = await loginUrlOf(w.owner, connector)
  const unknown = url.replace(connectorOf(url), '0190a0a0-0000-7000-8000-000000000000')
  const answers = await Promise.all(
    [unknown, `${url}?iss=https://other.com`, `${url}?client_id=nobody`, `${url}?client_id=native`].map(one =>
      fetch(one),
    ),
  )
  await change(w.owner, connector, { isEnabled: false })
  const off = await fetch(url)
  const texts = await Promise.all([...answers, off].map(one => one.text()))
  expect([...answers, off].map(one => one.status)).toEqual([404, 404, 404, 404, 404])
  expect(new Set(texts).size).toBe(1)
})

test('without a product that begins sign-ins there is no login URL', () => {
  const product = { clientId: 'spa', name: 'Product', kind: 'SPA', redirectUris: ['https://app.test/callback'] }
  const having = (more: object) =>
    readConfig({ ...production, APPLICATIONS: JSON.stringify([{ ...product, ...more }]) })
  expect(hasProductStart(having({}))).toBe(false)
  expect(hasProductStart(having({ initiateLoginUri: 'https://app.test/start' }))).toBe(true)
  expect(() => having({ initiateLoginUri: 'http://app.test/start' })).toThrow('APPLICATIONS must use https')
  expect(() => having({ initiateLoginUri: 'javascript:alert(1)' })).toThrow('must be a web address')
})

describe('a hint in the request of a product', () => {
  test.each([
    ['of a connector that there is not', 'urn:tenantry:connector:0190a0a0-0000-7000-8000-000000000000'],
    ['of no connector', 'urn:tenantry:connector:'],
    ['with something behind it', 'urn:tenantry:connector:0190a0a0-0000-7000-8000-000000000000:not an address'],
  ])('%s leads to the page for an address, which is empty', async (_what, hint) => {
    const w = await ssoWorld()
    const page = await beginWith(w, hint)
    expect(page.status).toBe(200)
    expect(page.html).toContain('name="email"')
    expect(page.html).not.toContain('urn:')
  })

  test('of a connector that is off leads to the page for an address (SSO-1)', async () => {
    const w = await ssoWorld()
    const { connector } = await connected(w)
    const hint = `urn:tenantry:connector:${connectorOf(await loginUrlOf(w.owner, connector))}`
    await change(w.owner, connector, { isEnabled: false })
    const page = await beginWith(w, hint)
    expect(page.html).toContain('name="email"')
    expect(w.idp.asked).toHaveLength(1)
  })

  async function beginWith(w: Awaited<ReturnType<typeof ssoWorld>>, hint: string) {
    const { url } = await authorization(await w.client(), { login_hint: hint })
    return w.browser().open(url)
  }
})

test('who is signed in by another way is asked at the provider; who came through the connector is not', async () => {
  const w = await ssoWorld()
  const { connector, domain } = await connected(w)
  const url = await loginUrlOf(w.owner, connector)
  const browser = w.browser()
  const stranger = await signIn(w, { browser })
  w.idp.person = employee(`ada@${domain}`)
  const asked = await beginThere(w, browser, await browser.open(url))
  // A link of anybody leads here: nobody is made somebody else by it without a word.
  expect(asked.back.html).toContain(stranger.email)
  expect(w.idp.asked).toHaveLength(1)
  // The session of the one before ends first.
  const ending = await browser.submit(asked.back, '/elsewhere')
  const back = ending.url.searchParams.has('code') ? ending : await browser.submit(ending, '/confirm')
  expect(back.url.searchParams.has('code')).toBe(true)
  const again = await beginThere(w, browser, await browser.open(url))
  const claims = (await again.tokens()).claims()
  expect(claims?.sub).not.toBe(stranger.tokens.claims()?.sub)
  expect(claims?.email).toBe(`ada@${domain}`)
  // The test, and one sign-in.
  expect(w.idp.asked).toHaveLength(2)
  const silent = await beginThere(w, browser, await browser.open(url), { prompt: 'none' })
  expect(silent.back.url.searchParams.has('code')).toBe(true)
})

test('the page in between leads on in its own interaction alone', async () => {
  const w = await ssoWorld()
  const { connector, domain } = await connected(w)
  w.idp.person = employee(`ada@${domain}`)
  const hint = `urn:tenantry:connector:${connectorOf(await loginUrlOf(w.owner, connector))}`
  const [one, other] = [w.browser(/\/away/), w.browser()]
  const led = await one.open((await authorization(await w.client(), { login_hint: hint })).url)
  const page = await other.open((await authorization(await w.client())).url)
  const mine = /action="([^"]*)\/address"/.exec(page.html)?.[1] ?? ''
  const stolen = await other.open(`${mine}/away${led.url.search}`)
  expect(stolen.html).toContain('name="email"')
  expect((await other.open(`${mine}/away?to=made.up.text`)).html).toContain('name="email"')
  expect((await other.open(led.url)).status).toBe(400)
  expect(w.idp.asked).toHaveLength(1)
})

test('a sign-in by a typed address goes on as before', async () => {
  const w = await ssoWorld()
  const { domain } = await connected(w)
  w.idp.person = employee(`ada@${domain}`)
  const { tokens } = await signInThrough(w, `ada@${domain}`)
  expect(tokens.claims()?.email).toBe(`ada@${domain}`)
})
