import { expect, test } from 'vitest'
import { createBrowser, formOf, type Shown } from '../kit/browser.ts'
import { testClock } from '../kit/clock.ts'
import { mailsTo } from '../kit/mail.ts'
import { sql } from '../kit/rows.ts'
import {
  answerIn,
  authorization,
  type IssuerWorld,
  issuerWorld,
  newAddress,
  newestCode,
  signIn,
} from '../kit/sign-in.ts'

/** A browser at the page that asks for the code of this address. */
async function atCode(w: IssuerWorld, email: string, parameters: Record<string, string> = {}) {
  const browser = createBrowser(w.origin)
  const page = await browser.open((await authorization(await w.client(), parameters)).url)
  return { browser, page: await browser.submit(page, '/address', { email }) }
}
const wrongOf = (code: string) => ((Number(code) + 1) % 1_000_000).toString().padStart(6, '0')
const isIn = (shown: Shown) => 'code' in answerIn(shown)

test('a code is good once', async () => {
  const w = await issuerWorld()
  const email = newAddress()
  const { browser, page } = await atCode(w, email)
  const code = await newestCode(w, email)
  const saved = new Map(browser.cookies)
  expect(isIn(await browser.submit(page, '/code', { code }))).toBe(true)
  for (const [key, cookie] of saved) browser.cookies.set(key, cookie)
  expect(isIn(await browser.submit(page, '/code', { code }))).toBe(false)
})

test('spaces in a code are no mistake', async () => {
  const w = await issuerWorld()
  const email = newAddress()
  const { browser, page } = await atCode(w, email)
  const code = await newestCode(w, email)
  expect(isIn(await browser.submit(page, '/code', { code: `${code.slice(0, 3)} ${code.slice(3)}` }))).toBe(true)
})

test('after five wrong attempts the right code is of no use, and a new one is', async () => {
  const w = await issuerWorld()
  const email = newAddress()
  const { browser, page } = await atCode(w, email)
  const code = await newestCode(w, email)
  const told: string[] = []
  for (let attempt = 1; attempt <= 5; attempt++) {
    const shown = await browser.submit(page, '/code', { code: wrongOf(code) })
    expect(shown.status).toBe(422)
    told.push(/role="alert"[^>]*>([^<]*)</.exec(shown.html)?.[1] ?? '')
  }
  expect(told).toEqual([
    ...[4, 3, 2].map(left => `Wrong code. ${left} attempts are left.`),
    ...['Wrong code. One attempt is left.', 'This code is no longer good. Get a new one.'],
  ])
  expect(isIn(await browser.submit(page, '/code', { code }))).toBe(false)
  const start = await browser.open(page.url.href.replace(/\/code$/, ''))
  const second = await browser.submit(start, '/address', { email })
  expect(isIn(await browser.submit(second, '/code', { code }))).toBe(false)
  expect(isIn(await browser.submit(second, '/code', { code: await newestCode(w, email) }))).toBe(true)
})

test('of attempts that come together no more than five are looked at', async () => {
  const w = await issuerWorld()
  const email = newAddress()
  const { browser, page } = await atCode(w, email)
  const code = await newestCode(w, email)
  const wrong = Array.from({ length: 12 }, () => browser.submit(page, '/code', { code: wrongOf(code) }))
  expect((await Promise.all(wrong)).some(isIn)).toBe(false)
  expect(isIn(await browser.submit(page, '/code', { code }))).toBe(false)
  const [row] = await sql<{ attempts: number }>(w, 'select attempts from sign_in_code where email = $1', [email])
  expect(row?.attempts).toBe(5)
})

test('the right code entered twice at once signs in once', async () => {
  const w = await issuerWorld()
  const email = newAddress()
  const { browser, page } = await atCode(w, email)
  const code = await newestCode(w, email)
  await Promise.allSettled([1, 2, 3].map(() => browser.submit(page, '/code', { code })))
  const rows = await sql(w, 'select from principal where email = $1', [email])
  expect(rows).toHaveLength(1)
})

test('after ten minutes a code is no longer good', async () => {
  const clock = testClock()
  const w = await issuerWorld({ clock })
  const email = newAddress()
  const { browser, page } = await atCode(w, email)
  const code = await newestCode(w, email)
  clock.advance({ minutes: 10 })
  const shown = await browser.submit(page, '/code', { code })
  expect(shown.html).toContain('This code is no longer good')
})

test('a mail that could not leave for ten minutes does not leave any more', async () => {
  const clock = testClock()
  const w = await issuerWorld({ clock })
  const email = newAddress()
  await atCode(w, email)
  clock.advance({ minutes: 11 })
  expect(await mailsTo(w, email)).toEqual([])
})

test('a code is good in the browser that asked for it, and in no other (login CSRF)', async () => {
  const w = await issuerWorld()
  const email = newAddress()
  await atCode(w, email)
  const code = await newestCode(w, email)
  const victim = await atCode(w, newAddress())
  expect(isIn(await victim.browser.submit(victim.page, '/code', { code }))).toBe(false)
})

test('the address of a sign-in does nothing in a browser that did not begin it', async () => {
  const w = await issuerWorld()
  const { page } = await atCode(w, newAddress())
  const other = await createBrowser(w.origin).open(page.url)
  expect(other).toMatchObject({ status: 400 })
  expect(other.html).toContain('belongs to another browser')
  // Nor in one that began another: the cookie and the address have to agree.
  const begun = await atCode(w, newAddress())
  for (const [key, cookie] of begun.browser.cookies) begun.browser.cookies.set(key, { ...cookie, path: '/' })
  expect((await begun.browser.open(page.url)).status).toBe(400)
})

test('a form that is not of our page is refused', async () => {
  const w = await issuerWorld()
  const { browser, page } = await atCode(w, newAddress())
  const forged = { ...page, html: page.html.replaceAll(formOf(page.html, '/code').hidden.token ?? '', 'guessed') }
  expect(await browser.submit(forged, '/code', { code: '123456' })).toMatchObject({ status: 403 })
})

test('the answer is the same whether or not somebody has the address, and nobody is made before the code is right', async () => {
  const w = await issuerWorld()
  const { email: known } = await signIn(w)
  const unknown = newAddress()
  const counted = async (email: string) => {
    w.statements.splice(0)
    const { page } = await atCode(w, email)
    const { token = '' } = formOf(page.html, '/code').hidden
    const uid = /interaction\/([\w-]+)/.exec(page.url.pathname)?.[1] ?? ''
    const html = page.html.replaceAll(email, 'X').replaceAll(token, 'T').replaceAll(uid, 'U')
    return { status: page.status, html, statements: w.statements.splice(0).length }
  }
  expect(await counted(known)).toEqual(await counted(unknown))
  expect(await sql(w, 'select from principal where email = $1', [unknown])).toEqual([])
  expect(await mailsTo(w, unknown)).toHaveLength(1)
})

test('an address gets so many codes within the window, whoever asks', async () => {
  const clock = testClock()
  const w = await issuerWorld({ clock, env: { MAIL_LIMIT_PER_ADDRESS: '2', MAIL_LIMIT_MINUTES: '60' } })
  const email = newAddress()
  for (let count = 0; count < 2; count++) expect((await atCode(w, email)).page.status).toBe(200)
  const { page } = await atCode(w, email.toUpperCase().replace('PEOPLE.TEST', 'people.test'))
  expect(page.status).toBe(429)
  expect(page.html).toContain('Too many codes were asked for')
  expect(await mailsTo(w, email)).toHaveLength(2)
  clock.advance({ minutes: 61 })
  expect((await atCode(w, email)).page.status).toBe(200)
})

test('of requests for one address that come together none gets past the limit', async () => {
  const w = await issuerWorld({ env: { MAIL_LIMIT_PER_ADDRESS: '2' } })
  const email = newAddress()
  const all = await Promise.all(Array.from({ length: 6 }, () => atCode(w, email)))
  expect(all.filter(({ page }) => page.status === 200)).toHaveLength(2)
})

test('a caller gets so many codes within the window, for whichever addresses', async () => {
  const w = await issuerWorld({ isolated: true, env: { SIGN_IN_LIMIT_PER_IP: '2' } })
  for (let count = 0; count < 2; count++) expect((await atCode(w, newAddress())).page.status).toBe(200)
  expect((await atCode(w, newAddress())).page.status).toBe(429)
})

test('what is no address gets no mail', async () => {
  const w = await issuerWorld()
  for (const email of ['nobody', 'a@b', 'a@people.test\r\nBcc: b@people.test', '<script>@people.test']) {
    const { page } = await atCode(w, email)
    expect(page.status).toBe(422)
    expect(page.html).not.toContain('<script>')
  }
})

test('where no mail is sent, nobody can sign in, and the page says so', async () => {
  const w = await issuerWorld({ withoutMail: true })
  const { page } = await atCode(w, newAddress())
  expect(page.status).toBe(503)
  expect(page.html).toContain('sends no mail')
})

test('neither codes nor addresses are in the log, nor a code in the database', async () => {
  const w = await issuerWorld()
  const { email } = await signIn(w)
  const code = await newestCode(w, email)
  const log = w.log.join('\n')
  expect(log).not.toContain(email)
  expect(log).not.toContain(code)
  const [row] = await sql<{ row: string }>(w, 'select c::text as row from sign_in_code c where email = $1', [email])
  expect(row?.row).not.toContain(code)
})
