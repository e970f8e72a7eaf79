import { expect, test } from 'vitest'
import { newDomain } from '../email-domains/domains.ts'
import type { Loose } from '../kit/client.ts'
import { dnsServer } from '../kit/dns.ts'
import { employee, provedDomain, signInThrough, ssoWorld } from './connectors.ts'
import { colleague, samlWorld, sendForms, signInBySaml } from './saml-connectors.ts'
import { auditOf, connectorOf, openLink, openSetup, setupLink, setupLinksOf } from './setup-links.ts'

const textIn = (html: string, label: string) =>
  new RegExp(`<dt>${label.replaceAll(/[()]/g, String.raw`\$&`)}</dt><dd><code>([^<]+)</code>`).exec(html)?.[1] ?? ''

test('without an account, somebody proves a domain, connects a provider of SAML, tests it and switches it on (SSO-9)', async () => {
  const dns = await dnsServer()
  const w = await samlWorld({ resolver: dns.resolver })
  const link = await setupLink(w.owner, w.acme)
  const browser = w.browser()
  const opened = await openLink(browser, link)
  expect(opened.html).toContain('Set up single sign-on for Acme')
  expect(opened.url.href).toBe(`${w.origin}/sso/setup/connector`)

  const domain = newDomain()
  const claimed = await browser.submit(opened, '/claim', { domain })
  dns.records.set(textIn(claimed.html, 'Name'), [[textIn(claimed.html, 'Value')]])
  const proved = await browser.submit(claimed, '/check')
  expect(proved.html).toContain(`<strong>${domain}</strong>: proved`)

  const chosen = await openSetup(browser, 'OKTA', 'SAML')
  const audience = textIn(chosen.html, 'Entity ID, identifier, audience (entityId)')
  const [, emailDomainIds = ''] = /name="emailDomainIds" value="([^"]+)" checked/.exec(chosen.html) ?? []
  const filled = { name: 'Okta', metadataUrl: w.idp.metadataUrl, metadataXml: '', emailDomainIds }
  const connected = await browser.submit(chosen, '/connect', filled)
  expect(connected.html).toContain('Connected: <strong>Okta</strong>')
  expect(connected.html).toContain('First the test has to pass.')
  expect(await connectorOf(w.owner, link)).toMatchObject({
    ...{ name: 'Okta', isEnabled: false, preset: 'OKTA', entityId: audience, emailDomains: [{ domain }] },
    assertionConsumerServiceUrl: textIn(
      chosen.html,
      'ACS URL, reply URL, single sign-on URL (assertionConsumerServiceUrl)',
    ),
  })

  w.idp.serviceProvider = await (await fetch(audience)).text()
  w.idp.person = colleague(`tester@${domain}`)
  const tested = await sendForms(browser, await browser.submit(connected, '/test'))
  expect(tested.html).toContain('The test passed')
  const result = await openSetup(browser)
  expect(result.html).toContain('DOMAIN, passed')
  const done = await browser.submit(result, '/finish')
  expect(done.html).toContain('Single sign-on is on')

  expect(await connectorOf(w.owner, link)).toMatchObject({ isEnabled: true, isUsable: true, isRequired: false })
  expect(await setupLinksOf(w.owner, w.acme)).toMatchObject([
    {
      status: 'FINISHED',
      viewerCanRevoke: false,
      createdBy: { id: await w.owner.id() },
      ssoConnector: { name: 'Okta' },
    },
  ])
  w.idp.person = colleague(`ada@${domain}`)
  expect((await signInBySaml(w, `ada@${domain}`)).tokens.claims()?.email).toBe(`ada@${domain}`)
  expect((await openSetup(browser)).status).toBe(404)
})

test('and one of OpenID Connect; the audit log names the link with everything that was done through it (SSO-9)', async () => {
  const w = await ssoWorld()
  const domain = newDomain()
  const { id } = await provedDomain(w, w.owner, w.acme, domain)
  const link = await setupLink(w.owner, w.acme)
  const browser = w.browser()
  await openLink(browser, link)
  const chosen = await openSetup(browser, 'OTHER', 'OIDC')
  const { issuer, clientId, clientSecret } = w.idp
  const filled = { name: 'Provider', issuer, clientId, clientSecret, emailDomainIds: id }
  const connected = await browser.submit(chosen, '/connect', filled)
  expect(connected.html).not.toContain(clientSecret)
  expect(((await connectorOf(w.owner, link)) as Loose).redirectUri).toBe(
    textIn(chosen.html, 'Redirect URI (redirectUri)'),
  )
  w.idp.person = employee(`tester@${domain}`)
  await browser.submit(connected, '/test')
  await browser.submit(await openSetup(browser), '/finish')
  expect(await connectorOf(w.owner, link)).toMatchObject({ isUsable: true, trustsEmail: false })
  w.idp.person = employee(`ada@${domain}`)
  expect((await signInThrough(w, `ada@${domain}`)).tokens.claims()?.email).toBe(`ada@${domain}`)

  const through = (await auditOf(w)).filter(one => one.action.startsWith('SSO_'))
  const [label, actor] = ['For Ada of IT', through[0]?.actor]
  expect(actor).toBeDefined()
  expect(through).toEqual([
    { action: 'SSO_SETUP_LINK_CREATED', actor, link: undefined },
    { action: 'SSO_SETUP_LINK_OPENED', actor, link: label },
    { action: 'SSO_CONNECTOR_CREATED', actor, link: label },
    { action: 'SSO_CONNECTOR_TEST_STARTED', actor, link: label },
    { action: 'SSO_CONNECTOR_TESTED', actor: undefined, link: undefined },
    { action: 'SSO_CONNECTOR_UPDATED', actor, link: label },
    { action: 'SSO_SETUP_LINK_FINISHED', actor, link: label },
    { action: 'SSO_IDENTITY_LINKED', actor: undefined, link: undefined },
  ])
})
