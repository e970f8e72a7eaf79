import { readFile } from 'node:fs/promises'
import { buildSchema, type GraphQLObjectType } from 'graphql'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { freshDatabase } from '../kit/database.ts'
import { dataDir, startTenantry } from '../process/tenantry.ts'
import { openBrowser, openPage, picture } from './browser.ts'
import { openGraphiql } from './graphiql.ts'

const production = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://gateway.test',
  ISSUER_SECRET: 'a secret of at least 32 characters',
  TRUSTED_ISSUERS: JSON.stringify([{ issuer: 'https://id.test', audience: 'https://gateway.test/graphql' }]),
}

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

test('GraphiQL opens with examples as a demo person, and asks nobody but Tenantry for anything', async () => {
  const { page, requested } = await freshPage()
  const { tabs, editors, introspection } = await openGraphiql(page, url)
  expect(introspection.status).toBe(200)
  expect(await page.title()).toBe('Tenantry')
  expect(await tabs()).toEqual(['Me', 'Members', 'CreateOrganization', 'InviteMember', 'Invitations', 'ChangeRoles'])
  await expect.poll(async () => (await editors()).join('\n')).toMatch(/"Authorization":\s"Bearer\sey/)
  await picture(page, 'opened')
  const hosts = requested.map(address => new URL(address)).filter(({ protocol }) => !/^(blob|data):/.test(protocol))
  expect(new Set(hosts.map(({ origin }) => origin))).toEqual(new Set([url]))
})

test('each example works as it is', async () => {
  const { page } = await freshPage()
  const { tabs, open, run } = await openGraphiql(page, url)
  const outcomes: Record<string, unknown> = {}
  for (const name of await tabs()) {
    await open(name)
    const { body } = await run()
    outcomes[name] = body.errors ?? outcomeOf(body.data)
    await expect.poll(() => page.locator('.result-window').textContent()).toContain('"data"')
    await picture(page, `example-${name}`)
  }
  expect(outcomes).toEqual({
    Me: { viewer: 'here' },
    Members: { organization: 'here' },
    CreateOrganization: { createOrganization: 'CreateOrganizationPayload' },
    InviteMember: { inviteMember: 'InviteMemberPayload' },
    Invitations: { organization: 'here', viewer: 'here' },
    ChangeRoles: { changeMemberRoles: 'ChangeMemberRolesPayload' },
  })
})

test('the documentation explains a type, a field and an argument', async () => {
  const { page } = await freshPage()
  const { docs } = await openGraphiql(page, url)
  const { type, field, argument } = await describedInSchema('Organization', 'members', 'filter')
  const panel = await docs()
  await panel.getByRole('link', { name: 'Organization', exact: true }).click()
  const text = () => panel.textContent()
  await expect.poll(text).toContain(type)
  await expect.poll(text).toContain(field)
  await picture(page, 'docs-type')
  await panel.getByRole('link', { name: 'members', exact: true }).click()
  await expect.poll(text).toContain(argument)
  await picture(page, 'docs-field')
})

test('a later visit comes with a fresh token, whatever an earlier one or another program left behind', async () => {
  const { page } = await freshPage()
  const first = await openGraphiql(page, url)
  await first.open('Members')
  await first.run()
  await page.evaluate(() => {
    const headers = '{ "Authorization": "Bearer long-expired" }'
    const tab = { id: '1', title: 'Old', query: '{ __typename }', variables: null, operationName: null, response: null }
    Object.assign(localStorage, {
      'graphiql:headers': headers,
      'graphiql:persistHeaders': 'true',
      'graphiql:tabState': JSON.stringify({ tabs: [{ ...tab, headers }], activeTabIndex: 0 }),
    })
  })
  const second = await openGraphiql(page, url)
  expect(second.introspection.status).toBe(200)
  expect(second.introspection.authorization).not.toBe(first.introspection.authorization)
  expect(await second.tabs()).toEqual(await first.tabs())
  await second.open('Me')
  const { authorization, body } = await second.run()
  expect(body.errors).toBeUndefined()
  expect(authorization).toBe(second.introspection.authorization)
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }))
  expect(kept).not.toContain(String(authorization).slice(-20))
})

test.each([
  ['in production', production],
  ['where GRAPHIQL is false', { GRAPHIQL: 'false' }],
])('there is no page %s', async (_, env) => {
  const response = await pageOf(env)
  expect(response.ok).toBe(false)
  expect(await response.text()).not.toContain('<html')
})

test('where it is switched on in production, it comes without a token', async () => {
  const response = await pageOf({ ...production, GRAPHIQL: 'true' })
  expect(response.headers.get('content-type')).toContain('text/html')
  expect(await response.text()).not.toMatch(/Bearer ey/)
})

async function freshPage() {
  const opened = await openPage(browser)
  onTestFinished(() => opened.context.close())
  return opened
}

/** What a browser gets from a Tenantry that was started like this. */
async function pageOf(env: Record<string, string>): Promise<Response> {
  const database = await freshDatabase()
  onTestFinished(() => database.drop())
  const tenantry = await startTenantry({ DATABASE_URL: database.url, DATA_DIR: await dataDir(), ...env })
  await tenantry.ready()
  return fetch(`${tenantry.url}/graphql`, { headers: { accept: 'text/html,application/xhtml+xml' } })
}

/** Which type came, or that something came at all. */
function outcomeOf(data: Record<string, unknown> | null | undefined): unknown {
  if (data == null) return data
  return Object.fromEntries(
    Object.entries(data).map(([field, value]) => {
      const typename = (value as { __typename?: string } | null)?.__typename
      return [field, value === null ? null : (typename ?? 'here')]
    }),
  )
}

/** The descriptions in the committed schema, as they read once their Markdown is shown. */
async function describedInSchema(typeName: string, fieldName: string, argumentName: string) {
  const schema = buildSchema(await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8'))
  const type = schema.getType(typeName) as GraphQLObjectType
  const field = type.getFields()[fieldName]
  const argument = field?.args.find(({ name }) => name === argumentName)
  const plain = (text: string | null | undefined) => text?.replaceAll('`', '') ?? 'no description'
  return { type: plain(type.description), field: plain(field?.description), argument: plain(argument?.description) }
}
