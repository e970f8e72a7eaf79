import { expect, test } from 'vitest'
import { managementPermissionKeys } from '../../src/auth/permissions.ts'
import { newDomain } from '../email-domains/domains.ts'
import { type Client, createClient } from '../kit/client.ts'
import { testClock } from '../kit/clock.ts'
import { outcomeOf } from '../kit/outcome.ts'
import { optionsFor } from '../kit/passkeys.ts'
import { connected, employee, type SsoWorld, signInThrough, ssoWorld } from './connectors.ts'
import { byCode, ownerThrough, refreshed, requires } from './required.ts'

/** A domain of its own, with an operator whom the configuration names by an address of it. */
function configured() {
  const domain = newDomain()
  const root = `root@${domain}`
  return { domain, root, env: { OPERATORS: `operator@tenantry.test,${root}` } }
}
const every = managementPermissionKeys.length

/** What somebody holds, as they see it, and how the gateway answers them where only operators are answered. */
async function operates(by: Client, w: SsoWorld) {
  const elsewhere = await w.organization(await w.person())
  const { viewer } = await by.query('{ viewer { managementPermissions principal { managementPermissions } } }')
  const own: string[] = viewer.principal.managementPermissions
  expect(own.toSorted()).toEqual(viewer.managementPermissions.toSorted())
  const { errors } = await by.send('{ organizations { totalCount } }')
  const query = 'query($id: ID!) { organization(by: { id: $id }) { id } }'
  const { organization } = await by.query(query, { id: elsewhere.id })
  return {
    held: viewer.managementPermissions.length,
    code: errors[0]?.extensions?.code ?? null,
    sees: organization !== null,
  }
}
const nothing = { held: 0, code: 'FORBIDDEN', sees: false }

const through = async (w: SsoWorld, email: string) => {
  const signedIn = await signInThrough(w, email)
  return { ...signedIn, client: createClient(w.app, signedIn.tokens.access_token) }
}

test('an operator by configuration who signs in through a connector manages nothing, by another sign-in all (SSO-10)', async () => {
  const { domain, root, env } = configured()
  const w = await ssoWorld({ env })
  const { connector } = await connected(w, { domain })
  const byHand = await byCode(w, connector, root)
  w.idp.person = employee(root)
  const { client, tokens } = await through(w, root)
  const { viewer } = await client.query('{ viewer { principal { id } } }')
  expect(viewer.principal.id).toBe(byHand.userId)
  // Turn by turn: what is remembered of one token is not of the other.
  for (let turn = 0; turn < 2; turn++) {
    expect(await operates(byHand, w)).toEqual({ held: every, code: null, sees: true })
    expect(await operates(client, w)).toEqual(nothing)
  }
  const own = { principalId: byHand.userId, permissions: ['USERS_READ'] }
  expect(await client.refusal('setManagementPermissions', own)).toBe('FORBIDDEN')
  expect(await refreshed({ config: await w.client(), tokens })).toBe('tokens')
})

test('an operator by grant who signs in through a connector manages nothing, by another sign-in what was granted (SSO-10)', async () => {
  const w = await ssoWorld()
  const { connector, domain: served } = await connected(w)
  const email = `ops@${served}`
  const byHand = await byCode(w, connector, email)
  const permissions = ['ORGANIZATIONS_READ', 'MANAGEMENT_WRITE']
  const given = { principalId: byHand.userId, permissions }
  expect(await outcomeOf(w.operator, 'setManagementPermissions', given)).toBe('SetManagementPermissionsPayload')
  w.idp.person = employee(email)
  const { client } = await through(w, email)
  for (let turn = 0; turn < 2; turn++) {
    expect(await operates(byHand, w)).toEqual({ held: 2, code: null, sees: true })
    expect(await operates(client, w)).toEqual(nothing)
  }
  expect(await client.refusal('setManagementPermissions', given)).toBe('FORBIDDEN')
})

test('an operator by grant gets in whatever a tenant requires, by all but the connector (SSO-5)', async () => {
  const w = await ssoWorld({ clock: testClock() })
  const { connector, domain: served } = await connected(w)
  const [ops, ada] = [`ops@${served}`, `ada@${served}`]
  const operator = await byCode(w, connector, ops)
  const other = await byCode(w, connector, ada)
  const given = { principalId: operator.userId, permissions: ['ORGANIZATIONS_READ'] }
  await w.operator.mutate('setManagementPermissions', given)
  await ownerThrough(w, `boss@${served}`)
  expect((await requires(w, connector)).ssoConnector).toMatchObject({ isRequired: true, isUsable: true })
  w.clock.advance({ minutes: 3 })
  expect(await refreshed(operator)).toBe('tokens')
  expect(await refreshed(other)).toBe('insufficient_user_authentication')
  expect((await operates(operator, w)).held).toBe(1)
  await w.operator.mutate('setManagementPermissions', { ...given, permissions: [] })
  expect(await refreshed(operator)).not.toBe('tokens')
})

test('an operator who came through a connector adds nothing to sign in with; anybody else does (SSO-10)', async () => {
  const { domain, root, env } = configured()
  const w = await ssoWorld({ env, hostname: 'localhost' })
  await connected(w, { domain })
  for (const [email, isOffered] of [
    [root, false],
    [`ada@${domain}`, true],
  ] as const) {
    w.idp.person = employee(email)
    const { browser } = await through(w, email)
    const page = await browser.open('/oidc/account')
    expect(page.html).toContain(email)
    expect(page.html.includes('Sign in with a code or a passkey to change')).toBe(!isOffered)
    expect((await optionsFor(browser, page, 'add')) !== undefined).toBe(isOffered)
    const setUp = await browser.open(`${page.url.pathname}/set-up`)
    expect(setUp.html.includes('otpauth')).toBe(isOffered)
  }
})
