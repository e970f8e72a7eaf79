import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import * as openid from 'openid-client'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { readForm } from '../../src/auth/issuer/form.ts'
import { type KeyPair, keyPair } from '../kit/certificates.ts'
import type { Internet } from '../kit/identity-provider.ts'
import { authorization, type IssuerWorld } from '../kit/sign-in.ts'
import { connected, employee, ssoWorld } from '../sso/connectors.ts'
import { colleague, connectedSaml, samlWorld } from '../sso/saml-connectors.ts'
import { openBrowser, picture } from './browser.ts'

let browser: Browser
let net: Internet
const internetServer = createServer(await keyPair('internet.test').then(pemOf), (request, response) => {
  void answerFor(request, response)
})
beforeAll(async () => {
  internetServer.listen(0, '127.0.0.1')
  await once(internetServer, 'listening')
  const { port } = internetServer.address() as AddressInfo
  browser = await openBrowser([`--host-resolver-rules=MAP * 127.0.0.1:${port}, EXCLUDE 127.0.0.1`])
})
afterAll(async () => {
  await browser.close()
  internetServer.closeAllConnections()
  internetServer.close()
})

function pemOf({ privateKey, certificate }: KeyPair) {
  return { key: privateKey, cert: certificate }
}

/** Every https address of the browser: the providers are where the test has them, and all else is the product. */
async function answerFor(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const place = net.reach(new URL(request.url ?? '/', `https://${request.headers.host}`))
  if (place === null) {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>The product</h1>')
    return
  }
  const { cookie, 'content-type': type } = request.headers
  const answer = await fetch(place, {
    ...{ method: request.method ?? 'GET', redirect: 'manual' },
    headers: { ...(cookie !== undefined && { cookie }), ...(type !== undefined && { 'content-type': type }) },
    ...(request.method === 'POST' && { body: (await readForm(request, 100_000)).toString() }),
  })
  for (const [name, value] of answer.headers)
    if (/^(content-type|location)$/.test(name)) response.setHeader(name, value)
  response.setHeader('set-cookie', answer.headers.getSetCookie())
  response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()))
}

/** A page of a browser that was never here before. */
async function pageFor(internet: Internet, options: { javaScriptEnabled?: boolean } = {}) {
  net = internet
  const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const failures: string[] = []
  page.on('console', message => message.type() === 'error' && failures.push(message.text()))
  page.on('pageerror', error => failures.push(String(error)))
  return { page, failures }
}

/** Opens the product's request, types the address; the tokens for the code that comes back. */
async function signInAt(page: Page, w: IssuerWorld, email: string, name: string) {
  const config = await w.client()
  const { url, verifier, state } = await authorization(config)
  await page.goto(url.href)
  await page.getByLabel('Email address').fill(email)
  await picture(page, `${name}-address`)
  await page.getByRole('button', { name: 'Send the code' }).click()
  await page.getByRole('heading', { name: 'The product' }).waitFor()
  await picture(page, `${name}-product`)
  const checks = { pkceCodeVerifier: verifier, expectedState: state, idTokenExpected: true }
  return openid.authorizationCodeGrant(config, new URL(page.url()), checks)
}

test.each(['redirect', 'post'] as const)(
  'by SAML: nobody clicks from the address to the product, though the answer is posted from elsewhere; the request by %s',
  async binding => {
    const w = await samlWorld()
    w.idp.binding = binding
    const { domain } = await connectedSaml(w)
    const email = `ada@${domain}`
    w.idp.person = colleague(email)
    const { page, failures } = await pageFor(w.internet)
    expect((await signInAt(page, w, email, `saml-${binding}`)).claims()?.email).toBe(email)
    expect(failures).toEqual([])
  },
)

test('by SAML without scripts: a button on the page of ours, and on that of the provider', async () => {
  const w = await samlWorld()
  w.idp.binding = 'post'
  const { domain } = await connectedSaml(w)
  const email = `ada@${domain}`
  w.idp.person = colleague(email)
  const { page } = await pageFor(w.internet, { javaScriptEnabled: false })
  const { url } = await authorization(await w.client())
  await page.goto(url.href)
  await page.getByLabel('Email address').fill(email)
  await page.getByRole('button', { name: 'Send the code' }).click()
  await page.waitForURL('**/request?form=*')
  await page.getByRole('button', { name: 'Go on' }).waitFor()
  await picture(page, 'saml-without-scripts')
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('heading', { name: 'The product' }).waitFor()
  expect(new URL(page.url()).searchParams.has('code')).toBe(true)
})

test('by OpenID Connect: the page in between leads on by itself', async () => {
  const w = await ssoWorld()
  const { domain } = await connected(w)
  const email = `ada@${domain}`
  w.idp.person = employee(email)
  const { page, failures } = await pageFor(w.internet)
  expect((await signInAt(page, w, email, 'oidc')).claims()?.email).toBe(email)
  expect(failures).toEqual([])
})

test('what a refused sign-in by SAML shows', async () => {
  const w = await samlWorld()
  const { domain } = await connectedSaml(w)
  w.idp.answers = () => 'bm90aGluZw=='
  const { page } = await pageFor(w.internet)
  const { url } = await authorization(await w.client())
  await page.goto(url.href)
  await page.getByLabel('Email address').fill(`ada@${domain}`)
  await page.getByRole('button', { name: 'Send the code' }).click()
  await page.getByRole('alert').filter({ hasText: 'did not work' }).waitFor()
  await picture(page, 'saml-refused')
})
