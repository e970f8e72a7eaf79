import { randomUUID } from 'node:crypto'
import { decodeJwt } from 'jose'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { createService } from '../../examples/resource-server/service.ts'
import { createVerifier } from '../../examples/resource-server/verify.ts'
import { createPageServer } from '../../examples/spa/server.ts'
import { openDevelopmentIssuer } from '../../src/auth/development-issuer.ts'
import { people } from '../../src/demo.ts'
import { createNotePermissions } from '../client/notes.ts'
import { listen } from '../kit/listening.ts'
import { dataDir, freePort, startTenantry } from '../process/tenantry.ts'
import { openBrowser, openPage, picture } from './browser.ts'
import { clientOf, enterCode } from './sign-in.ts'

let browser: Browser
let gateway: string
/** The application, by the client as which it signs people in. */
const applications: Record<string, string> = {}
const cleanups: (() => Promise<void>)[] = []
const later = (clean: () => Promise<void>) => void cleanups.push(clean)
beforeAll(async () => {
  browser = await openBrowser()
  later(() => browser.close())
  const port = String(await freePort())
  gateway = `http://127.0.0.1:${port}`
  const origins: string[] = []
  const notes = await listen(createService({ verify: createVerifier({ gateway }), origins }))
  later(notes.close)
  const places = { issuer: `${gateway}/oidc`, graphql: `${gateway}/graphql`, notes: notes.url }
  for (const clientId of ['development', 'notes']) {
    const { url, close } = await listen(createPageServer({ ...places, clientId, scope: 'note:read note:write' }))
    later(close)
    applications[clientId] = url
    origins.push(url)
  }
  const folder = await dataDir(later)
  const own = `${applications.notes}/`
  const env = {
    DATA_DIR: folder,
    PORT: port,
    CORS_ORIGINS: origins.join(','),
    APPLICATIONS: JSON.stringify([
      { clientId: 'notes', name: 'Notes', kind: 'SPA', redirectUris: [own], postLogoutRedirectUris: [own] },
    ]),
  }
  const tenantry = await startTenantry(env, later)
  await tenantry.ready()
  const issuer = await openDevelopmentIssuer(folder, () => new Date())
  const operator = clientOf(gateway, await issuer.sign(people.operator.email))
  const created = await createNotePermissions(operator)
  const { organizationTemplate } = await operator.query(
    '{ organizationTemplate { ownerRole { id permissions { id } } } }',
  )
  const { id: roleId, permissions } = organizationTemplate.ownerRole
  const permissionIds = [...permissions.map((one: { id: string }) => one.id), ...created]
  const updated = await operator.mutate('updateRole', { roleId, permissionIds })
  expect(updated.__typename).toBe('UpdateRolePayload')
})
afterAll(async () => {
  for (const clean of cleanups.reverse()) await clean()
})

test.each(['development', 'notes'])(
  'a new person signs in by the client "%s", and goes from one organization to another without signing in again',
  async client => {
    const application = applications[client] ?? ''
    const { page, context } = await openPage(browser)
    onTestFinished(() => context.close())
    const asked = tokenRequests(page)
    const email = `person-${randomUUID()}@people.test`
    await page.goto(application)
    await page.getByText('You are not signed in.').waitFor()
    await page.getByRole('button', { name: 'Sign in' }).click()
    await enterCode(page, gateway, email)
    await page.getByText(`Signed in as ${email}`).waitFor()
    expect(page.url()).toBe(`${application}/`)

    for (const name of ['Hooli', 'Globex']) {
      await page.getByLabel('New organization').fill(name)
      await page.getByRole('button', { name: 'Create' }).click()
      await page.getByRole('list', { name: 'Your organizations' }).getByRole('button', { name }).waitFor()
    }
    for (const name of ['Hooli', 'Globex', 'Hooli']) {
      await page.getByRole('button', { name }).click()
      await page.getByText(`You act in ${name}.`).waitFor()
      expect(await page.locator('#claims').textContent()).toMatch(new RegExp(`^Organization${name.toLowerCase()}`))
      expect(await page.getByRole('button', { name }).getAttribute('aria-current')).toBe('true')
    }
    await picture(page, 'spa-switched')

    // One sign-in, and a refresh for each organization; the third time the token is still good.
    expect(asked.map(({ grant }) => grant)).toEqual(['authorization_code', 'refresh_token', 'refresh_token'])
    const [forGateway, hooli, globex] = await Promise.all(asked.map(({ token }) => token))
    expect(forGateway).toMatchObject({ aud: `${gateway}/graphql`, sub: hooli?.sub })
    expect(hooli).toMatchObject({
      organization_slug: expect.stringMatching(/^hooli/),
      aud: `urn:tenantry:organization:${hooli?.organization_id}`,
    })
    expect(globex).toMatchObject({ organization_slug: expect.stringMatching(/^globex/), sub: hooli?.sub })
    for (const token of [hooli, globex]) expect(token?.scope).toBe('note:read note:write')
    expect(globex?.organization_id).not.toBe(hooli?.organization_id)

    // What was written in one organization is not seen in the other.
    await page.getByLabel('New note').fill('Only for Hooli')
    await page.getByRole('button', { name: 'Write' }).click()
    const notes = page.getByRole('list', { name: 'Notes' })
    await expect.poll(() => notes.allInnerTexts()).toEqual(['Only for Hooli'])
    await page.getByRole('button', { name: 'Globex' }).click()
    await expect.poll(() => notes.allInnerTexts()).toEqual([''])
    await page.getByRole('button', { name: 'Hooli' }).click()
    await expect.poll(() => notes.allInnerTexts()).toEqual(['Only for Hooli'])

    // Nothing that outlives the page knows a token.
    expect(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))).toBe('[{},{}]')

    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('You are not signed in.').waitFor()
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByLabel('Email address').waitFor()
  },
)

test('an answer that the page did not ask for signs nobody in (login CSRF)', async () => {
  const application = applications.notes ?? ''
  const { page, context } = await openPage(browser)
  onTestFinished(() => context.close())
  const asked = tokenRequests(page)
  const answer = new URLSearchParams({ code: 'of-an-attacker', state: 'x', iss: `${gateway}/oidc` })
  await page.goto(`${application}/?${answer}`)
  await page.getByText('This answer is not to a question of this page.').waitFor()
  expect(page.url()).toBe(`${application}/`)
  expect(asked).toEqual([])
})

test('whoever changes their mind comes back, and is told', async () => {
  const application = applications.notes ?? ''
  const { page, context } = await openPage(browser)
  onTestFinished(() => context.close())
  await page.goto(application)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByText('the user does not want to').waitFor()
  expect(await page.getByRole('button', { name: 'Sign in' }).isVisible()).toBe(true)
})

test('an organization that asks for more than the sign-in showed says so, and another sign-in is a click away', async () => {
  const { page, context } = await openPage(browser)
  onTestFinished(() => context.close())
  const answered = page.waitForResponse(one => one.url() === `${gateway}/oidc/token`)
  await page.goto(applications.notes ?? '')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await enterCode(page, gateway, `person-${randomUUID()}@people.test`)
  const owner = clientOf(gateway, (await (await answered).json()).access_token)
  const strict = await owner.mutate(
    'createOrganization',
    { name: 'Strict' },
    '... on CreateOrganizationPayload { organization { id } }',
  )
  const policy = { organizationId: strict.organization.id, requiresMfa: true }
  expect((await owner.mutate('updateSignInPolicy', policy)).__typename).toBe('UpdateSignInPolicyPayload')
  await page.getByLabel('New organization').fill('Open')
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('button', { name: 'Open' }).waitFor()
  await page.getByRole('button', { name: 'Strict' }).click()
  await page.getByText('This organization asks for a second factor').waitFor()
  // The refusal used nothing up.
  await page.getByRole('button', { name: 'Open' }).click()
  await page.getByText('You act in Open.').waitFor()
  // The issuer knows this browser, and asks all the same.
  await page.getByRole('button', { name: 'Strict' }).click()
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('Email address').waitFor()
})

/** What the page asks of the token endpoint, and what the access tokens say that it gets. */
function tokenRequests(page: Page) {
  const asked: { grant: string | null; token: Promise<Record<string, unknown>> }[] = []
  page.on('response', response => {
    const request = response.request()
    if (new URL(request.url()).pathname !== '/oidc/token') return
    const token = response.json().then(body => decodeJwt(body.access_token))
    asked.push({ grant: new URLSearchParams(request.postData() ?? '').get('grant_type'), token })
  })
  return asked
}
