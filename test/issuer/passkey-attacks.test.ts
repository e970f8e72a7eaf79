import { describe, expect, test } from 'vitest'
import { absent, createAuthenticator, type Lies, unverified } from '../kit/authenticator.ts'
import { createBrowser } from '../kit/browser.ts'
import { add, ask, elsewhere, openAccount, optionsFor, passkeyWorld, show, withPasskey } from '../kit/passkeys.ts'
import { withClient } from '../kit/server.ts'
import { enterCode, newAddress, signIn } from '../kit/sign-in.ts'

const multiFactor = 'urn:tenantry:acr:multi-factor'
const evil = 'https://evil.test'

/** What each of these answers must come to nothing for. */
const lies: Record<string, Lies> = {
  'to another challenge': { challenge: Buffer.alloc(32).toString('base64url') },
  'of a page elsewhere': { origin: evil },
  'of another port of this host': { origin: 'http://localhost:1' },
  'for another relying party': { rpId: 'evil.test' },
  'of a user who did not show that it is them': { flags: unverified },
  'of nobody who was there': { flags: absent },
}

describe('a sign-in is refused with an answer', () => {
  const more: Record<string, Lies> = {
    ...lies,
    'that makes a passkey': { type: 'webauthn.create' },
    'signed by another key': { isForged: true },
    'that names another user': { userHandle: Buffer.alloc(16).toString('base64url') },
    'that names nobody': { userHandle: null },
    'of a passkey that is not known': { credentialId: Buffer.alloc(32).toString('base64url') },
  }
  for (const [name, lie] of Object.entries(more))
    test(name, async () => {
      const w = await passkeyWorld()
      const { authenticator } = await withPasskey(w)
      const browser = createBrowser(w.origin)
      const { page, take } = await ask(w, browser)
      const refused = await show(browser, page, authenticator, lie)
      expect(refused.status).toBe(422)
      expect(refused.html).toContain('This passkey is not known here')
      // It is refused, and not locked: the truth still works.
      expect((await take(await show(browser, refused, authenticator))).claims()?.acr).toBe(multiFactor)
    })

  test('that is no answer at all', async () => {
    const w = await passkeyWorld()
    const browser = createBrowser(w.origin)
    const { page } = await ask(w, browser)
    for (const credential of ['', '{}', 'null', '[', '{"id":1}', JSON.stringify({ id: 'a', rawId: 'a', type: 'x' })]) {
      await optionsFor(browser, page, 'passkey')
      expect((await browser.submit(page, '/passkey', { credential })).status).toBe(422)
    }
  })
})

describe('a passkey is not added with an answer', () => {
  for (const [name, lie] of Object.entries({ ...lies, 'that signs in': { type: 'webauthn.get' } }))
    test(name, async () => {
      const w = await passkeyWorld()
      const browser = createBrowser(w.origin)
      const page = await openAccount(w, browser, newAddress())
      const refused = await add(browser, page, createAuthenticator(w.origin), lie)
      expect(refused.status).toBe(422)
      expect(refused.html).toContain('You have no passkey.')
    })
})

test('an answer is good once, and in the interaction that asked for it', async () => {
  const w = await passkeyWorld()
  const { authenticator } = await withPasskey(w)
  const [one, two] = [createBrowser(w.origin), createBrowser(w.origin)]
  const [first, second] = [await ask(w, one), await ask(w, two)]
  const credential = authenticator.get(await optionsFor(one, first.page, 'passkey'))
  await optionsFor(two, second.page, 'passkey')
  expect((await two.submit(second.page, '/passkey', { credential })).status).toBe(422)
  const copy = createBrowser(w.origin)
  for (const [key, cookie] of one.cookies) copy.cookies.set(key, cookie)
  await first.take(await one.submit(first.page, '/passkey', { credential }))
  expect((await copy.submit(first.page, '/passkey', { credential })).status).toBe(400)
})

test('of many who send the same answer at once one gets in', async () => {
  const w = await passkeyWorld()
  const { authenticator } = await withPasskey(w)
  const browser = createBrowser(w.origin)
  const { page } = await ask(w, browser)
  const credential = authenticator.get(await optionsFor(browser, page, 'passkey'))
  const shown = await Promise.all([1, 2, 3, 4].map(() => browser.submit(page, '/passkey', { credential })))
  // Who comes after the first has ended the interaction is too late for a refusal.
  expect(shown.filter(one => one.status !== 422 && one.status !== 400)).toHaveLength(1)
})

test('a challenge is good for ten minutes', async () => {
  const w = await passkeyWorld()
  const { authenticator } = await withPasskey(w)
  const browser = createBrowser(w.origin)
  const { page } = await ask(w, browser)
  const asked = await optionsFor(browser, page, 'passkey')
  w.clock.advance({ minutes: 11 })
  expect((await browser.submit(page, '/passkey', { credential: authenticator.get(asked) })).status).toBe(422)
})

test('a counter that does not go up is refused, and told in the log; one that stays zero is none', async () => {
  const w = await passkeyWorld()
  const { authenticator } = await withPasskey(w)
  const attempt = async (signCount: number) => {
    const browser = createBrowser(w.origin)
    const { page } = await ask(w, browser)
    return (await show(browser, page, authenticator, { signCount })).url.searchParams.has('code')
  }
  expect([await attempt(0), await attempt(0), await attempt(7)]).toEqual([true, true, true])
  expect([await attempt(7), await attempt(6), await attempt(0)]).toEqual([false, false, false])
  expect(w.log.filter(line => line.includes('its counter did not go up'))).toHaveLength(3)
  expect(await attempt(8)).toBe(true)
})

test('where a factor of somebody is asked for, the passkey of another is none', async () => {
  const w = await passkeyWorld()
  const [ada, mallory] = [await withPasskey(w), await withPasskey(w)]
  const browser = createBrowser(w.origin)
  const { page, take } = await ask(w, browser, { acr_values: multiFactor })
  const factor = await enterCode(w, browser, page, ada.email)
  const refused = await show(browser, factor, mallory.authenticator)
  expect(refused.status).toBe(422)
  expect(refused.html).toContain('Use your passkey')
  expect((await take(await show(browser, refused, ada.authenticator))).claims()?.acr).toBe(multiFactor)
})

test('a passkey that somebody has is not added by another, and stays whose it is', async () => {
  const w = await passkeyWorld()
  const ada = await withPasskey(w)
  const browser = createBrowser(w.origin)
  const page = await openAccount(w, browser, newAddress())
  const credentialId = ada.authenticator.credentialId
  const refused = await add(browser, page, createAuthenticator(w.origin), { credentialId })
  expect(refused.status).toBe(422)
  const other = createBrowser(w.origin)
  const asked = await ask(w, other)
  const tokens = await asked.take(await show(other, asked.page, ada.authenticator))
  expect(tokens.claims()?.sub).toBe((await signIn(w, { email: ada.email })).tokens.claims()?.sub)
})

describe('what somebody signs in with', () => {
  test('is not changed ten minutes after the sign-in, on a page that was open all the time', async () => {
    const w = await passkeyWorld()
    const browser = createBrowser(w.origin)
    const page = await openAccount(w, browser, newAddress())
    const authenticator = createAuthenticator(w.origin)
    const credential = authenticator.create(await optionsFor(browser, page, 'add'))
    w.clock.advance({ minutes: 11 })
    const refused = await browser.submit(elsewhere(page, 'add', 'add-options'), '/add-options')
    expect([refused.status, JSON.parse(refused.html)]).toEqual([403, { error: 'signed in too long ago' }])
    await browser.submit(page, '/add', { credential, name: 'Late' })
    const { rows } = await withClient(w.databaseUrl, client =>
      client.query('select from passkey where credential_id = $1', [authenticator.credentialId]),
    )
    expect(rows).toHaveLength(0)
  })

  test('is not changed after the session has ended', async () => {
    const w = await passkeyWorld()
    const browser = createBrowser(w.origin)
    const page = await openAccount(w, browser, newAddress())
    const leaving = await browser.open('/oidc/session/end')
    await browser.submit(leaving, '/session/end/confirm', { logout: 'yes' })
    for (const step of ['add', 'rename']) {
      const over = await browser.submit(elsewhere(page, 'add', step), `/${step}`)
      expect([over.status, over.html.includes('This sign-in is over')]).toEqual([400, true])
    }
  })

  test('is changed by who has shown a factor, once there is one', async () => {
    const w = await passkeyWorld()
    const { browser, email, page } = await withPasskey(w)
    // The mailed code that was enough to add the first is enough for nothing else.
    expect((await browser.submit(page, '/remove')).html).toContain('Use your passkey')
    const other = createBrowser(w.origin)
    expect((await openAccount(w, other, email)).html).toContain('Use your passkey')
  })

  test('is nobody else’s to change, whatever id they send', async () => {
    const w = await passkeyWorld()
    const ada = await withPasskey(w)
    const mallory = await withPasskey(w)
    const id = /name="id" value="([^"]+)"/.exec(ada.page.html)?.[1] ?? ''
    const page = await show(mallory.browser, await mallory.browser.open('/oidc/account'), mallory.authenticator)
    const shown = await mallory.browser.submit(page, '/rename', { id, name: 'Mine' })
    expect(shown.html).not.toContain('Mine')
    await mallory.browser.submit(shown, '/remove', { id })
    expect((await mallory.browser.submit(shown, '/remove', { id: "x' or true" })).status).toBe(200)
    const other = createBrowser(w.origin)
    const asked = await ask(w, other)
    expect((await asked.take(await show(other, asked.page, ada.authenticator))).claims()?.acr).toBe(multiFactor)
  })

  test('is not changed by a form from elsewhere', async () => {
    const w = await passkeyWorld()
    const { browser, page } = await withPasskey(w)
    for (const step of ['add', 'rename', 'remove'])
      expect((await browser.submit(page, `/${step}`, { token: 'forged' })).status).toBe(403)
    expect((await browser.submit(elsewhere(page, 'add', 'add-options'), '/add-options', { token: '' })).status).toBe(
      403,
    )
    expect([...browser.cookies.values()].every(one => /samesite=lax/i.test(one.attributes))).toBe(true)
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  })

  test('is shown to nobody with the code of a page that is no product', async () => {
    const w = await passkeyWorld()
    const browser = createBrowser(w.origin)
    await openAccount(w, browser, newAddress())
    const parameters = { client_id: 'tenantry-account', redirect_uri: `${w.origin}/oidc/account/left` }
    const { page } = await ask(w, browser, { ...parameters, prompt: 'none' })
    expect(Object.fromEntries(page.url.searchParams)).toMatchObject({ error: 'interaction_required' })
    const other = await ask(w, browser, { ...parameters, redirect_uri: `${evil}/callback` })
    expect(other.page.status).toBe(400)
  })
})
