import { describe, expect, test } from 'vitest'
import { claim, newDomain } from '../email-domains/domains.ts'
import { identityProvider } from '../kit/identity-provider.ts'
import { wholeJournal, written } from '../kit/journal.ts'
import { outside } from '../kit/outside.ts'
import { rowsWith } from '../organizations/purging.ts'
import {
  change,
  connect,
  connected,
  connectorsOf,
  employee,
  provedDomain,
  settingsFor,
  ssoWorld,
  tryConnector,
} from './connectors.ts'

test('a connector shows what it is, and never its secret (SSO-8)', async () => {
  const w = await ssoWorld()
  const domain = await provedDomain(w, w.owner, w.acme)
  const {
    result: made,
    audit,
    outbox,
  } = await written(w, () =>
    connect(w.owner, w.acme, w.idp, { emailDomainIds: [domain.id] }, { attributes: { groups: 'teams' } }),
  )
  expect(made.ssoConnector).toMatchObject({
    ...{ name: 'Provider', isEnabled: false, isRequired: false, isUsable: false, testedAt: null, lastTest: null },
    ...{ issuer: w.idp.issuer, clientId: 'tenantry', scopes: ['openid', 'profile', 'email'], trustsEmail: false },
    attributes: { name: 'name', email: 'email', picture: 'picture', groups: 'teams' },
    redirectUri: expect.stringMatching(new RegExp(`^${w.origin}/sso/[0-9a-f-]{36}/callback$`)),
    emailDomains: [{ id: domain.id, domain: domain.domain }],
    viewerCanManage: true,
  })
  expect(audit.map(entry => entry.action)).toEqual(['SSO_CONNECTOR_CREATED'])
  expect(outbox.map(event => event.type)).toEqual(['SSO_CONNECTOR_CREATED'])
  expect(await rowsWith(w, w.idp.clientSecret)).toEqual([])
  expect(JSON.stringify(made) + (await wholeJournal(w)) + w.log.join('')).not.toContain(w.idp.clientSecret)
})

describe('nothing is stored of a provider', () => {
  test.each([
    ['that is out of reach', () => Promise.reject(new TypeError('fetch failed'))],
    ['that is no provider', () => new Response('hello')],
    ['that calls itself by another name', () => Response.json({ issuer: 'https://elsewhere.com' })],
  ])('%s (SSO-1)', async (_what, instead) => {
    const w = await ssoWorld()
    w.idp.instead = instead
    const { result, audit } = await written(w, () => connect(w.owner, w.acme, w.idp))
    expect(result).toMatchObject({ __typename: 'SsoConfigurationError', message: expect.stringContaining('provider') })
    expect(audit).toEqual([])
    expect(await connectorsOf(w.owner, w.acme)).toEqual([])
  })

  test.each(['https://10.0.0.1', 'https://169.254.169.254', 'https://inside.example', 'https://[::1]'])(
    'that is in our network, and the audit log says so (SSO-7): %s',
    async issuer => {
      const { fetchOutside, dns } = await outside()
      dns.addresses.set('inside.example', () => ['10.0.0.1'])
      const w = await ssoWorld({ fetchOutside })
      const { result, audit } = await written(w, () => connect(w.owner, w.acme, { ...w.idp, issuer }))
      const message = 'The host of the address has no public IP address, or not only public ones.'
      expect(result).toMatchObject({ __typename: 'SsoConfigurationError', message })
      expect(audit).toMatchObject([{ action: 'WRITE_REFUSED', changes: [{ field: 'reason', after: message }] }])
    },
  )

  test('that speaks for every tenant of Microsoft at once (SSO-3)', async () => {
    const idp = await identityProvider('login.microsoftonline.com')
    const w = await ssoWorld({}, [idp])
    const tenant = 'https://login.microsoftonline.com/{tenantid}/v2.0'
    idp.instead = async (_url, answer) => Response.json({ ...((await answer.json()) as object), issuer: tenant })
    const common = { ...idp, issuer: 'https://login.microsoftonline.com/common/v2.0' }
    expect((await connect(w.owner, w.acme, common)).__typename).toBe('SsoConfigurationError')
  })

  test('that has people sign in without https (SSO-1)', async () => {
    const w = await ssoWorld()
    w.idp.instead = async (_url, answer) =>
      Response.json({ ...((await answer.json()) as object), authorization_endpoint: 'http://elsewhere.com/auth' })
    expect((await connect(w.owner, w.acme, w.idp)).__typename).toBe('SsoConfigurationError')
  })
})

test.each([
  ['settings.oidc.issuer', { issuer: 'http://idp.com' }],
  ['settings.oidc.issuer', { issuer: 'https://user:word@idp.com' }],
  ['settings.oidc.issuer', { issuer: 'https://idp.com/?tenant=a' }],
  ['settings.oidc.clientId', { clientId: '' }],
  ['settings.oidc.clientSecret', { clientSecret: null }],
  ['settings.oidc.scopes.0', { scopes: ['two words'] }],
])('%s is refused: %j', async (path, oidc) => {
  const w = await ssoWorld()
  const refused = await connect(w.owner, w.acme, w.idp, {}, oidc)
  expect(refused.issues).toEqual([{ path: ['input', ...path.split('.')], message: expect.any(String) }])
})

test('it serves domains of its own organization, proved, and each by one connector (SSO-2)', async () => {
  const w = await ssoWorld()
  const { connector, emailDomainId } = await connected(w)
  const rival = await w.person()
  const theirs = await provedDomain(w, rival, await w.organization(rival))
  const pending = await claim(w.owner, w.acme, newDomain())
  const outcome = async (id: string) => (await connect(w.owner, w.acme, w.idp, { emailDomainIds: [id] })).__typename
  expect(await outcome(theirs.id)).toBe('InvalidInputError')
  expect(await outcome(emailDomainId)).toBe('InvalidInputError')
  expect(await outcome(pending.id)).toBe('DomainNotVerifiedError')
  const none = await change(w.owner, connector, { emailDomainIds: [] })
  expect(none.ssoConnector.emailDomains).toEqual([])
  expect(await outcome(emailDomainId)).toBe('CreateSsoConnectorPayload')
})

test('a secret stays with its issuer: nobody has it sent elsewhere (SSO-8)', async () => {
  const [idp, evil] = [await identityProvider(), await identityProvider()]
  const w = await ssoWorld({}, [idp, evil])
  const { connector } = await connected(w)
  const { clientSecret: _, ...without } = settingsFor(evil).oidc
  const refused = await change(w.owner, connector, { settings: { oidc: without } })
  expect(refused.__typename).toBe('InvalidInputError')
  expect((await change(w.owner, connector, {})).ssoConnector).toMatchObject({ issuer: idp.issuer, isUsable: true })
})

test('other settings have to be tested again, another name has not (SSO-1)', async () => {
  const w = await ssoWorld()
  const { connector, domain } = await connected(w)
  expect((await change(w.owner, connector, { name: 'Renamed' })).ssoConnector.isUsable).toBe(true)
  const { issuer, clientId } = w.idp
  const changed = await change(w.owner, connector, { settings: { oidc: { issuer, clientId, trustsEmail: true } } })
  expect(changed.ssoConnector).toMatchObject({ isUsable: false, isEnabled: true, testedAt: null, lastTest: null })
  w.idp.person = employee(`ada@${domain}`)
  await tryConnector(w, w.owner, connector)
  expect((await change(w.owner, connector, {})).ssoConnector.isUsable).toBe(true)
})

test('a test shows each step, and what the provider sent, without tokens (SSO-1)', async () => {
  const w = await ssoWorld()
  const { connector } = await connected(w)
  w.idp.person = employee('ada@elsewhere.com', { name: '<b>Ada</b>' })
  const page = await tryConnector(w, w.owner, connector)
  expect(page.html).toContain('DOMAIN, failed')
  expect(page.html).toContain('&lt;b&gt;Ada')
  const { lastTest, isUsable } = (await change(w.owner, connector, {})).ssoConnector
  expect(lastTest.isPassed).toBe(false)
  expect(lastTest.steps.map((step: { name: string; isPassed: boolean }) => [step.name, step.isPassed])).toEqual([
    ...[
      ['DISCOVERY', true],
      ['RESPONSE', true],
      ['TOKENS', true],
      ['EMAIL', true],
    ],
    ['DOMAIN', false],
  ])
  expect(lastTest.attributes).toContainEqual({ name: 'email', value: 'ada@elsewhere.com' })
  expect(JSON.stringify(lastTest)).not.toContain('eyJ')
  // What passed before with these settings stands.
  expect(isUsable).toBe(true)
})

test('a test that was started with other settings comes to nothing (SSO-1)', async () => {
  const w = await ssoWorld()
  const { connector, domain } = await connected(w)
  const selection = '... on StartSsoConnectorTestPayload { url }'
  const { url } = await w.owner.mutate('startSsoConnectorTest', { ssoConnectorId: connector.id }, selection)
  const { issuer, clientId } = w.idp
  await change(w.owner, connector, { settings: { oidc: { issuer, clientId, trustsEmail: true } } })
  w.idp.person = employee(`ada@${domain}`)
  expect((await w.browser().open(url)).html).toContain('RESPONSE, failed')
  expect((await change(w.owner, connector, {})).ssoConnector).toMatchObject({ isUsable: false, lastTest: null })
})

test('without sso:read they are null, and strangers find no connector (SSO-8)', async () => {
  const w = await ssoWorld()
  const { connector } = await connected(w)
  const reader = await w.acme.member({ roles: [] })
  expect(await connectorsOf(reader, w.acme)).toBeNull()
  const stranger = await w.person()
  for (const [name, input] of [
    ['updateSsoConnector', { ssoConnectorId: connector.id, isEnabled: false }],
    ['startSsoConnectorTest', { ssoConnectorId: connector.id }],
    ['deleteSsoConnector', { ssoConnectorId: connector.id }],
  ] as const) {
    expect(await stranger.refusal(name, input)).toBe('NOT_FOUND')
    expect(await reader.refusal(name, input)).toBe('NOT_FOUND')
  }
  expect(
    await reader.refusal('createSsoConnector', { organizationId: w.acme.id, name: 'X', settings: settingsFor(w.idp) }),
  ).toBe('FORBIDDEN')
})

test('a deleted connector is gone, and those who signed in through it stay', async () => {
  const w = await ssoWorld()
  const { connector } = await connected(w)
  const { result, audit } = await written(w, () =>
    w.owner.mutate(
      'deleteSsoConnector',
      { ssoConnectorId: connector.id },
      '... on DeleteSsoConnectorPayload { deletedSsoConnectorId organization { ssoConnectors { id } } }',
    ),
  )
  expect(result).toMatchObject({ deletedSsoConnectorId: connector.id, organization: { ssoConnectors: [] } })
  expect(audit.map(entry => entry.action)).toEqual(['SSO_CONNECTOR_DELETED'])
})
