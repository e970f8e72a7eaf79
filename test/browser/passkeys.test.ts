import { randomUUID } from 'node:crypto'
import { decodeJwt } from 'jose'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { dataDir, freePort, startTenantry } from '../process/tenantry.ts'
import { openBrowser, openPage, picture } from './browser.ts'
import { enterCode } from './sign-in.ts'

let browser: Browser
let url: string
const cleanups: (() => Promise<void>)[] = []
const later = (clean: () => Promise<void>) => void cleanups.push(clean)
beforeAll(async () => {
  browser = await openBrowser()
  later(() => browser.close())
  const port = String(await freePort())
  // Passkeys are for a name, and for no address.
  url = `http://localhost:${port}`
  const tenantry = await startTenantry({ DATA_DIR: await dataDir(later), PORT: port, PUBLIC_URL: url }, later)
  await tenantry.ready()
})
afterAll(async () => {
  for (const clean of cleanups.reverse()) await clean()
})

/** A browser that was never here before, on a device that keeps passkeys and knows its user. */
async function deviceWithPage() {
  const { page, context } = await openPage(browser)
  onTestFinished(() => context.close())
  const failures: string[] = []
  page.on('console', message => message.type() === 'error' && failures.push(message.text()))
  page.on('pageerror', error => failures.push(String(error)))
  const session = await context.newCDPSession(page)
  await session.send('WebAuthn.enable')
  const options = {
    ...({ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true } as const),
    isUserVerified: true,
  }
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', { options })
  const credentials = async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials
  const knowsUser = (isUserVerified: boolean) =>
    session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })
  const answersByItself = (enabled: boolean) =>
    session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled })
  return { page, context, failures, credentials, knowsUser, answersByItself }
}

/** The token that the page for a new person shows. */
async function tokenOn(page: Page): Promise<string> {
  await page.getByText('Signed in.').waitFor()
  const headers = JSON.parse((await page.locator('#headers').textContent()) ?? '') as { Authorization: string }
  return headers.Authorization.replace('Bearer ', '')
}

test('somebody adds a passkey on the page of the account, and signs in with it, by the button and out of the field', async () => {
  const { page, context, failures, credentials, knowsUser, answersByItself } = await deviceWithPage()
  const email = `person-${randomUUID()}@people.test`
  await page.goto(`${url}/oidc/account`)
  await enterCode(page, url, email)
  await page.getByText('You have no passkey.').waitFor()
  await picture(page, 'account-without-passkey')

  // A device that does not know its user makes none, and the page says so.
  await knowsUser(false)
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByText('No passkey was made.').waitFor()
  await knowsUser(true)
  await page.getByLabel('Name, to tell it from others').fill('Laptop')
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByText('Laptop').waitFor()
  expect(await credentials()).toMatchObject([{ isResidentCredential: true, rpId: 'localhost' }])
  await picture(page, 'account-with-passkey')

  // Out of the field: nobody clicks.
  await context.clearCookies()
  await page.goto(`${url}/sign-in`)
  await page.getByRole('button', { name: 'Sign in' }).click()
  const first = decodeJwt(await tokenOn(page))
  expect(first).toMatchObject({ acr: 'urn:tenantry:acr:multi-factor', amr: ['pop', 'user', 'mfa'] })

  await context.clearCookies()
  await answersByItself(false)
  await page.goto(`${url}/sign-in`)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor()
  await picture(page, 'sign-in-with-passkey')
  await answersByItself(true)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  const second = decodeJwt(await tokenOn(page))
  expect(second.sub).toBe(first.sub)

  // On the page of the account the passkey is what lets in, and what goes.
  await page.goto(`${url}/oidc/account`)
  await page.getByRole('textbox', { name: 'Rename Laptop' }).fill('Old laptop')
  await page.getByRole('button', { name: 'Rename Laptop' }).click()
  await page.getByText('last used').waitFor()
  await picture(page, 'account-renamed')
  await page.getByRole('button', { name: 'Remove Old laptop' }).click()
  await page.getByText('You have no passkey.').waitFor()
  expect(failures).toEqual([])
})

test('where two factors are asked for, the passkey is the second one', async () => {
  const { page, context, failures, answersByItself } = await deviceWithPage()
  const email = `person-${randomUUID()}@people.test`
  await page.goto(`${url}/oidc/account`)
  await enterCode(page, url, email)
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByText('not used yet').waitFor()
  await context.clearCookies()
  // The page asks the browser as soon as it is there: until the code is entered, nobody answers.
  await answersByItself(false)
  await page.goto(`${url}/oidc/account`)
  await enterCode(page, url, email)
  await page.getByRole('heading', { name: 'Use your passkey' }).waitFor()
  await picture(page, 'passkey-as-factor')
  await answersByItself(true)
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await page.getByText('last used').waitFor()
  expect(failures).toEqual([])
})

test('without passkeys in the browser there is no button for one, and a code signs in as before', async () => {
  const { page, context } = await openPage(browser)
  onTestFinished(() => context.close())
  await page.addInitScript(() => Reflect.deleteProperty(window, 'PublicKeyCredential'))
  await page.goto(`${url}/sign-in`)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('Email address').waitFor()
  expect(await page.getByRole('button', { name: 'Sign in with a passkey' }).count()).toBe(0)
  await enterCode(page, url, `person-${randomUUID()}@people.test`)
  expect(decodeJwt(await tokenOn(page))).toMatchObject({ amr: ['otp', 'email'] })
})
