import { describe, expect, test } from 'vitest'
import { formOf } from '../kit/browser.ts'
import type { KeyPair } from '../kit/certificates.ts'
import type { Loose } from '../kit/client.ts'
import { testClock } from '../kit/clock.ts'
import { outcomeOf } from '../kit/outcome.ts'
import * as forged from '../kit/saml.ts'
import { auditOf } from './audit.ts'
import { change, connected, ssoWorld } from './connectors.ts'
import { colleague, connectedSaml, type SamlWorld, samlWorld, toAnswer } from './saml-connectors.ts'
import { askedOfProduct, beginThere } from './starting.ts'

interface Made {
  readonly id?: string
  readonly acs?: string
  readonly audience?: string
  readonly minutes?: number
  readonly key?: KeyPair
  readonly inResponseTo?: string
}

/** A response that answers nothing, as the page of applications of a provider sends it. */
function unsolicited(w: SamlWorld, { entityId, assertionConsumerServiceUrl }: Loose, made: Made = {}) {
  const { acs = assertionConsumerServiceUrl, audience = entityId, minutes = 5, id = '_one' } = made
  const at = (away: number) => new Date(w.clock().getTime() + away * 60_000).toISOString()
  const answers = made.inResponseTo === undefined ? '' : ` InResponseTo="${made.inResponseTo}"`
  const parts = {
    ...{ id, issuer: w.idp.entityId, nameId: forged.nameId('someone') },
    confirmation: forged.confirmation(`Recipient="${acs}" NotOnOrAfter="${at(minutes)}"${answers}`),
    conditions: forged.conditions(audience, `NotOnOrAfter="${at(minutes)}"`),
  }
  const around = {
    attributes: `Destination="${acs}"${answers}`,
    issuer: `<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${w.idp.entityId}</saml:Issuer>`,
  }
  const signed = forged.sign(forged.assertion(parts), id, made.key ?? forged.idpKey)
  return forged.post(forged.response(signed, around))
}

const bring = (to: Loose, SAMLResponse: string, more: Record<string, string> = {}) =>
  fetch(to.assertionConsumerServiceUrl, { method: 'POST', body: new URLSearchParams({ SAMLResponse, ...more }) })

async function allowing(options: Parameters<typeof samlWorld>[0] = {}) {
  const w = await samlWorld(options)
  const place = await connectedSaml(w)
  const { ssoConnector } = await change(w.owner, place.connector, { allowsIdpInitiated: true })
  return { w, ...place, connector: ssoConnector as Loose }
}

test('it is off, and the page says to start at the product (SSO-4)', async () => {
  const w = await samlWorld()
  const { connector } = await connectedSaml(w)
  const answer = await bring(connector, unsolicited(w, connector))
  expect(answer.status).toBe(400)
  expect(await answer.text()).toContain('Open the product that you want to use')
  const reason = expect.stringMatching(/^UNSOLICITED: /)
  const entry = { reason, startedAt: 'PROVIDER', ipAddress: '127.0.0.1' }
  expect(await auditOf(w, 'SSO_SIGN_IN_REFUSED')).toEqual([entry])
  // What is no answer at all is nothing to tell of, and nobody fills the log by it.
  const empty = await fetch(connector.assertionConsumerServiceUrl, { method: 'POST', body: new URLSearchParams() })
  expect(empty.status).toBe(400)
  expect(await auditOf(w, 'SSO_SIGN_IN_REFUSED')).toHaveLength(1)
})

test('answers that nobody asked for are told of as often as sign-ins may be started, and no more', async () => {
  const w = await samlWorld({ clock: testClock(), isolated: true, env: { SSO_LIMIT_PER_IP: '3' } })
  const { connector } = await connectedSaml(w)
  const statuses: number[] = []
  for (let times = 0; times < 5; times++) statuses.push((await bring(connector, unsolicited(w, connector))).status)
  expect(statuses).toEqual([400, 400, 400, 429, 429])
  expect(await auditOf(w, 'SSO_SIGN_IN_REFUSED')).toHaveLength(3)
})

test('where it is on, an answer leads to the product, which begins a sign-in there: nobody types an address (SSO-4)', async () => {
  const { w, connector, domain } = await allowing()
  w.idp.person = colleague(`ada@${domain}`)
  const browser = w.browser()
  const page = `<form action="${connector.assertionConsumerServiceUrl}"><input type="hidden" name="SAMLResponse" value="${unsolicited(w, connector)}"><input type="hidden" name="RelayState" value="https://evil.com/"></form>`
  const at = await browser.submit({ ...(await browser.open('/healthz')), html: page }, '/acs')
  expect(askedOfProduct(at)).toEqual({
    iss: w.issuer,
    login_hint: expect.stringMatching(/^urn:tenantry:connector:[0-9a-f-]{36}$/),
  })
  expect([...browser.cookies.keys()]).toEqual([])
  const begun = await beginThere(w, browser, at)
  const back = await browser.submit(begun.back, '/acs')
  expect(back.url.searchParams.has('code')).toBe(true)
  expect(await auditOf(w, 'SSO_SIGN_IN_REFUSED')).toEqual([])
})

test('by itself it signs nobody in: the browser that it was brought into gets no session (login CSRF)', async () => {
  const { w, connector } = await allowing()
  const answer = await bring(connector, unsolicited(w, connector))
  expect(answer.status).toBe(200)
  expect(answer.headers.getSetCookie()).toEqual([])
  expect(answer.headers.get('refresh')).toMatch(/^0; url=https:\/\/app\.test\/start\?iss=/)
})

describe('refused, and the audit log says why:', () => {
  test.each<[string, string, Made]>([
    ['one that ended', 'EXPIRED', { minutes: -2 }],
    ['one for another service', 'AUDIENCE_MISMATCH', { audience: 'https://elsewhere.com' }],
    ['one for another address', 'DESTINATION_MISMATCH', { acs: 'https://elsewhere.com/acs' }],
    ['one signed by a stranger', 'SIGNATURE_INVALID', { key: forged.strangerKey }],
    ['one that answers a request', 'REQUEST_MISMATCH', { inResponseTo: '_request' }],
    ['one that counts for too long', 'VALID_TOO_LONG', { minutes: 25 * 60 }],
  ])('%s (SSO-4)', async (_what, reason, made) => {
    const { w, connector } = await allowing()
    const answer = await bring(connector, unsolicited(w, connector, made))
    expect(answer.status).toBe(403)
    expect(answer.headers.get('refresh')).toBeNull()
    const [entry] = await auditOf(w, 'SSO_SIGN_IN_REFUSED')
    expect(entry).toMatchObject({ reason: expect.stringMatching(new RegExp(`^${reason}: `)), startedAt: 'PROVIDER' })
  })

  test('one that was brought before, also by two at once (SSO-4)', async () => {
    const { w, connector } = await allowing()
    const response = unsolicited(w, connector)
    const answers = await Promise.all([1, 2, 3].map(() => bring(connector, response)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 403, 403])
    expect((await bring(connector, response)).status).toBe(403)
    const entries = await auditOf(w, 'SSO_SIGN_IN_REFUSED')
    expect(entries.map(({ reason }) => reason?.split(':')[0])).toEqual(['REPLAYED', 'REPLAYED', 'REPLAYED'])
  })

  test('one that was taken for a sign-in, and the other way round (SSO-4)', async () => {
    const { w, connector, domain } = await allowing()
    w.idp.person = colleague(`ada@${domain}`)
    const { page, browser } = await toAnswer(w, `ada@${domain}`)
    const { SAMLResponse = '' } = formOf(page.html, '/acs').hidden
    expect((await browser.submit(page, '/acs')).url.searchParams.has('code')).toBe(true)
    expect((await bring(connector, SAMLResponse)).status).toBe(403)
    const [entry] = await auditOf(w, 'SSO_SIGN_IN_REFUSED')
    expect(entry?.reason).toMatch(/^REQUEST_MISMATCH/)
    // With the state of the sign-in that is over, it is the answer to that one, and used.
    expect((await browser.submit(page, '/acs')).status).toBe(400)
    expect((await auditOf(w, 'SSO_SIGN_IN_REFUSED'))[0]?.reason).toMatch(/^REPLAYED: /)
  })
})

test('an unsolicited answer in place of the one that was asked for is refused (SSO-4)', async () => {
  const { w, connector, domain } = await allowing()
  w.idp.answers = () => unsolicited(w, connector)
  const { page, browser } = await toAnswer(w, `ada@${domain}`)
  expect((await browser.submit(page, '/acs')).status).toBe(403)
  expect((await auditOf(w, 'SSO_SIGN_IN_REFUSED'))[0]?.reason).toMatch(/^REQUEST_MISMATCH/)
})

test('a connector that is switched off, or has to be tested again, takes none (SSO-1)', async () => {
  const { w, connector } = await allowing()
  await change(w.owner, connector, { isEnabled: false })
  const answer = await bring(connector, unsolicited(w, connector))
  expect(answer.status).toBe(400)
  expect(await answer.text()).toContain('Open the product')
})

test('its use is kept for as long as it counts, and it is gone afterwards', async () => {
  const clock = testClock()
  const { w, connector } = await allowing({ clock })
  const response = unsolicited(w, connector)
  expect((await bring(connector, response)).status).toBe(200)
  clock.advance({ minutes: 7 })
  expect((await bring(connector, response)).status).toBe(403)
  expect((await auditOf(w, 'SSO_SIGN_IN_REFUSED'))[0]?.reason).toMatch(/^EXPIRED/)
})

describe('the switch', () => {
  test('is a change of the connector that needs no new test, in the audit log', async () => {
    const { w, connector } = await allowing()
    expect(connector.isUsable).toBe(true)
    const { node } = await w.owner.query(
      'query($id: ID!) { node(id: $id) { ... on SamlConnector { allowsIdpInitiated } } }',
      { id: connector.id },
    )
    expect(node.allowsIdpInitiated).toBe(true)
    const [entry] = await auditOf(w, 'SSO_CONNECTOR_UPDATED')
    expect(entry).toMatchObject({ allowsIdpInitiated: 'true' })
  })

  test('takes sso:manage, and is not for OpenID Connect', async () => {
    const w = await ssoWorld()
    const { connector } = await connected(w)
    const refused = await change(w.owner, connector, { allowsIdpInitiated: true })
    expect(refused.issues).toEqual([{ path: ['input', 'allowsIdpInitiated'], message: expect.any(String) }])
    await w.acme.customRole(['sso:read'], { name: 'Reader' })
    const reader = await w.acme.member({ roles: ['Reader'] })
    const input = { ssoConnectorId: connector.id, allowsIdpInitiated: false }
    expect(await outcomeOf(reader, 'updateSsoConnector', input)).toBe('FORBIDDEN')
    const stranger = await w.person()
    expect(await outcomeOf(stranger, 'updateSsoConnector', input)).toBe('NOT_FOUND')
  })
})
