import { randomUUID } from 'node:crypto'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { programOf } from '../kit/program.ts'
import { dataDir, freePort, startTenantry } from '../process/tenantry.ts'
import { openBrowser, picture } from './browser.ts'
import { mailedCode } from './sign-in.ts'

let browser: Browser
let url: string
const back = 'http://127.0.0.1:9/callback'
const cleanups: (() => Promise<void>)[] = []
const later = (clean: () => Promise<void>) => void cleanups.push(clean)
beforeAll(async () => {
  browser = await openBrowser()
  later(() => browser.close())
  const port = String(await freePort())
  url = `http://localhost:${port}`
  const env = {
    ...{ DATA_DIR: await dataDir(later), PORT: port, PUBLIC_URL: url },
    APPLICATIONS: JSON.stringify([
      {
        ...{ clientId: 'other', name: 'A product of somebody else with a long name', kind: 'WEB', isThirdParty: true },
        ...{
          redirectUris: ['https://other.example.com/callback'],
          secret: 'the secret of the other application, long',
        },
      },
    ]),
  }
  const tenantry = await startTenantry(env, later)
  await tenantry.ready()
})
afterAll(async () => {
  for (const clean of cleanups.reverse()) await clean()
})

function authorization(parameters: Record<string, string>): string {
  const query = new URLSearchParams({
    ...{ client_id: 'development', redirect_uri: back, response_type: 'code', scope: 'openid profile email' },
    ...{ code_challenge: 'x'.repeat(43), code_challenge_method: 'S256', state: 'state', ...parameters },
  })
  return `${url}/oidc/auth?${query}`
}

/** Nothing is cut off or overlaps the edge, and everything that is filled in or pressed has a name. */
async function fits(page: Page, locale: string, name: string): Promise<void> {
  await picture(page, `${locale}-${name}`)
  const found = await page.evaluate(() => {
    const width = document.documentElement.clientWidth
    const beyond = [...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > width + 1)
    return { lang: document.documentElement.lang, beyond: beyond.map(one => one.outerHTML.slice(0, 120)) }
  })
  expect(found, name).toEqual({ lang: locale, beyond: [] })
  for (const field of await page.locator('input:not([type=hidden]), button, a').all()) {
    const snapshot = await field.ariaSnapshot()
    expect(snapshot, `${name}: ${snapshot}`).toMatch(/"[^"]+"/)
  }
}

test.each(['en', 'de'])('on a telephone, in %s, every page of a sign-in fits and names its fields', async locale => {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale, colorScheme: 'light' })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const email = `somebody-with-a-rather-long-name-${randomUUID().slice(0, 8)}@people.test`
  await page.goto(authorization({ acr_values: 'urn:tenantry:acr:multi-factor' }))
  await fits(page, locale, 'address')
  await page.locator('input[name=email]').fill('nobody')
  await page
    .locator('input[name=email]')
    .evaluate((field: HTMLInputElement) => field.form?.setAttribute('novalidate', ''))
  await page.locator('form[action$="/address"] button').click()
  await page.getByRole('alert').waitFor()
  await fits(page, locale, 'address-refused')
  await page.locator('input[name=email]').fill(email)
  await page.locator('form[action$="/address"] button').click()
  await page.locator('input[name=code]').waitFor()
  await fits(page, locale, 'code')
  await page.locator('input[name=code]').fill(await mailedCode(page, url, email))
  await page.locator('form[action$="/code"] button').first().click()
  await page.locator('form[action$="/set-up"]').waitFor()
  await fits(page, locale, 'set-up')
  const program = programOf({ html: await page.content() })
  await page.locator('input[name=code]').fill(program(new Date()))
  await page.locator('form[action$="/set-up"] button').click()
  await page.locator('form[action$="/go-on"]').waitFor()
  await fits(page, locale, 'recovery-codes')
  // Nothing listens where the product would be.
  await page.locator('form[action$="/go-on"] button').click()
  await page.waitForURL(/:9\/callback|chrome-error/)
  await page.goto(`${url}/oidc/account`)
  await page.locator('form[action$="/sign-out"]').waitFor()
  await fits(page, locale, 'account')
  await page.goto(
    authorization({ client_id: 'other', redirect_uri: 'https://other.example.com/callback', scope: 'openid email' }),
  )
  await page.locator('form[action$="/consent"]').waitFor()
  await fits(page, locale, 'consent')
  await page.goto(authorization({ redirect_uri: 'https://evil.example.com/' }))
  await fits(page, locale, 'error')
  await page.goto(`${url}/oidc/session/end`)
  await fits(page, locale, 'sign-out')
})
