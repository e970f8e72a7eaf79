import { describe, expect, test } from 'vitest'
import { newDomain } from '../email-domains/domains.ts'
import { createBrowser, type Shown } from '../kit/browser.ts'
import { testClock } from '../kit/clock.ts'
import { identityProvider } from '../kit/identity-provider.ts'
import { wholeJournal } from '../kit/journal.ts'
import { signIn } from '../kit/sign-in.ts'
import { auditOf } from './audit.ts'
import {
  change,
  connected,
  employee,
  problemOn,
  provedDomain,
  type SsoWorld,
  signInThrough,
  ssoWorld,
  tryConnector,
  typeAddress,
} from './connectors.ts'

const callback = /\/sso\/[^/]+\/callback/

/** Comes back from the provider, and to no code; the reasons of refusals in the log, newest first. */
async function refusedWith(w: SsoWorld, email: string): Promise<{ page: Shown; reasons: (string | null)[] }> {
  const { back } = await typeAddress(w, w.browser(), email)
  expect(back.url.searchParams.has('code')).toBe(false)
  return { page: back, reasons: await reasonsIn(w) }
}

async function reasonsIn(w: SsoWorld): Promise<(string | null)[]> {
  const query = `query($id: ID!) { organization(by: { id: $id }) {
    auditEvents(first: 100) { nodes { action changes { field after } } } } }`
  const { organization } = await w.owner.query(query, { id: w.acme.id })
  const entries = organization.auditEvents.nodes as { action: string; changes: { field: string; after: string }[] }[]
  return entries
    .filter(({ action }) => action === 'SSO_SIGN_IN_REFUSED')
    .map(({ changes }) => changes.find(({ field }) => field === 'reason')?.after ?? null)
}

describe('an answer is refused', () => {
  test.each([
    ['for another client', { aud: 'another' }],
    ['for another client as well, without saying who asked', { aud: ['tenantry', 'another'] }],
    ['with another nonce', { nonce: 'replayed' }],
    ['without a nonce', { nonce: null }],
    ['of another issuer', { iss: 'https://elsewhere.com' }],
    ['that is over', { exp: 1_000_000_000 }],
    ['with a subject that no database keeps', { sub: 'ada\0' }],
  ])('%s (SSO-3)', async (_what, changes) => {
    const w = await ssoWorld()
    const { domain } = await connected(w)
    w.idp.person = employee(`ada@${domain}`)
    w.idp.says(changes)
    const { page, reasons } = await refusedWith(w, `ada@${domain}`)
    expect(page.status).toBe(403)
    expect(problemOn(page)).toContain('did not work')
    expect(reasons).toHaveLength(1)
    expect(await auditOf(w, 'SSO_SIGN_IN_REFUSED')).toMatchObject([{ ipAddress: '127.0.0.1' }])
    expect(JSON.stringify(reasons)).not.toMatch(/eyJ|secret between/)
  })

  test('signed by a key that the provider does not publish (SSO-3)', async () => {
    const w = await ssoWorld()
    const { domain } = await connected(w)
    w.idp.person = employee(`ada@${domain}`)
    await w.idp.rotate({ publishes: false })
    expect((await refusedWith(w, `ada@${domain}`)).reasons).toEqual([expect.stringContaining('does not publish')])
  })

  test('when it is brought to the address of another connector: the sign-in is over (SSO-3)', async () => {
    const [one, other] = [await identityProvider(), await identityProvider()]
    const w = await ssoWorld({}, [one, other])
    const first = await connected(w, { idp: one })
    const second = await connected(w, { idp: other })
    one.person = employee(`ada@${first.domain}`)
    const browser = w.browser(callback)
    const { back } = await typeAddress(w, browser, `ada@${first.domain}`)
    const moved = new URL(second.connector.redirectUri)
    moved.search = back.url.search
    expect((await browser.open(moved)).status).toBe(400)
    expect((await browser.open(back.url)).status).toBe(400)
    const [again, mixedUp, ...others] = await auditOf(w, 'SSO_SIGN_IN_REFUSED')
    expect(mixedUp).toEqual({ reason: expect.stringMatching(/^WRONG_CONNECTOR: /), ipAddress: '127.0.0.1' })
    expect(again?.reason).toMatch(/^REPLAYED: /)
    expect(others).toEqual([])
  })

  test('the second time (SSO-3)', async () => {
    const w = await ssoWorld()
    const { domain } = await connected(w)
    w.idp.person = employee(`ada@${domain}`)
    const browser = w.browser(callback)
    const { back } = await typeAddress(w, browser, `ada@${domain}`)
    const follow = createBrowser(w.origin)
    for (const [key, cookie] of browser.cookies) follow.cookies.set(key, cookie)
    expect((await follow.open(back.url)).url.searchParams.has('code')).toBe(true)
    expect((await follow.open(back.url)).status).toBe(400)
    const entry = { reason: expect.stringMatching(/^REPLAYED: /), ipAddress: '127.0.0.1' }
    expect(await auditOf(w, 'SSO_SIGN_IN_REFUSED')).toEqual([entry])
  })

  test('in a browser that did not begin the sign-in: it signs nobody in there, and ends nothing (SSO-3)', async () => {
    const w = await ssoWorld()
    const { domain } = await connected(w)
    w.idp.person = employee(`mallory@${domain}`)
    const { back } = await typeAddress(w, w.browser(callback), `mallory@${domain}`)
    const victim = createBrowser(w.origin)
    const shown = await victim.open(back.url)
    expect(shown.status).toBe(400)
    expect([...victim.cookies.keys()].filter(key => key.includes('session'))).toEqual([])
  })

  test('with a state that nobody gave out, or several', async () => {
    const w = await ssoWorld()
    const { domain, connector } = await connected(w)
    const browser = w.browser(callback)
    w.idp.person = employee(`ada@${domain}`)
    await typeAddress(w, browser, `ada@${domain}`)
    for (const query of ['', '?state=', '?state=made-up&code=x', '?state=a&state=b'])
      expect((await browser.open(connector.redirectUri + query)).status).toBe(400)
  })
})

test('an answer that comes after ten minutes is too late', async () => {
  const clock = testClock()
  const w = await ssoWorld({ clock })
  const { domain } = await connected(w)
  w.idp.person = employee(`ada@${domain}`)
  const browser = w.browser(callback)
  const { back } = await typeAddress(w, browser, `ada@${domain}`)
  clock.advance({ minutes: 11 })
  expect((await browser.open(back.url)).status).toBe(400)
})

describe('an address signs nobody in', () => {
  test('that the provider does not vouch for, whoever has it here (SSO-3)', async () => {
    const w = await ssoWorld()
    const { domain, connector } = await connected(w)
    const email = `victim@${domain}`
    await change(w.owner, connector, { isEnabled: false })
    const victim = await signIn(w, { email })
    await change(w.owner, connector, { isEnabled: true })
    w.idp.person = employee(email, { email_verified: false })
    const { page, reasons } = await refusedWith(w, email)
    expect(problemOn(page)).toContain('verified')
    w.idp.person = employee(email, { email_verified: undefined })
    expect((await refusedWith(w, email)).reasons).toEqual(['EMAIL_NOT_VERIFIED', ...reasons])
    w.idp.person = employee(email)
    expect((await signInThrough(w, email)).tokens.claims()?.sub).toBe(victim.tokens.claims()?.sub)
  })

  test('that a private account at Google has, and no account of the company there (SSO-3)', async () => {
    const idp = await identityProvider('accounts.google.com')
    const w = await ssoWorld({}, [idp])
    const domain = newDomain()
    idp.says({ hd: domain })
    await connected(w, { domain, oidc: { trustsEmail: true } })
    const email = `victim@${domain}`
    idp.person = employee(email)
    await signInThrough(w, email)
    // Made while its address was theirs, by whoever it was then; anybody can make one unless the client is internal.
    idp.says({ hd: null })
    idp.person = employee(email)
    expect((await refusedWith(w, email)).reasons).toEqual(['EMAIL_NOT_VERIFIED'])
  })

  test('of which it says that it is not verified, though the connector trusts it (SSO-3)', async () => {
    const w = await ssoWorld()
    const { domain } = await connected(w, { oidc: { trustsEmail: true } })
    w.idp.person = employee(`ada@${domain}`, { email_verified: undefined })
    await signInThrough(w, `ada@${domain}`)
    for (const email_verified of [false, 'false']) {
      w.idp.person = employee(`eve@${domain}`, { email_verified })
      expect((await refusedWith(w, `eve@${domain}`)).reasons[0]).toBe('EMAIL_NOT_VERIFIED')
    }
  })

  test('in a claim of which email_verified does not speak (SSO-3)', async () => {
    const w = await ssoWorld()
    const { domain, connector } = await connected(w)
    const { issuer, clientId } = w.idp
    const attributes = { email: 'preferred' }
    w.idp.person = employee('mallory@elsewhere.com', { preferred: `victim@${domain}` })
    w.idp.says({ preferred: `victim@${domain}` })
    await change(w.owner, connector, { settings: { oidc: { issuer, clientId, attributes } } })
    expect((await tryConnector(w, w.owner, connector)).html).toContain('EMAIL, failed')
    await change(w.owner, connector, { settings: { oidc: { issuer, clientId, attributes, trustsEmail: true } } })
    expect((await tryConnector(w, w.owner, connector)).html).not.toContain('failed')
  })

  test.each([
    ['of another domain', () => 'ceo@another-company.com'],
    ['of a domain below the proved one', (domain: string) => `ada@eu.${domain}`],
    ['of a domain that only ends like it', (domain: string) => `ada@not-${domain}`],
    ['of a domain that looks like it', (domain: string) => `ada@${domain.replace('d-', '\u0501-')}`],
    ['of no domain', () => 'ada'],
  ])('%s (SSO-2, JIT-1)', async (_what, emailAt) => {
    const w = await ssoWorld()
    const { domain } = await connected(w)
    w.idp.person = employee(emailAt(domain))
    const { page, reasons } = await refusedWith(w, `ada@${domain}`)
    expect(page.status).toBe(403)
    expect(['DOMAIN', 'EMAIL_MISSING']).toContain(reasons[0])
  })

  test('of a domain that another organization has proved (SSO-2)', async () => {
    const [one, other] = [await identityProvider(), await identityProvider()]
    const w = await ssoWorld({}, [one, other])
    const ours = await connected(w, { idp: one })
    const rival = await w.person()
    const place = await w.organization(rival)
    const theirs = await connected(w, { idp: other, by: rival, place })
    one.person = employee(`ceo@${theirs.domain}`)
    expect((await refusedWith(w, `ada@${ours.domain}`)).reasons).toEqual(['DOMAIN'])
  })

  test('of a user whose own address another organization speaks for by now (SSO-2)', async () => {
    const w = await ssoWorld()
    const { domain, connector, emailDomainId } = await connected(w)
    const second = await provedDomain(w, w.owner, w.acme)
    await change(w.owner, connector, { emailDomainIds: [emailDomainId, second.id] })
    const ada = employee(`ada@${domain}`)
    w.idp.person = ada
    const { tokens } = await signInThrough(w, ada.email)
    // Whom its provider made known stays known to it, and it says anything of them: also after the company has moved on.
    const moved = `ada@${second.domain}`
    w.idp.person = { ...ada, email: moved }
    await w.owner.mutate('removeEmailDomain', { emailDomainId })
    expect((await signInThrough(w, moved)).tokens.claims()?.sub).toBe(tokens.claims()?.sub)
    const rival = await w.person()
    await provedDomain(w, rival, await w.organization(rival), domain)
    const { page, reasons } = await refusedWith(w, moved)
    expect(page.status).toBe(403)
    expect(reasons).toEqual(['DOMAIN_OF_OTHERS'])
  })

  test('once the proof has gone, or the connector is off, untested or gone: not even under way (JIT-3)', async () => {
    const w = await ssoWorld()
    for (const end of [
      ({ emailDomainId }: { emailDomainId: string }) => w.owner.mutate('removeEmailDomain', { emailDomainId }),
      ({ connector }: Awaited<ReturnType<typeof connected>>) => change(w.owner, connector, { isEnabled: false }),
      ({ connector }: Awaited<ReturnType<typeof connected>>) =>
        w.owner.mutate('deleteSsoConnector', { ssoConnectorId: connector.id }),
    ]) {
      const made = await connected(w, { domain: newDomain() })
      const email = `ada@${made.domain}`
      w.idp.person = employee(email)
      const browser = w.browser(callback)
      const { back } = await typeAddress(w, browser, email)
      await end(made)
      const shown = await browser.open(back.url)
      expect([400, 403]).toContain(shown.status)
      expect(shown.url.origin).toBe(w.origin)
      const again = await typeAddress(w, w.browser(), email)
      expect(again.back.url.pathname).toMatch(/\/code$/)
    }
  })
})

describe('a provider', () => {
  test.each([
    ['that is down', () => Promise.reject(new TypeError('fetch failed'))],
    ['that fails', () => new Response('oops', { status: 500 })],
    ['that talks nonsense', () => new Response('<html>', { headers: { 'content-type': 'application/json' } })],
    ['that sends elsewhere', () => Response.redirect('https://elsewhere.com/', 302)],
  ])('%s leaves a page that says so, and nothing of the inside', async (_what, instead) => {
    const w = await ssoWorld()
    const { domain } = await connected(w)
    w.idp.instead = instead
    const { back } = await typeAddress(w, w.browser(), `ada@${domain}`)
    expect(back.status).toBe(502)
    expect(problemOn(back)).toContain('out of reach')
    expect(back.html).not.toMatch(/ at |node_modules|Error/)
  })

  test('that fails at the last step leaves a page, and an entry', async () => {
    const w = await ssoWorld()
    const { domain } = await connected(w)
    w.idp.person = employee(`ada@${domain}`)
    w.idp.instead = ({ pathname }) => (pathname === '/token' ? new Response('oops', { status: 500 }) : null)
    const { page, reasons } = await refusedWith(w, `ada@${domain}`)
    expect(page.status).toBe(403)
    expect(reasons[0]).toContain('The provider')
  })
})

test('no secret and no token stands in a log, an entry or an event (SSO-8)', async () => {
  const w = await ssoWorld()
  const { domain } = await connected(w)
  w.idp.person = employee(`ada@${domain}`)
  await signInThrough(w, `ada@${domain}`)
  const told = w.log.join('\n') + (await wholeJournal(w))
  expect(told).not.toContain(w.idp.clientSecret)
  expect(w.log.join('\n')).not.toMatch(/eyJ|state=|code=/)
})
