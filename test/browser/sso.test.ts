import * as openid from 'openid-client'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { createClient } from '../kit/client.ts'
import { uuidOf } from '../kit/journal.ts'
import { authorization, type IssuerWorld } from '../kit/sign-in.ts'
import { connected, employee, ssoWorld } from '../sso/connectors.ts'
import { enforced } from '../sso/required.ts'
import { colleague, connectedSaml, samlWorld } from '../sso/saml-connectors.ts'
import { taking } from '../sso/taking-in.ts'
import { picture } from './browser.ts'
import { pageFor } from './internet.ts'

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

test('where single sign-on is required, a new colleague comes back a member, and the product turns to the organization (SSO-5)', async () => {
  const { w, connector, domain, enforce } = await enforced()
  await taking(w, { connector })
  await enforce()
  const email = `ada@${domain}`
  w.idp.person = employee(email)
  const { page, failures } = await pageFor(w.internet)
  const tokens = await signInAt(page, w, email, 'required')
  const organization = await openid.refreshTokenGrant(await w.client(), tokens.refresh_token ?? '', {
    organization_id: uuidOf(w.acme.id),
  })
  expect(organization.scope).toBe('member:read')
  const query = 'query($id: ID!) { organization(by: { id: $id }) { id } }'
  const bound = createClient(w.app, organization.access_token)
  expect(await bound.query(query, { id: w.acme.id })).toEqual({ organization: { id: w.acme.id } })
  expect(failures).toEqual([])
  // The session of that browser leads on without a question.
  const { url } = await authorization(await w.client())
  await page.goto(url.href)
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
