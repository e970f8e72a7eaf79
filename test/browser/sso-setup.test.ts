import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { newDomain } from '../email-domains/domains.ts'
import { dnsServer } from '../kit/dns.ts'
import { employee, provedDomain, ssoWorld } from '../sso/connectors.ts'
import { colleague, samlWorld } from '../sso/saml-connectors.ts'
import { connectorOf, setupLink } from '../sso/setup-links.ts'
import { picture } from './browser.ts'
import { pageFor } from './internet.ts'

/** Takes a picture of the whole page. */
async function wholePicture(page: Page, name: string): Promise<void> {
  const size = page.viewportSize()
  const height = await page.evaluate('document.documentElement.scrollHeight')
  if (size !== null) await page.setViewportSize({ ...size, height: Number(height) })
  await picture(page, name)
  if (size !== null) await page.setViewportSize(size)
}

const fits = (page: Page) =>
  page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')

/** Starts the test, which opens another window, and waits for what comes of it. */
async function passTest(page: Page): Promise<void> {
  const opened = page.waitForEvent('popup')
  await page.getByRole('button', { name: 'Start the test' }).click()
  const popup = await opened
  await popup.getByText('The test passed').waitFor()
  // The window of a provider has no hold on the page that opened it.
  expect(await popup.evaluate('opener')).toBe(null)
  await popup.close()
  await page.getByRole('button', { name: 'Show the result' }).click()
  await page.getByText('DOMAIN, passed').waitFor()
}

test.each([
  ['wide', { width: 1280, height: 900 }],
  ['narrow', { width: 320, height: 640 }],
] as const)(
  'from the link to a connector of SAML that is on, all by labels; the window is %s',
  async (name, viewport) => {
    const dns = await dnsServer()
    const w = await samlWorld({ resolver: dns.resolver })
    const link = await setupLink(w.owner, w.acme)
    const { page, failures } = await pageFor(w.internet, { viewport })
    await page.goto(link.url)
    await page.getByRole('heading', { name: 'Set up single sign-on for Acme' }).waitFor()
    expect(page.url()).toBe(`${w.origin}/sso/setup/connector`)

    const domain = newDomain()
    await page.getByLabel('Domain', { exact: true }).fill(domain)
    await page.getByRole('button', { name: 'Add the domain' }).click()
    const [record = '', value = ''] = await page.locator('#domains ~ ul code').allTextContents()
    dns.records.set(record, [[value]])
    await wholePicture(page, `setup-${name}-domain`)
    await page.getByRole('button', { name: `Check the record of ${domain}` }).click()
    await page.getByText(': proved').waitFor()

    await page.getByLabel('Okta').check()
    await page.getByLabel('SAML 2.0').check()
    await page.getByRole('button', { name: 'Show the steps' }).click()
    await page.getByLabel('Address of the metadata').fill('https://nobody.com/metadata')
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await page.getByRole('alert').first().waitFor()
    await wholePicture(page, `setup-${name}-refused`)
    expect(await fits(page)).toBe(true)
    expect(await page.getByLabel(domain).isChecked()).toBe(true)
    await page.getByLabel('Address of the metadata').fill(w.idp.metadataUrl)
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await page.getByText('Connected: Okta').waitFor()

    const connector = await connectorOf(w.owner, link)
    w.idp.serviceProvider = await (await fetch(connector?.metadataUrl)).text()
    w.idp.person = colleague(`tester@${domain}`)
    await passTest(page)
    await wholePicture(page, `setup-${name}-tested`)
    expect(await fits(page)).toBe(true)
    await page.getByRole('button', { name: 'Switch on' }).click()
    await page.getByRole('heading', { name: 'Single sign-on is on' }).waitFor()
    await wholePicture(page, `setup-${name}-done`)
    expect(await connectorOf(w.owner, link)).toMatchObject({ isUsable: true, emailDomains: [{ domain }] })
    // What was refused above is the one thing that the console tells.
    expect(failures).toEqual([expect.stringContaining('422')])
  },
)

test('without scripts the link is pasted, and the rest is forms', async () => {
  const w = await ssoWorld()
  const { domain } = await provedDomain(w, w.owner, w.acme)
  const link = await setupLink(w.owner, w.acme)
  const { page } = await pageFor(w.internet, { javaScriptEnabled: false, locale: 'de-DE' })
  await page.goto(link.url)
  await picture(page, 'setup-without-scripts')
  await page.getByLabel('Link zum Einrichten').fill(link.url)
  await page.getByRole('button', { name: 'Öffnen' }).click()
  await page.getByLabel('Ein anderer Anbieter').check()
  await page.getByLabel('OpenID Connect').check()
  await page.getByRole('button', { name: 'Schritte zeigen' }).click()
  await page.getByLabel('Wie die Organisation ihn nennt').fill('Anbieter')
  await page.getByLabel('Issuer', { exact: true }).fill(w.idp.issuer)
  await page.getByLabel('Client ID').fill(w.idp.clientId)
  await page.getByLabel('Client Secret').fill(w.idp.clientSecret)
  await picture(page, 'setup-without-scripts-settings')
  await page.getByRole('button', { name: 'Verbinden' }).click()
  w.idp.person = employee(`tester@${domain}`)
  const opened = page.waitForEvent('popup')
  await page.getByRole('button', { name: 'Test beginnen' }).click()
  await (await opened).getByText('Der Test ist bestanden').waitFor()
  await page.getByRole('button', { name: 'Ergebnis zeigen' }).click()
  await page.getByRole('button', { name: 'Einschalten' }).click()
  await page.getByRole('heading', { name: 'Single Sign-on ist eingeschaltet' }).waitFor()
  expect(await connectorOf(w.owner, link)).toMatchObject({ isUsable: true })
})

test('a link that is over says so, and nothing of the organization', async () => {
  const w = await ssoWorld()
  const { page } = await pageFor(w.internet)
  await page.goto(`${w.origin}/sso/setup#${'x'.repeat(43)}`)
  await page.getByRole('alert').filter({ hasText: 'not valid' }).waitFor()
  expect(page.url()).not.toContain('xxx')
  await picture(page, 'setup-over')
})
