import { describe, expect, test } from 'vitest'
import type { Client, Loose } from '../kit/client.ts'
import { testClock } from '../kit/clock.ts'
import { written } from '../kit/journal.ts'
import { host, outside, privateAddress, publicAddress, secureServer } from '../kit/outside.ts'
import { idpKey, nextIdpKey, strangerKey } from '../kit/saml.ts'
import { samlProvider } from '../kit/saml-provider.ts'
import { issuerWorld } from '../kit/sign-in.ts'
import { auditOf } from './audit.ts'
import { change, shown } from './connectors.ts'
import {
  byUrl,
  colleague,
  connectedSaml,
  connectSaml,
  type SamlWorld,
  samlWorld,
  signInBySaml,
  trySaml,
} from './saml-connectors.ts'

const refresh = (by: Client, { id }: Loose) =>
  by.mutate(
    'refreshSsoConnector',
    { ssoConnectorId: id },
    `... on RefreshSsoConnectorPayload { ssoConnector { ${shown} } } ... on InvalidInputError { issues { message } }`,
  )

/** As the owner sees it, whose token may have expired meanwhile. */
async function seen(w: SamlWorld, { id }: Loose): Promise<Loose> {
  const owner = await w.person(w.owner.email)
  return (await owner.query(`query($id: ID!) { node(id: $id) { ... on SsoConnector { ${shown} } } }`, { id })).node
}

describe('a provider of SAML is connected', () => {
  test('by the address of its metadata; what its IT needs is told, and no private key (SSO-1, SSO-8)', async () => {
    const w = await samlWorld()
    const { result, audit, outbox } = await written(w, () => connectSaml(w.owner, w.acme, byUrl(w.idp)))
    const made = result.ssoConnector
    expect(made).toMatchObject({
      ...{ __typename: 'SamlConnector', isEnabled: false, isUsable: false, trustsEmail: true, preset: null },
      ...{ idpEntityId: w.idp.entityId, signInUrl: `${w.idp.issuer}/sso`, idpMetadataUrl: w.idp.metadataUrl },
      ...{ signInBinding: 'REDIRECT', signsRequests: false, metadataProblem: null, certificateExpiresSoon: false },
      ...{ entityId: made.metadataUrl, certificates: [{ fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}/) }] },
      assertionConsumerServiceUrl: made.metadataUrl.replace(/metadata$/, 'acs'),
    })
    expect(made.certificateExpiresAt).toBe(made.certificates[0].expiresAt)
    expect(audit.map(entry => entry.action)).toEqual(['SSO_CONNECTOR_CREATED'])
    expect(outbox.map(event => event.type)).toEqual(['SSO_CONNECTOR_CREATED'])
    expect(JSON.stringify([result, audit, outbox])).not.toContain('PRIVATE KEY')
    const ours = await fetch(made.metadataUrl)
    expect(ours.headers.get('content-type')).toBe('application/samlmetadata+xml')
    const xml = await ours.text()
    expect(xml).toContain(`entityID="${made.entityId}"`)
    expect(xml).toContain(`Location="${made.assertionConsumerServiceUrl}"`)
    expect(xml).toMatch(/KeyDescriptor use="encryption"/)
    expect(xml).not.toContain('PRIVATE')
  })

  test('by the text of its metadata, with the names of a preset and of its own', async () => {
    const w = await samlWorld()
    const xml = await w.idp.metadata().text()
    const saml = {
      metadata: { xml },
      preset: 'GOOGLE_WORKSPACE',
      attributes: { groups: ['department'], subject: ['id'] },
    }
    const { ssoConnector } = await connectSaml(w.owner, w.acme, saml)
    expect(ssoConnector).toMatchObject({
      ...{ idpMetadataUrl: null, preset: 'GOOGLE_WORKSPACE' },
      attributeNames: { email: ['email'], givenName: ['firstName'], groups: ['department'], subject: ['id'] },
    })
    expect((await refresh(w.owner, ssoConnector)).issues[0].message).toContain('no address')
  })

  test('no two have the same keys (SSO-8)', async () => {
    const w = await samlWorld()
    const made = [await connectSaml(w.owner, w.acme, byUrl(w.idp)), await connectSaml(w.owner, w.acme, byUrl(w.idp))]
    const certificates = await Promise.all(
      made.map(async ({ ssoConnector }) => {
        const xml = await (await fetch(ssoConnector.metadataUrl)).text()
        return [...xml.matchAll(/<ds:X509Certificate>([^<]+)</g)].map(([, found]) => found)
      }),
    )
    expect(new Set(certificates.flat()).size).toBe(certificates.flat().length)
  })
})

describe('nothing is stored', () => {
  test.each<[string, () => Response, string]>([
    ['when there is nothing at the address', () => new Response('', { status: 404 }), 'answers with 404'],
    ['when it is no metadata', () => new Response('<html/>'), 'no SAML 2.0 metadata'],
  ])('%s (SSO-1)', async (_what, answer, told) => {
    const w = await samlWorld()
    w.idp.metadata = answer
    const { result, audit } = await written(w, () => connectSaml(w.owner, w.acme, byUrl(w.idp)))
    expect(result).toMatchObject({ __typename: 'SsoConfigurationError', message: expect.stringContaining(told) })
    expect(audit).toEqual([])
  })

  test.each<[string, string]>([
    ['that has entities (XXE)', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'],
    ['that is a bomb', `<a>${'<b>'.repeat(100)}${'</b>'.repeat(100)}</a>`],
  ])('of metadata %s, and the audit log says so', async (_what, xml) => {
    const w = await samlWorld()
    w.idp.metadata = () => new Response(xml)
    for (const metadata of [{ url: w.idp.metadataUrl }, { xml }]) {
      const { result, audit } = await written(w, () => connectSaml(w.owner, w.acme, { metadata }))
      expect(result.__typename).toBe('SsoConfigurationError')
      expect(audit).toMatchObject([{ action: 'WRITE_REFUSED', changes: [{ field: 'reason', after: result.message }] }])
    }
  })

  test('when the address is not public, or not https (SSO-7)', async () => {
    const { fetchOutside, dns } = await outside()
    dns.addresses.set('inside.example', () => ['10.0.0.1'])
    const w = await issuerWorld({ fetchOutside })
    const at = (url: string) => connectSaml(w.owner, w.acme, { metadata: { url } })
    expect(await at('https://inside.example/metadata')).toMatchObject({
      ...{ __typename: 'SsoConfigurationError', message: expect.stringContaining('no public IP address') },
    })
    expect(await at('https://169.254.169.254/metadata')).toMatchObject({ __typename: 'SsoConfigurationError' })
    const reasons = (await auditOf(w, 'WRITE_REFUSED')).map(({ reason }) => reason)
    const reason = 'The host of the address has no public IP address, or not only public ones.'
    expect(reasons).toEqual([reason, reason])
    expect((await at('http://idp.example/metadata')).issues[0].path.slice(-2)).toEqual(['metadata', 'url'])
  })

  test.each<[string, string]>([
    ['that redirects into our network', `https://${privateAddress}/metadata`],
    ['that redirects to a name of our network', 'https://inside.example/metadata'],
    ['that redirects to http', `http://${host}/metadata`],
  ])('of a server %s, and the audit log says so (SSO-7)', async (_what, location) => {
    const { fetchOutside, dns } = await outside()
    dns.addresses.set('inside.example', () => [privateAddress])
    const port = await secureServer(publicAddress, (_, response) => response.writeHead(302, { location }).end())
    const w = await issuerWorld({ fetchOutside })
    const url = `https://${host}:${port}/metadata`
    const { result, audit } = await written(w, () => connectSaml(w.owner, w.acme, { metadata: { url } }))
    expect(result.__typename).toBe('SsoConfigurationError')
    expect(audit).toMatchObject([{ action: 'WRITE_REFUSED', changes: [{ field: 'reason', after: result.message }] }])
  })

  test('of a name that leads elsewhere once it is asked again (DNS rebinding), and the audit log says so (SSO-7)', async () => {
    const idp = await samlProvider(host)
    const port = await secureServer(publicAddress, async (_request, response) => {
      response.end(await idp.metadata().text())
    })
    const { fetchOutside, dns } = await outside()
    const w = await issuerWorld({ fetchOutside })
    const url = `https://${host}:${port}/metadata`
    const made = (await connectSaml(w.owner, w.acme, { metadata: { url } })).ssoConnector
    dns.addresses.set(host, () => [privateAddress])
    const { result, audit } = await written(w, () => refresh(w.owner, made))
    expect(result).toMatchObject({ message: expect.stringContaining('no public IP address') })
    expect(audit).toMatchObject([{ changes: [{ field: 'reason', after: result.message }] }])
  })

  test('and what is public is read by the very same way (SSO-7)', async () => {
    const idp = await samlProvider(host)
    const port = await secureServer(publicAddress, async (_request, response) => {
      response.end(await idp.metadata().text())
    })
    const { fetchOutside } = await outside()
    const w = await issuerWorld({ fetchOutside })
    const made = await connectSaml(w.owner, w.acme, { metadata: { url: `https://${host}:${port}/metadata` } })
    expect(made.ssoConnector.idpEntityId).toBe(idp.entityId)
  })
})

test('a connector keeps its protocol', async () => {
  const w = await samlWorld()
  const { ssoConnector } = await connectSaml(w.owner, w.acme, byUrl(w.idp))
  const oidc = { issuer: 'https://idp.com', clientId: 'a', clientSecret: 'b' }
  expect(await change(w.owner, ssoConnector, { settings: { oidc } })).toMatchObject({
    __typename: 'InvalidInputError',
    issues: [{ path: ['input', 'settings'] }],
  })
})

describe('certificates follow one another without a break (SSO-8)', () => {
  test('both are trusted while the metadata has both, and the old one no more when it is gone', async () => {
    const w = await samlWorld()
    const { connector, domain } = await connectedSaml(w)
    const person = colleague(`ada@${domain}`)
    w.idp.person = person
    w.idp.certificates = [idpKey, nextIdpKey]
    const { result, audit } = await written(w, () => refresh(w.owner, connector))
    expect(result.ssoConnector).toMatchObject({ isUsable: true, certificates: [{}, {}] })
    expect(audit).toMatchObject([{ action: 'SSO_CONNECTOR_UPDATED', changes: [{ field: 'certificates' }] }])
    await signInBySaml(w, `ada@${domain}`)
    w.idp.key = nextIdpKey
    await signInBySaml(w, `ada@${domain}`)
    w.idp.certificates = [nextIdpKey]
    expect((await refresh(w.owner, connector)).ssoConnector.certificates).toHaveLength(1)
    await signInBySaml(w, `ada@${domain}`)
    w.idp.key = idpKey
    await expect(signInBySaml(w, `ada@${domain}`)).rejects.toThrow('did not work')
  })

  test('by themselves, every six hours; what cannot be read changes nothing, and is shown', async () => {
    const clock = testClock()
    const w = await samlWorld({ clock, isolated: true })
    const { connector, domain } = await connectedSaml(w)
    w.idp.person = colleague(`ada@${domain}`)
    w.idp.certificates = [idpKey, nextIdpKey]
    await w.app.lookAfterConnectors()
    expect((await seen(w, connector)).certificates).toHaveLength(1)
    clock.advance({ hours: 6, minutes: 1 })
    await w.app.lookAfterConnectors()
    expect(await seen(w, connector)).toMatchObject({ isUsable: true, certificates: [{}, {}] })
    const itself = w.idp.metadata
    w.idp.metadata = () => new Response('gone', { status: 500 })
    clock.advance({ hours: 7 })
    await w.app.lookAfterConnectors()
    const failed = await seen(w, connector)
    expect(failed).toMatchObject({ isUsable: true, certificates: [{}, {}] })
    expect(failed.metadataProblem).toContain('answers with 500')
    await signInBySaml(w, `ada@${domain}`)
    w.idp.metadata = itself
    clock.advance({ hours: 7 })
    await w.app.lookAfterConnectors()
    expect((await seen(w, connector)).metadataProblem).toBeNull()
  })

  test('metadata of another provider at the same address is refused: it would make strangers of all', async () => {
    const [one, other] = [await samlProvider(), await samlProvider()]
    const w = await samlWorld({}, [one, other])
    const { connector } = await connectedSaml(w)
    one.metadata = other.metadata
    expect(await refresh(w.owner, connector)).toMatchObject({
      __typename: 'SsoConfigurationError',
      message: expect.stringContaining('another provider'),
    })
    expect((await seen(w, connector)).idpEntityId).toBe(one.entityId)
  })

  test('by text: with one that was there before nothing needs a new test, with none it does', async () => {
    const w = await samlWorld()
    const { connector } = await connectedSaml(w)
    const textWith = async (...keys: (typeof idpKey)[]) => {
      w.idp.certificates = keys
      return { settings: { saml: { metadata: { xml: await w.idp.metadata().text() } } } }
    }
    const both = await change(w.owner, connector, await textWith(idpKey, nextIdpKey))
    expect(both.ssoConnector).toMatchObject({ isUsable: true, certificates: [{}, {}] })
    const other = await change(w.owner, connector, await textWith(strangerKey))
    expect(other.ssoConnector).toMatchObject({ isUsable: false, testedAt: null })
  })

  test('their end is told 30 days ahead, once, to the audit log and by an event', async () => {
    const clock = testClock()
    const w = await samlWorld({ clock, isolated: true })
    const { connector } = await connectedSaml(w)
    const { expiresAt } = connector.certificates[0]
    const days = (new Date(expiresAt).getTime() - clock().getTime()) / 86_400_000
    clock.advance({ days: days - 31 })
    expect((await written(w, () => w.app.lookAfterConnectors())).audit).toEqual([])
    expect((await seen(w, connector)).certificateExpiresSoon).toBe(false)
    clock.advance({ days: 2 })
    const told = await written(w, () => w.app.lookAfterConnectors())
    expect(told.audit).toMatchObject([{ action: 'SSO_CERTIFICATE_EXPIRING', changes: [{ field: 'expiresAt' }] }])
    expect(told.outbox).toMatchObject([{ type: 'SSO_CERTIFICATE_EXPIRING' }])
    expect((await seen(w, connector)).certificateExpiresSoon).toBe(true)
    clock.advance({ days: 1 })
    expect((await written(w, () => w.app.lookAfterConnectors())).audit).toEqual([])
  })

  test('people sign in beyond it: nobody is locked out at midnight', async () => {
    const clock = testClock()
    const w = await samlWorld({ clock })
    const { connector, domain } = await connectedSaml(w)
    clock.advance({ days: 400 })
    expect((await seen(w, connector)).certificateExpiresSoon).toBe(true)
    w.idp.person = colleague(`ada@${domain}`)
    await trySaml({ ...w, owner: { ...w.owner, ...(await w.person(w.owner.email)) } }, connector)
    expect((await seen(w, connector)).lastTest.isPassed).toBe(true)
  })
})

test('the presets say for SAML, too, what to do (SSO-1)', async () => {
  const w = await samlWorld()
  const { ssoPresets } = await w.owner.query(
    '{ ssoPresets { provider saml { metadataUrlPattern steps attributeNames { email groups } } } }',
  )
  expect(ssoPresets).toMatchObject([
    { provider: 'MICROSOFT_ENTRA_ID', saml: { metadataUrlPattern: expect.stringContaining('<tenant id>') } },
    { provider: 'OKTA', saml: { attributeNames: { email: ['email'] } } },
    { provider: 'GOOGLE_WORKSPACE', saml: { metadataUrlPattern: null } },
  ])
})

test('our metadata is there for connectors of SAML alone', async () => {
  const w = await samlWorld()
  const { ssoConnector } = await connectSaml(w.owner, w.acme, byUrl(w.idp))
  const unknown = ssoConnector.metadataUrl.replace(/[0-9a-f]{12}\/metadata$/, '000000000000/metadata')
  expect((await fetch(unknown)).status).toBe(404)
  expect((await fetch(ssoConnector.metadataUrl, { method: 'POST' })).status).toBe(405)
})
