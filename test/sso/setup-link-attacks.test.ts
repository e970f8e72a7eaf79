import { expect, test } from 'vitest'
import { newDomain } from '../email-domains/domains.ts'
import { type Browser, formOf, type Shown } from '../kit/browser.ts'
import type { Loose } from '../kit/client.ts'
import { testClock } from '../kit/clock.ts'
import { uuidOf, wholeJournal } from '../kit/journal.ts'
import { bound } from '../kit/organization-token.ts'
import type { Member, Person } from '../kit/world.ts'
import { auditOf as entriesOf } from './audit.ts'
import { connect, connected, connectorsOf, employee, provedDomain, type SsoWorld, ssoWorld } from './connectors.ts'
import { auditOf, connectorOf, openLink, openSetup, revokeSetupLink, setupLink, setupLinksOf } from './setup-links.ts'

const fill = ({ idp }: SsoWorld, more: object = {}) => {
  const { issuer, clientId, clientSecret } = idp
  return { name: 'Provider', issuer, clientId, clientSecret, ...more }
}

/** A browser that came with a new link, and the page where the settings are entered. */
async function arrived(w: SsoWorld, by: Person = w.owner, more: object = {}) {
  const link = await setupLink(by, w.acme, more)
  const browser = w.browser()
  await openLink(browser, link)
  return { link, browser, page: await openSetup(browser, 'OTHER', 'OIDC') }
}

const isOver = ({ status, html }: Shown) => status === 404 && html.includes('This link is not valid, or not any more')

test('unknown, revoked, expired and finished links, and those of a deleted organization, are answered alike', async () => {
  const w = await ssoWorld({ clock: testClock() })
  const pages: Shown[] = []
  const open = async (url: string) => pages.push(await openLink(w.browser(), { url }))
  await open(`${w.origin}/sso/setup#${'x'.repeat(43)}`)
  await open('')
  const [revoked, finished] = [await setupLink(w.owner, w.acme), await arrived(w)]
  await revokeSetupLink(w.owner, revoked)
  await open(revoked.url)
  const { id } = await provedDomain(w, w.owner, w.acme)
  const made = await finished.browser.submit(finished.page, '/connect', fill(w, { emailDomainIds: id }))
  const { emailDomains } = (await connectorOf(w.owner, finished.link)) ?? {}
  w.idp.person = employee(`tester@${emailDomains[0].domain}`)
  await finished.browser.submit(made, '/test')
  await finished.browser.submit(await openSetup(finished.browser), '/finish')
  await open(finished.link.url)
  const gone = await w.organization(w.owner)
  const ofGone = await setupLink(w.owner, gone)
  await w.owner.mutate('deleteOrganization', { organizationId: gone.id })
  await open(ofGone.url)
  const expired = await setupLink(w.owner, w.acme)
  w.clock.advance({ minutes: 7 * 24 * 60 })
  await open(expired.url)
  expect(pages).toHaveLength(6)
  expect(pages.filter(page => !isOver(page))).toEqual([])
  expect(new Set(pages.map(page => page.html)).size).toBe(1)
})

test.each<[string, (w: SsoWorld, made: Awaited<ReturnType<typeof arrived>>, maker: Person) => Promise<unknown>]>([
  ['revoked', (w, { link }) => revokeSetupLink(w.owner, link)],
  ['expired', async w => w.clock.advance({ minutes: 60 * 7 })],
  [
    'taken with the role of its maker',
    async (w, _made, maker) => {
      const membershipId = (maker as Person & { membershipId: string }).membershipId
      return w.owner.mutate('replaceMemberRoles', { membershipId, roleIds: [] })
    },
  ],
  ['taken with the organization', w => w.owner.mutate('deleteOrganization', { organizationId: w.acme.id })],
])('in mid-flow, a link that was %s does nothing more', async (_how, end) => {
  const w = await ssoWorld({ clock: testClock() })
  const maker = await w.acme.member({ roles: ['Admin'] })
  const expiresAt = new Date(w.clock().getTime() + 6 * 3_600_000).toISOString()
  const made = await arrived(w, maker, { expiresAt })
  await end(w, made, maker)
  expect(isOver(await made.browser.submit(made.page, '/connect', fill(w)))).toBe(true)
  expect(isOver(await openSetup(made.browser))).toBe(true)
  expect((await connectorsOf(w.operator, w.acme)) ?? []).toEqual([])
})

test('a link that is revoked while the provider is asked connects nothing any more', async () => {
  const w = await ssoWorld()
  const { link, browser, page } = await arrived(w)
  w.idp.instead = async () => {
    await revokeSetupLink(w.owner, link)
    return null
  }
  const refused = await browser.submit(page, '/connect', fill(w))
  expect(refused.html).toContain('This needs the permission sso:manage in the organization.')
  expect(await connectorsOf(w.owner, w.acme)).toEqual([])
})

test.each<[string, (w: SsoWorld, link: Loose, maker: Member) => Promise<unknown>]>([
  ['revoked', (w, link) => revokeSetupLink(w.owner, link)],
  ['expired', async w => w.clock.advance({ minutes: 9 })],
  [
    'left without what its maker could do',
    (w, _link, { membershipId }) => w.owner.mutate('replaceMemberRoles', { membershipId, roleIds: [] }),
  ],
])('a test that was started through a link which was %s meanwhile counts for nothing (SSO-9)', async (_how, end) => {
  const w = await ssoWorld({ clock: testClock() })
  const { connector, domain } = await connected(w)
  const maker = await w.acme.member({ roles: ['Admin'] })
  const expiresAt = new Date(w.clock().getTime() + 9 * 60_000).toISOString()
  const link = await setupLink(maker, w.acme, { ssoConnectorId: connector.id, expiresAt })
  const browser = w.browser(/\/sso\/[^/]+\/callback/)
  await openLink(browser, link)
  await browser.submit(
    await openSetup(browser),
    '/change',
    fill(w, { clientSecret: w.idp.clientSecret, trusts: 'yes' }),
  )
  w.idp.person = employee(`mallory@${domain}`)
  const back = await browser.submit(await openSetup(browser), '/test')
  expect(back.url.pathname).toMatch(/callback$/)
  await end(w, link, maker)
  const shown = await w.browser().open(back.url)
  expect(shown.html).toContain('The setup link that the test was started through is closed.')
  expect(await connectorsOf(w.owner, w.acme)).toMatchObject([{ isEnabled: true, isUsable: false, lastTest: null }])
  const [entry] = await entriesOf(w, 'SSO_CONNECTOR_TESTED')
  expect(entry?.outcome).toContain('is closed')
})

test('a link whose maker lost the permission stays closed when they get it back', async () => {
  const w = await ssoWorld()
  const maker = await w.acme.member({ roles: ['Admin'] })
  const { browser } = await arrived(w, maker)
  await w.owner.mutate('replaceMemberRoles', { membershipId: maker.membershipId, roleIds: [] })
  expect(isOver(await openSetup(browser))).toBe(true)
  const roleIds = [await w.roleId('Admin')]
  await w.owner.mutate('replaceMemberRoles', { membershipId: maker.membershipId, roleIds })
  expect(isOver(await openSetup(browser))).toBe(true)
  expect(await setupLinksOf(w.owner, w.acme)).toMatchObject([{ status: 'REVOKED' }])
})

test('of two browsers with one link that connect at once, one does; both go on with that connector', async () => {
  const w = await ssoWorld()
  const { link, browser, page } = await arrived(w)
  const other = w.browser()
  await openLink(other, link)
  const otherPage = await openSetup(other, 'OTHER', 'OIDC')
  const pages = await Promise.all([
    browser.submit(page, '/connect', fill(w, { name: 'One' })),
    other.submit(otherPage, '/connect', fill(w, { name: 'Other' })),
  ])
  expect(pages.map(one => one.status).sort()).toEqual([200, 422])
  expect(pages.find(one => one.status === 422)?.html).toContain('The connector was made meanwhile')
  const [connector, ...more] = (await connectorsOf(w.owner, w.acme)) ?? []
  expect(more).toEqual([])
  for (const one of [browser, other])
    expect((await openSetup(one)).html).toContain(`<strong>${connector?.name}</strong>`)
})

test('what a form says of connectors and organizations is not listened to: the link knows its own', async () => {
  const w = await ssoWorld()
  const [{ ssoConnector: mine }, elsewhere] = [await connect(w.owner, w.acme, w.idp), await w.organization(w.owner)]
  const { ssoConnector: theirs } = await connect(w.owner, elsewhere, w.idp)
  const { browser, page } = await arrived(w)
  const aim = { ssoConnectorId: theirs.id, organizationId: elsewhere.id, isRequired: 'true' }
  const made = await browser.submit(page, '/connect', fill(w, aim))
  await browser.submit(made, '/change', fill(w, { ...aim, ssoConnectorId: mine.id, clientId: 'other' }))
  expect(await connectorsOf(w.owner, elsewhere)).toMatchObject([{ id: theirs.id, clientId: w.idp.clientId }])
  expect(await connectorsOf(w.owner, w.acme)).toMatchObject([
    { id: mine.id, clientId: w.idp.clientId },
    { clientId: 'other', isRequired: false },
  ])
})

test("another organization's domain is like none", async () => {
  const w = await ssoWorld()
  const other = await w.person()
  const foreign = await provedDomain(w, other, await w.organization(other))
  const own = await provedDomain(w, w.owner, w.acme)
  const { browser, page } = await arrived(w)
  const served = await browser.submit(page, '/connect', fill(w, { emailDomainIds: foreign.id }))
  expect(served.html).toContain('One of these is no email domain of the organization.')
  const claimed = await browser.submit(page, '/claim', { domain: newDomain() })
  const checked = await browser.submit(claimed, '/check', { emailDomainId: foreign.id })
  expect(checked.html).toContain('There is no email domain with this id, or it is not yours to see.')
  expect(checked.html).not.toContain(foreign.domain)
  expect(checked.html).toContain(own.domain)
})

test('what its maker may not do with domains, nobody does through the link', async () => {
  const w = await ssoWorld()
  const { domain } = await provedDomain(w, w.owner, w.acme)
  const makers = async (permissions: string[]) => {
    const role = await w.acme.customRole(permissions, { name: permissions.join() })
    const maker = await w.acme.member({ roles: [] })
    await w.owner.mutate('replaceMemberRoles', { membershipId: maker.membershipId, roleIds: [role] })
    return (await arrived(w, maker)).page.html
  }
  const blind = await makers(['sso:read', 'sso:manage'])
  expect(blind).toContain('The domains are not yours to see')
  expect(blind).not.toContain(domain)
  const reading = await makers(['sso:read', 'sso:manage', 'domain:read'])
  expect(reading).toContain(domain)
  expect(reading).not.toContain('/sso/setup/claim')
})

test('an organization token makes a link that may do no more than it may itself (TOK-7)', async () => {
  const w = await ssoWorld()
  const { domain } = await provedDomain(w, w.owner, w.acme)
  const holder = await bound(w, w.owner, w.acme, ['sso:read', 'sso:manage'])
  const { page } = await arrived(w, holder)
  expect(page.html).not.toContain(domain)
})

test('a form from elsewhere, or without the token of the page, does nothing', async () => {
  const w = await ssoWorld()
  const { link, browser, page } = await arrived(w)
  const [cookie] = [...browser.cookies.values()]
  const form = formOf(page.html, '/connect')
  const send = (action: string, fields: object, headers: Record<string, string>) =>
    fetch(`${w.origin}/sso/setup/${action}`, {
      ...{ method: 'POST', redirect: 'manual', body: new URLSearchParams({ ...fields }) },
      headers: { cookie: `${cookie?.name}=${cookie?.value}`, ...headers },
    })
  const whole = { ...form.hidden, ...fill(w) }
  const ours = { origin: w.origin }
  const statuses = [
    await send('connect', whole, { origin: 'https://evil.test' }),
    await send('connect', whole, { origin: 'null' }),
    await send('connect', whole, {}),
    await send('connect', whole, { 'sec-fetch-site': 'same-site' }),
    await send('connect', { ...whole, token: '' }, ours),
    await send('connect', { ...whole, token: [...(form.hidden.token ?? '')].toReversed().join('') }, ours),
    await send('connect', whole, { ...ours, cookie: '' }),
    await send('open', { link: link.url }, { origin: 'https://evil.test' }),
  ].map(({ status }) => status)
  expect(new Set(statuses)).toEqual(new Set([403]))
  expect(await connectorsOf(w.owner, w.acme)).toEqual([])
  expect((await send('connect', whole, ours)).status).toBe(303)
})

test('who is made to open the link of somebody else in mid-flow sends nothing to them from the page that was open', async () => {
  const w = await ssoWorld()
  const { browser, page } = await arrived(w)
  const evil = await w.person()
  const theirs = await w.organization(evil, { name: 'Acme' })
  await openLink(browser, await setupLink(evil, theirs))
  expect((await browser.submit(page, '/connect', fill(w))).status).toBe(403)
  expect(await connectorsOf(evil, theirs)).toEqual([])
})

test('nobody frames a page, and no page leaves its address or anything else behind', async () => {
  const w = await ssoWorld()
  const { link, browser, page } = await arrived(w)
  const opening = await browser.open('/sso/setup')
  for (const { headers } of [page, opening]) {
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('same-origin')
  }
  const [cookie] = [...browser.cookies.values()]
  expect(cookie?.attributes).toBe('Path=/; HttpOnly; SameSite=Strict')
  const token = link.url.split('#')[1] ?? ''
  for (const text of [w.log.join('\n'), await wholeJournal(w), page.html, cookie?.value ?? ''])
    expect(text).not.toContain(token)
})

test('names, and what a provider sends, are text on the page', async () => {
  const w = await ssoWorld()
  const evil = '"><script>alert(1)</script>'
  await w.owner.mutate('updateOrganization', { organizationId: w.acme.id, name: evil })
  const { domain, id } = await provedDomain(w, w.owner, w.acme)
  const { browser, page } = await arrived(w)
  const filled = fill(w, { name: `${evil}2`, emailDomainIds: id })
  const made = await browser.submit(page, '/connect', filled)
  w.idp.person = employee(`tester@${domain}`, { name: `${evil}3` })
  await browser.submit(made, '/test')
  const tested = await openSetup(browser)
  const refused = await browser.submit(tested, '/change', fill(w, { issuer: `http://${evil}4` }))
  expect(tested.html).toContain('alert(1)&lt;/script&gt;3')
  expect(refused.html).toContain('alert(1)&lt;/script&gt;4')
  for (const { html } of [page, made, tested, refused]) expect(html).not.toContain('<script>alert')
})

test('a refused form keeps what was typed, but for the secret, and says at the field what is wrong', async () => {
  const w = await ssoWorld()
  const { browser, page } = await arrived(w)
  const refused = await browser.submit(page, '/connect', fill(w, { issuer: 'http://idp.com' }))
  expect(refused.status).toBe(422)
  expect(refused.html).toMatch(
    /name="issuer" value="http:\/\/idp\.com" aria-describedby="issuer-problem issuer-help" aria-invalid="true"/,
  )
  expect(refused.html).toContain(`value="${w.idp.clientId}"`)
  expect(refused.html).not.toContain(w.idp.clientSecret)
  const unreachable = await browser.submit(page, '/connect', fill(w, { issuer: 'https://nobody.com' }))
  expect(unreachable.html).toContain('role="alert"')
  expect(await connectorsOf(w.owner, w.acme)).toEqual([])
})

test('a form that is refused leaves the others as they are', async () => {
  const w = await ssoWorld()
  const { id } = await provedDomain(w, w.owner, w.acme)
  const { browser, page } = await arrived(w)
  const made = await browser.submit(page, '/connect', fill(w, { emailDomainIds: id }))
  const refused = await browser.submit(made, '/claim', { domain: 'no domain' })
  expect(refused.status).toBe(422)
  expect(refused.html).toContain(`name="emailDomainIds" value="${id}" checked`)
  expect(refused.html).not.toContain('<details open>')
})

test('a connector that is not tested is not switched on through the link', async () => {
  const w = await ssoWorld()
  const { link, browser, page } = await arrived(w)
  const made = await browser.submit(page, '/connect', fill(w))
  const hidden = { ...made, html: made.html.replaceAll('/sso/setup/change', '/sso/setup/finish') }
  expect((await browser.submit(hidden, '/finish')).status).toBe(422)
  expect(await connectorOf(w.owner, link)).toMatchObject({ isEnabled: false })
})

test('through a link for a connector, its secret is changed; what it was set to otherwise stays', async () => {
  const w = await ssoWorld()
  const { ssoConnector } = await connect(
    w.owner,
    w.acme,
    w.idp,
    {},
    { attributes: { name: 'nick' }, scopes: ['custom'] },
  )
  const { link, browser } = await arrived(w, w.owner, { ssoConnectorId: ssoConnector.id })
  const page = await openSetup(browser)
  expect(page.html).toContain('Connected: <strong>Provider</strong>')
  await browser.submit(page, '/change', fill(w, { clientSecret: 'another' }))
  const { attributes, scopes } = ssoConnector
  expect(await connectorOf(w.owner, link)).toMatchObject({ id: ssoConnector.id, attributes, scopes })
  expect((await auditOf(w)).at(-1)).toMatchObject({ action: 'SSO_CONNECTOR_UPDATED', link: 'For Ada of IT' })
})

test('a session is over after eight hours, whatever the link', async () => {
  const w = await ssoWorld({ clock: testClock() })
  const { browser } = await arrived(w)
  w.clock.advance({ minutes: 8 * 60 })
  expect((await openSetup(browser)).url.pathname).toBe('/sso/setup')
})

test('there is no other door: paths and methods', async () => {
  const w = await ssoWorld()
  const { browser } = await arrived(w)
  const status = async (path: string, method: string) =>
    (await fetch(`${w.origin}${path}`, { method, headers: { origin: w.origin }, redirect: 'manual' })).status
  expect(await status('/sso/setup/toString', 'POST')).toBe(404)
  expect(await status('/sso/setup/constructor', 'POST')).toBe(404)
  expect(await status('/sso/setup/connect', 'GET')).toBe(303)
  expect(await status('/sso/setup', 'PUT')).toBe(405)
  expect(await status('/sso/setup', 'POST')).toBe(404)
  expect((await openSetup(browser as Browser)).status).toBe(200)
  expect(uuidOf(w.acme.id)).toMatch(/^[0-9a-f-]{36}$/)
})
