import { describe, expect, test } from 'vitest'
import { createBrowser, formOf } from '../kit/browser.ts'
import { testClock } from '../kit/clock.ts'
import * as forged from '../kit/saml.ts'
import { type AskedBySaml, postPage, samlProvider } from '../kit/saml-provider.ts'
import { problemOn } from './connectors.ts'
import { type ConnectedSaml, colleague, connectedSaml, type SamlWorld, samlWorld, toAnswer } from './saml-connectors.ts'

const victim = ({ domain }: ConnectedSaml) => `victim@${domain}`

/** The parts of a response that answers, each by hand. */
function handMade(w: SamlWorld, asked: AskedBySaml, email: string) {
  const at = (minutes: number) => new Date(w.clock().getTime() + minutes * 60_000).toISOString()
  const { requestId, acsUrl, audience } = asked
  const parts = {
    issuer: w.idp.entityId,
    nameId: forged.nameId('forged'),
    confirmation: forged.confirmation(`Recipient="${acsUrl}" InResponseTo="${requestId}" NotOnOrAfter="${at(5)}"`),
    conditions: forged.conditions(audience, `NotBefore="${at(-1)}" NotOnOrAfter="${at(5)}"`),
    attributes: forged.attributes({ email: [email] }),
  }
  const around = {
    attributes: `Destination="${acsUrl}" InResponseTo="${requestId}"`,
    issuer: `<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${w.idp.entityId}</saml:Issuer>`,
  }
  return { parts, around, at }
}

async function reasonsIn(w: SamlWorld): Promise<string[]> {
  const query = `query($id: ID!) { organization(by: { id: $id }) {
    auditEvents(first: 100) { nodes { action changes { field after } } } } }`
  const { organization } = await w.owner.query(query, { id: w.acme.id })
  const entries = organization.auditEvents.nodes as { action: string; changes: { field: string; after: string }[] }[]
  return entries
    .filter(({ action }) => action === 'SSO_SIGN_IN_REFUSED')
    .map(({ changes }) => changes.find(({ field }) => field === 'reason')?.after ?? '')
}

/** Posts a form to an address, as whoever has no browser of the victim does. */
const post = (url: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers, redirect: 'manual' })

describe('a response is refused, and the audit log says why,', () => {
  type Make = (made: ReturnType<typeof handMade>, asked: AskedBySaml) => string
  const signed: Make = ({ parts, around }) => forged.signedResponse(parts, around)
  test.each<[string, string, Make]>([
    [
      'without a signature',
      'ASSERTION_UNSIGNED',
      ({ parts, around }) => forged.response(forged.assertion(parts), around),
    ],
    [
      'signed by a stranger',
      'SIGNATURE_INVALID',
      ({ parts, around }) =>
        forged.response(forged.sign(forged.assertion(parts), '_assertion1', forged.strangerKey), around),
    ],
    [
      'with another assertion around the signed one',
      'SEVERAL_ASSERTIONS',
      ({ parts, around }) =>
        forged.response(
          forged.assertion({ ...parts, id: '_evil' }) + forged.sign(forged.assertion(parts), '_assertion1'),
          around,
        ),
    ],
    [
      'changed after it was signed',
      'SIGNATURE_INVALID',
      (made, asked) => signed(made, asked).replace('victim@', 'admin@'),
    ],
    [
      'with a comment in the address',
      'XML_FORBIDDEN',
      (made, asked) => signed(made, asked).replace('victim@', 'victim@<!---->'),
    ],
    [
      'with a comment in the name of the person',
      'XML_FORBIDDEN',
      (made, asked) => signed(made, asked).replace('>forged<', '>for<!---->ged<'),
    ],
    [
      'for another address',
      'DESTINATION_MISMATCH',
      ({ parts, around }, { requestId }) =>
        forged.signedResponse(parts, {
          ...around,
          attributes: `Destination="https://elsewhere.com/acs" InResponseTo="${requestId}"`,
        }),
    ],
    [
      'that is expired',
      'EXPIRED',
      ({ parts, around, at }, { audience }) =>
        forged.signedResponse(
          { ...parts, conditions: forged.conditions(audience, `NotBefore="${at(-30)}" NotOnOrAfter="${at(-20)}"`) },
          around,
        ),
    ],
    [
      'with a document type',
      'XML_FORBIDDEN',
      (made, asked) => `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${signed(made, asked)}`,
    ],
    [
      'for another service',
      'AUDIENCE_MISMATCH',
      ({ parts, around, at }) =>
        forged.signedResponse(
          { ...parts, conditions: forged.conditions('https://elsewhere.com', `NotOnOrAfter="${at(5)}"`) },
          around,
        ),
    ],
    [
      'that answers another request',
      'REQUEST_MISMATCH',
      ({ parts, around }, { acsUrl }) =>
        forged.signedResponse(parts, { ...around, attributes: `Destination="${acsUrl}" InResponseTo="_another"` }),
    ],
    [
      'of another provider',
      'ISSUER_MISMATCH',
      ({ parts, around }) => forged.signedResponse({ ...parts, issuer: 'https://evil.com' }, around),
    ],
    [
      'that counts for more than a day',
      'VALID_TOO_LONG',
      ({ parts, around, at }, { acsUrl, requestId }) =>
        forged.signedResponse(
          {
            ...parts,
            confirmation: forged.confirmation(
              `Recipient="${acsUrl}" InResponseTo="${requestId}" NotOnOrAfter="${at(25 * 60)}"`,
            ),
          },
          around,
        ),
    ],
  ])('%s (SSO-4)', async (_what, reason, make) => {
    const w = await samlWorld()
    const place = await connectedSaml(w)
    w.idp.answers = asked => forged.post(make(handMade(w, asked, victim(place)), asked))
    const { browser, page } = await toAnswer(w, victim(place))
    const back = await browser.submit(page, '/acs')
    expect(back.url.searchParams.has('code')).toBe(false)
    expect(back.status).toBe(403)
    expect(problemOn(back)).toContain('did not work')
    const reasons = await reasonsIn(w)
    expect(reasons).toEqual([expect.stringMatching(new RegExp(`^${reason}: `))])
  })
})

test('made by hand as a provider would, it is taken: the forgeries above fail by what is wrong with them', async () => {
  const w = await samlWorld()
  const place = await connectedSaml(w)
  w.idp.answers = asked => {
    const { parts, around } = handMade(w, asked, victim(place))
    return forged.post(forged.signedResponse(parts, around))
  }
  const { browser, page } = await toAnswer(w, victim(place))
  expect((await browser.submit(page, '/acs')).url.searchParams.has('code')).toBe(true)
})

test('an answer is taken once, and its assertion is good for no other sign-in (SSO-4)', async () => {
  const w = await samlWorld()
  const place = await connectedSaml(w)
  w.idp.person = colleague(victim(place))
  const first = await toAnswer(w, victim(place))
  expect((await first.browser.submit(first.page, '/acs')).url.searchParams.has('code')).toBe(true)
  expect((await first.browser.submit(first.page, '/acs')).status).toBe(400)
  // With the state of a sign-in that is under way, and the assertion of the one before.
  const { SAMLResponse = '' } = formOf(first.page.html, '/acs').hidden
  w.idp.answers = () => SAMLResponse
  const second = await toAnswer(w, victim(place))
  expect((await second.browser.submit(second.page, '/acs')).status).toBe(403)
  expect(await reasonsIn(w)).toEqual([expect.stringMatching(/^REQUEST_MISMATCH/), expect.stringMatching(/^REPLAYED/)])
})

test('two who bring one assertion at once: one of them is first (SSO-4)', async () => {
  const w = await samlWorld()
  const place = await connectedSaml(w)
  w.idp.person = colleague(victim(place))
  const { page } = await toAnswer(w, victim(place))
  const { action, hidden } = formOf(page.html, '/acs')
  const answers = await Promise.all([1, 2, 3].map(() => post(action, hidden)))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400])
  const again = expect.stringMatching(/^REPLAYED/)
  expect(await reasonsIn(w)).toEqual([again, again])
})

test('the answer to one connector, at the address of another: the sign-in is over (SSO-3, SSO-4)', async () => {
  const [one, other] = [await samlProvider(), await samlProvider()]
  const w = await samlWorld({}, [one, other])
  const first = await connectedSaml(w, { idp: one })
  const second = await connectedSaml(w, { idp: other })
  one.person = colleague(victim(first))
  const { browser, page } = await toAnswer(w, victim(first))
  const { action, hidden } = formOf(page.html, '/acs')
  expect((await post(second.connector.assertionConsumerServiceUrl, hidden)).status).toBe(400)
  expect(await reasonsIn(w)).toEqual([expect.stringMatching(/^WRONG_CONNECTOR/)])
  expect((await browser.submit(page, '/acs')).status).toBe(400)
  expect(action).toBe(first.connector.assertionConsumerServiceUrl)
})

test('in a browser that did not begin the sign-in, an answer signs nobody in (SSO-4)', async () => {
  const w = await samlWorld()
  const place = await connectedSaml(w)
  w.idp.person = colleague(`mallory@${place.domain}`)
  const { page } = await toAnswer(w, `mallory@${place.domain}`)
  const other = createBrowser(w.origin)
  const shown = await other.submit(page, '/acs')
  expect(shown.status).toBe(400)
  expect([...other.cookies.keys()].filter(key => key.includes('session'))).toEqual([])
})

test('an answer that nobody asked for is refused with a page that says what to do (SSO-4)', async () => {
  const w = await samlWorld()
  const place = await connectedSaml(w)
  const acs = place.connector.assertionConsumerServiceUrl
  const at = (minutes: number) => new Date(w.clock().getTime() + minutes * 60_000).toISOString()
  const unsolicited = forged.signedResponse(
    {
      issuer: w.idp.entityId,
      confirmation: forged.confirmation(`Recipient="${acs}" NotOnOrAfter="${at(5)}"`),
      conditions: forged.conditions(place.connector.entityId, `NotOnOrAfter="${at(5)}"`),
    },
    { attributes: `Destination="${acs}"` },
  )
  const samlResponse = forged.post(unsolicited)
  for (const fields of [{}, { RelayState: '' }, { RelayState: 'made-up' }, { RelayState: 'https://evil.com' }]) {
    const answer = await post(acs, { SAMLResponse: samlResponse, ...fields })
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('was not started here')
    expect((await reasonsIn(w))[0]).toMatch(/^UNSOLICITED/)
  }
})

test('an answer that comes after ten minutes is too late', async () => {
  const clock = testClock()
  const w = await samlWorld({ clock })
  const place = await connectedSaml(w)
  w.idp.person = colleague(victim(place))
  const { browser, page } = await toAnswer(w, victim(place))
  clock.advance({ minutes: 11 })
  expect((await browser.submit(page, '/acs')).status).toBe(400)
})

test('the address takes forms of POST alone, and none that is huge', async () => {
  const w = await samlWorld()
  const place = await connectedSaml(w)
  const acs = place.connector.assertionConsumerServiceUrl
  expect((await fetch(acs)).status).toBe(405)
  expect((await fetch(`${acs}?SAMLResponse=x&RelayState=y`, { method: 'HEAD' })).status).toBe(405)
  w.idp.person = colleague(victim(place))
  const { page } = await toAnswer(w, victim(place))
  const { hidden } = formOf(page.html, '/acs')
  expect((await post(acs, { ...hidden, padding: 'x'.repeat(700_000) })).status).toBe(400)
  expect((await post(acs, { padding: 'x'.repeat(1_200_000) })).status).toBe(413)
  const json = { method: 'POST', body: JSON.stringify(hidden), headers: { 'content-type': 'application/json' } }
  expect((await fetch(acs, json)).status).toBe(400)
  // Nothing of it has taken the answer.
  expect((await post(acs, hidden)).status).toBe(200)
})

test('a form of a provider has one response and one state', async () => {
  const w = await samlWorld()
  const place = await connectedSaml(w)
  w.idp.person = colleague(victim(place))
  const { page } = await toAnswer(w, victim(place))
  const { action, hidden } = formOf(page.html, '/acs')
  const twice = new URLSearchParams(hidden)
  twice.append('RelayState', 'another')
  expect((await fetch(action, { method: 'POST', body: twice })).status).toBe(400)
})

test('nobody makes the page of ours post a form that we did not seal', async () => {
  const w = await samlWorld()
  const place = await connectedSaml(w)
  const at = `${w.origin}/sso/${/sso\/([^/]+)/.exec(place.connector.entityId)?.[1]}/request`
  for (const query of [
    '',
    '?form=',
    '?form=a.b.c',
    `?form=${encodeURIComponent(postPage({ acsUrl: 'x', relayState: '' }, ''))}`,
  ])
    expect((await fetch(at + query)).status).toBe(400)
})

test('an assertion whose name was used before is a replay, at this connector (SSO-4)', async () => {
  const [one, other] = [await samlProvider(), await samlProvider()]
  const w = await samlWorld({}, [one, other])
  const places = [await connectedSaml(w, { idp: one }), await connectedSaml(w, { idp: other })] as const
  const comeWithIt = async (at: SamlWorld, place: ConnectedSaml) => {
    at.idp.answers = asked => {
      const { parts, around } = handMade(at, asked, victim(place))
      return forged.post(forged.signedResponse(parts, around))
    }
    const { browser, page } = await toAnswer(at, victim(place))
    return (await browser.submit(page, '/acs')).status
  }
  expect(await comeWithIt(w, places[0])).toBe(303)
  expect(await comeWithIt(w, places[0])).toBe(403)
  expect(await reasonsIn(w)).toEqual([expect.stringMatching(/^REPLAYED/)])
  expect(await comeWithIt({ ...w, idp: other }, places[1])).toBe(303)
})
