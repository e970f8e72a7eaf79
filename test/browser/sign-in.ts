import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { type Client, createClient } from '../kit/client.ts'

/** Somebody at a gateway that runs elsewhere. */
export function clientOf(url: string, token: string): Client {
  const send = async (request: Request) =>
    fetch(`${url}/graphql`, { method: 'POST', headers: request.headers, body: await request.text() })
  return createClient({ fetch: send }, token)
}

/** Opens the newest mail to this address whose subject reads like this, in the development mailbox. */
export async function openMail(page: Page, url: string, email: string, subject: RegExp): Promise<void> {
  const mail = page
    .getByRole('listitem')
    .filter({ hasText: `to ${email},` })
    .getByRole('link', { name: subject })
  await expect
    .poll(
      async () => {
        await page.goto(`${url}/mailbox`)
        return mail.count()
      },
      { timeout: 20_000 },
    )
    .toBeGreaterThan(0)
  await mail.first().click()
  await page.waitForURL('**/mailbox/*')
}

/** From the page that asks for an address through the mailed code to wherever that leads. */
export async function enterCode(page: Page, url: string, email: string): Promise<void> {
  await page.getByLabel('Email address').fill(email)
  await page.getByRole('button', { name: 'Send the code' }).click()
  await page.getByLabel('Code of six digits').fill(await mailedCode(page, url, email))
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** The newest code that was mailed to this address. */
export async function mailedCode(page: Page, url: string, email: string): Promise<string> {
  const mailbox = await page.context().newPage()
  await openMail(mailbox, url, email, /\d{6}/)
  const text = (await mailbox.locator('pre').textContent()) ?? ''
  await mailbox.close()
  return /\b\d{6}\b/.exec(text)?.[0] ?? ''
}
