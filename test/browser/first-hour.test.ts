import { randomUUID } from 'node:crypto'
import { decodeJwt } from 'jose'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { dataDir, startTenantry } from '../process/tenantry.ts'
import { openBrowser, openPage, picture } from './browser.ts'
import { openGraphiql } from './graphiql.ts'
import { clientOf, enterCode, openMail } from './sign-in.ts'

let browser: Browser
let url: string
const cleanups: (() => Promise<void>)[] = []
beforeAll(async () => {
  browser = await openBrowser()
  cleanups.push(() => browser.close())
  const later = (clean: () => Promise<void>) => void cleanups.push(clean)
  const tenantry = await startTenantry({ DATA_DIR: await dataDir(later) }, later)
  await tenantry.ready()
  url = tenantry.url
})
afterAll(async () => {
  for (const clean of cleanups.reverse()) await clean()
})

const newAddress = () => `person-${randomUUID()}@people.test`

/** A browser that was never here before. */
async function freshPage() {
  const { page, context } = await openPage(browser)
  onTestFinished(() => context.close())
  return page
}

/** Signs a new person in on the page for that, and reads the header that it shows for GraphiQL. */
async function signInAsNewPerson() {
  const page = await freshPage()
  await page.goto(`${url}/sign-in`)
  await page.getByRole('button', { name: 'Sign in' }).click()
  const email = newAddress()
  await enterCode(page, url, email)
  await page.getByText('Signed in.').waitFor()
  const headers = (await page.locator('#headers').textContent()) ?? ''
  const { Authorization: authorization } = JSON.parse(headers) as { Authorization: string }
  return { page, email, headers, authorization, token: authorization.replace('Bearer ', '') }
}

/** A founder with an organization, who invites this address. */
async function invite(email: string) {
  const { token } = await signInAsNewPerson()
  const founder = clientOf(url, token)
  const { organization } = await founder.mutate(
    'createOrganization',
    { name: `Hooli ${randomUUID().slice(0, 8)}` },
    '... on CreateOrganizationPayload { organization { id name } }',
  )
  const invited = await founder.mutate('inviteMember', { organizationId: organization.id, email })
  expect(invited.__typename).toBe('InviteMemberPayload')
  const members = async () => {
    const query =
      'query($id: ID!) { organization(by: { id: $id }) { members { nodes { origin principal { ... on User { email } } } } } }'
    const { nodes } = (await founder.query(query, { id: organization.id })).organization.members
    return nodes.map((one: { origin: string; principal: { email: string } }) => [one.principal.email, one.origin])
  }
  return { organization, members }
}

test('a new person signs in, and creates an organization in GraphiQL with the token of that sign-in', async () => {
  const { page, headers, authorization, token } = await signInAsNewPerson()
  const { open, run, pasteHeaders } = await openGraphiql(page, url)
  await open('CreateOrganization')
  await pasteHeaders(headers)
  const created = await run()
  expect(created.authorization).toBe(authorization)
  expect(created.body.data).toMatchObject({ createOrganization: { __typename: 'CreateOrganizationPayload' } })
  await picture(page, 'created')
  const query = '{ viewer { principal { id } memberships { nodes { organization { name } roles { name } } } } }'
  const { viewer } = await clientOf(url, token).query(query)
  expect(Buffer.from(viewer.principal.id, 'base64url').toString()).toBe(`User:${decodeJwt(token).sub}`)
  expect(viewer.memberships.nodes).toEqual([{ organization: { name: expect.any(String) }, roles: [{ name: 'Owner' }] }])
})

test('whoever is invited follows the mailed link, signs in, and accepts (INV-7)', async () => {
  const email = newAddress()
  const { organization, members } = await invite(email)
  const page = await freshPage()
  await openMail(page, url, email, new RegExp(organization.name))
  const link = await page.locator('pre a').first().getAttribute('href')
  expect(link).toMatch(/\/invitation#token=/)
  await page.goto(link ?? '')
  await page.getByRole('heading', { name: `Join ${organization.name}` }).waitFor()
  expect(await page.getByRole('button', { name: 'Accept' }).isVisible()).toBe(false)
  await page.getByRole('button', { name: 'Sign in to answer' }).click()
  await enterCode(page, url, email)
  await page.getByRole('button', { name: 'Accept' }).waitFor()
  // The code is gone from the address, and the secret of the link is where it was.
  expect(page.url()).toBe(link)
  await picture(page, 'invitation')
  await page.getByRole('button', { name: 'Accept' }).click()
  await page.getByText('You are a member now.').waitFor()
  expect(await members()).toContainEqual([email, 'INVITATION'])
  await page.reload()
  await page.getByText('This invitation was accepted.').waitFor()
})

test('whoever is signed in with another address is told, signs in again, and declines', async () => {
  const email = newAddress()
  const { members } = await invite(email)
  const { page } = await signInAsNewPerson()
  const mailbox = await page.context().newPage()
  await openMail(mailbox, url, email, /Hooli/)
  await page.goto((await mailbox.locator('pre a').first().getAttribute('href')) ?? '')
  await page.getByRole('button', { name: 'Sign in to answer' }).click()
  // The client of development is any program on this device: it is not taken on trust.
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByRole('button', { name: 'Accept' }).click()
  await page.getByText(/is for p\S+@people.test/).waitFor()
  await page.getByRole('button', { name: 'Sign in to answer' }).click()
  await enterCode(page, url, email)
  await page.getByRole('button', { name: 'Decline' }).click()
  await page.getByText('You declined.').waitFor()
  expect((await members()).map(([one]: [string]) => one)).not.toContain(email)
})
