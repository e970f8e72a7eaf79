import { describe, expect, test } from 'vitest'
import { createBrowser } from '../kit/browser.ts'
import { testClock } from '../kit/clock.ts'
import { type IdentityProvider, identityProvider } from '../kit/identity-provider.ts'
import { sql } from '../kit/rows.ts'
import {
  change,
  connected,
  employee,
  problemOn,
  settingsFor,
  signInThrough,
  ssoWorld,
  tryConnector,
  typeAddress,
} from './connectors.ts'

/** Counts what a provider is asked, by path. */
function counting(idp: IdentityProvider): Record<string, number> {
  const counts: Record<string, number> = { discovery: 0, jwks: 0 }
  const before = idp.instead
  idp.instead = (url, answer) => {
    if (url.pathname.endsWith('/openid-configuration')) counts.discovery = (counts.discovery ?? 0) + 1
    if (url.pathname === '/jwks') counts.jwks = (counts.jwks ?? 0) + 1
    return before(url, answer)
  }
  return counts
}

describe('what a provider says of itself', () => {
  test('is read once for many sign-ins, and anew after some minutes', async () => {
    const clock = testClock()
    const w = await ssoWorld({ clock })
    const { domain } = await connected(w)
    const counts = counting(w.idp)
    for (const name of ['ada', 'bob', 'eve']) {
      w.idp.person = employee(`${name}@${domain}`)
      await signInThrough(w, `${name}@${domain}`)
    }
    expect(counts).toEqual({ discovery: 1, jwks: 1 })
    clock.advance({ minutes: 4 })
    await signInThrough(w, `eve@${domain}`)
    expect(counts).toEqual({ discovery: 2, jwks: 2 })
  })

  test('is asked for once by those who come at once, and again after it failed', async () => {
    const w = await ssoWorld()
    const { domain } = await connected(w)
    const counts = counting(w.idp)
    const asked = w.idp.instead
    w.idp.instead = async (url, answer) => {
      await asked(url, answer)
      return new Response('down', { status: 503 })
    }
    const email = `ada@${domain}`
    const shown = await Promise.all([1, 2, 3].map(() => typeAddress(w, w.browser(), email)))
    expect(shown.map(({ back }) => back.status)).toEqual([502, 502, 502])
    const failed = counts.discovery ?? 0
    expect(failed).toBeLessThanOrEqual(3)
    w.idp.instead = asked
    w.idp.person = employee(email)
    await signInThrough(w, email)
    expect(counts.discovery).toBe(failed + 1)
  })

  test('is asked anew by every test, and with every change of the settings (SSO-1)', async () => {
    const w = await ssoWorld()
    const { domain, connector } = await connected(w)
    w.idp.person = employee(`ada@${domain}`)
    await signInThrough(w, `ada@${domain}`)
    const counts = counting(w.idp)
    await tryConnector(w, w.owner, connector)
    // To start it, and to end it.
    expect(counts).toEqual({ discovery: 2, jwks: 1 })
    await change(w.owner, connector, { settings: settingsFor(w.idp, { scopes: ['openid', 'email', 'profile', 'x'] }) })
    await change(w.owner, connector, { settings: settingsFor(w.idp) })
    await tryConnector(w, w.owner, connector)
    counts.discovery = 0
    await signInThrough(w, `ada@${domain}`)
    expect(counts.discovery).toBe(1)
  })

  test('is remembered for each connector alone, also of the same provider', async () => {
    const w = await ssoWorld()
    const one = await connected(w)
    const place = await w.organization(w.owner)
    const other = await connected(w, { place })
    const counts = counting(w.idp)
    for (const { domain } of [one, other, one, other]) {
      w.idp.person = employee(`ada@${domain}`)
      await signInThrough(w, `ada@${domain}`)
    }
    expect(counts).toEqual({ discovery: 2, jwks: 2 })
  })

  test('a key that is new is looked for at once, though others were read lately; one that nobody has, once in a while', async () => {
    const clock = testClock()
    const idp = await identityProvider()
    const w = await ssoWorld({ clock }, [idp])
    const { domain } = await connected(w)
    const email = `ada@${domain}`
    idp.person = employee(email)
    await signInThrough(w, email)
    await idp.rotate()
    clock.advance({ minutes: 1 })
    const counts = counting(idp)
    const { tokens } = await signInThrough(w, email)
    expect(tokens.claims()?.email).toBe(email)
    expect(counts).toEqual({ discovery: 0, jwks: 1 })
    // Read a moment ago: that the provider has the key is not asked again.
    await idp.rotate({ publishes: false })
    expect((await typeAddress(w, w.browser(), email)).back.status).toBe(403)
    expect((await typeAddress(w, w.browser(), email)).back.status).toBe(403)
    expect(counts.jwks).toBe(1)
  })
})

describe('started sign-ins are limited', () => {
  test('by where they come from; then the page says when to try again, and nobody is asked', async () => {
    const clock = testClock()
    const w = await ssoWorld({ clock, isolated: true, env: { SSO_LIMIT_PER_IP: '3' } })
    const { domain } = await connected(w)
    for (const name of ['a', 'b', 'c']) {
      w.idp.person = employee(`${name}@${domain}`)
      await signInThrough(w, `${name}@${domain}`)
    }
    const asked = w.idp.asked.length
    const { back } = await typeAddress(w, w.browser(), `d@${domain}`)
    expect(back.status).toBe(429)
    expect(problemOn(back)).toMatch(/^Too many sign-ins were started from where you are\. Try again at \d\d:\d\d/)
    expect(back.html).not.toContain('Send the code')
    expect(w.idp.asked).toHaveLength(asked)
    clock.advance({ minutes: 11 })
    w.idp.person = employee(`d@${domain}`)
    await signInThrough(w, `d@${domain}`)
  })

  test('by the address that is typed', async () => {
    const w = await ssoWorld()
    const { domain } = await connected(w)
    const browser = w.browser(/\/away/)
    const led = (await typeAddress(w, browser, `ada@${domain}`)).back
    const another = createBrowser(w.origin)
    for (const [key, cookie] of browser.cookies) another.cookies.set(key, cookie)
    const statuses = new Set<number>()
    for (let times = 0; times < 30; times++) statuses.add((await another.open(led.url)).status)
    expect([...statuses]).toEqual([303])
    expect((await another.open(led.url)).status).toBe(429)
    w.idp.person = employee(`bob@${domain}`)
    await signInThrough(w, `bob@${domain}`)
  })

  test('no address and no place is kept in a form that can be read', async () => {
    const w = await ssoWorld()
    const { domain } = await connected(w)
    w.idp.person = employee(`ada@${domain}`)
    await signInThrough(w, `ada@${domain}`)
    const rows = await sql<{ row: string }>(w, 'select s::text as row from sso_start s')
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toMatch(/127\.0\.0\.1|ada@/)
  })
})
