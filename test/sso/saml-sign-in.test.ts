import { describe, expect, it } from 'vitest'
import { attributePresets } from '../../src/sso/saml/attribute-mapping.ts'
import { finishSignIn } from '../../src/sso/saml/finish-sign-in.ts'
import {
  acsUrl,
  assertion,
  assertionUses,
  attributes,
  confirmation,
  connector,
  encrypted,
  idpKey,
  nameId,
  nextIdpKey,
  now,
  ourKey,
  post,
  requestId,
  response,
  sign,
  signedResponse,
  strangerKey,
} from '../kit/saml.ts'

const finish = (xml: string, to = connector(), expectedRequestId: string | null = requestId, uses = assertionUses()) =>
  finishSignIn(to, { samlResponse: post(xml), expectedRequestId, now, uses })

describe('a SAML response that is right (SSO-4)', () => {
  it('tells who signed in, with everything that the provider sent', async () => {
    const uses = assertionUses()
    const signIn = await finish(signedResponse(), connector(), requestId, uses)
    expect({ ...signIn, attributes: Object.fromEntries(signIn.attributes) }).toMatchInlineSnapshot(`
      {
        "assertionId": "_assertion1",
        "attributes": {
          "displayName": [
            "Ada L.",
          ],
          "mail": [
            "ada@acme.example",
          ],
          "memberOf": [
            "staff",
            "admins",
          ],
        },
        "identity": {
          "acr": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
          "email": "ada@acme.example",
          "groups": [
            "staff",
            "admins",
          ],
          "isEmailVerified": null,
          "issuer": "https://idp.example/saml",
          "methods": [],
          "name": "Ada L.",
          "picture": null,
          "subject": "ada-0001",
        },
        "nameId": {
          "format": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
          "value": "ada-0001",
        },
        "notOnOrAfter": 2030-01-01T12:05:00.000Z,
        "sessionIndex": "_session1",
      }
    `)
    expect([...uses.claimed]).toEqual([['_assertion1', new Date('2030-01-01T12:06:00Z')]])
  })

  it('may be signed as a whole beside its assertion', async () => {
    const { identity } = await finish(sign(signedResponse(), '_response1'))
    expect(identity.subject).toBe('ada-0001')
  })

  it.each(['aes256-gcm', 'aes256-cbc', 'aes128-cbc'] as const)(
    'may have its assertion encrypted with %s',
    async content => {
      const inner = await encrypted(sign(assertion(), '_assertion1'), ourKey, { content })
      expect((await finish(response(inner))).identity.email).toBe('ada@acme.example')
      expect((await finish(sign(response(inner), '_response1'))).identity.email).toBe('ada@acme.example')
    },
  )

  it('is decrypted with an older key of ours while the provider still has its certificate (SSO-8)', async () => {
    const to = connector()
    const rotated = { ...to, serviceProvider: { ...to.serviceProvider, decryption: [nextIdpKey, ourKey] } }
    const inner = await encrypted(sign(assertion(), '_assertion1'))
    expect((await finish(response(inner), rotated)).identity.subject).toBe('ada-0001')
  })

  it('counts with either of two certificates while one follows the other (SSO-8)', async () => {
    const rotating = connector({}, [idpKey.certificate, nextIdpKey.certificate])
    const another = response(sign(assertion(), '_assertion1', nextIdpKey))
    expect((await finish(signedResponse(), rotating)).identity.subject).toBe('ada-0001')
    expect((await finish(another, rotating)).identity.subject).toBe('ada-0001')
  })

  it.each([
    'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
    'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
  ])('may be signed with %s', async algorithm => {
    const digest = 'http://www.w3.org/2001/04/xmlenc#sha512'
    const xml = response(sign(assertion(), '_assertion1', idpKey, { algorithm, digest }))
    expect((await finish(xml)).identity.subject).toBe('ada-0001')
  })

  it('may differ from our clock by a minute', async () => {
    const at = (time: string) =>
      finishSignIn(connector(), {
        samlResponse: post(signedResponse()),
        expectedRequestId: requestId,
        now: new Date(time),
        uses: assertionUses(),
      })
    await expect(at('2030-01-01T12:05:59Z')).resolves.toBeDefined()
    await expect(at('2030-01-01T11:58:00Z')).resolves.toBeDefined()
    await expect(at('2030-01-01T12:06:00Z')).rejects.toMatchObject({ reason: 'EXPIRED' })
    await expect(at('2030-01-01T11:57:59Z')).rejects.toMatchObject({ reason: 'NOT_YET_VALID' })
  })

  it('may come without a request where the connector allows it, and then answers none', async () => {
    const open = connector({ allowsUnsolicited: true })
    const own = { confirmation: confirmation(`Recipient="${acsUrl}" NotOnOrAfter="2030-01-01T12:05:00Z"`) }
    const unsolicited = signedResponse(own, { attributes: `Destination="${acsUrl}"` })
    expect((await finish(unsolicited, open, null)).identity.subject).toBe('ada-0001')
    await expect(finish(unsolicited, connector(), null)).rejects.toMatchObject({ reason: 'UNSOLICITED' })
    await expect(finish(unsolicited, open)).rejects.toMatchObject({ reason: 'REQUEST_MISMATCH' })
    await expect(finish(signedResponse(), open, null)).rejects.toMatchObject({ reason: 'REQUEST_MISMATCH' })
  })

  it('can be used once', async () => {
    const uses = assertionUses()
    const both = await Promise.allSettled([1, 2].map(() => finish(signedResponse(), connector(), requestId, uses)))
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    await expect(finish(signedResponse(), connector(), requestId, uses)).rejects.toMatchObject({ reason: 'REPLAYED' })
  })

  it('is used up by nothing that is refused', async () => {
    const uses = assertionUses()
    const wrong = signedResponse({}, { attributes: 'Destination="https://other.example/" InResponseTo="_request1"' })
    await expect(finish(wrong, connector(), requestId, uses)).rejects.toMatchObject({ reason: 'DESTINATION_MISMATCH' })
    expect(uses.claimed.size).toBe(0)
  })
})

describe('what is read out of an assertion', () => {
  const named = (id: string, more = {}) => finish(signedResponse({ nameId: id, ...more })).then(one => one.identity)
  const email = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'
  const transient = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'

  it('compares a subject as it is, but for addresses', async () => {
    expect((await named(nameId('AbC'))).subject).toBe('AbC')
    expect(await named(nameId('Ada@Acme.example', email), { attributes: '' })).toMatchObject({
      subject: 'ada@acme.example',
      email: 'Ada@Acme.example',
    })
  })

  it('refuses a transient name, unless an attribute names the user', async () => {
    await expect(named(nameId('x', transient))).rejects.toMatchObject({ reason: 'SUBJECT_NOT_STABLE' })
    const mapped = connector({ attributes: { ...attributePresets.default, subject: ['uid'] } })
    const xml = signedResponse({ nameId: nameId('x', transient), attributes: attributes({ uid: ['ada'] }) })
    expect((await finish(xml, mapped)).identity.subject).toBe('ada')
    await expect(finish(signedResponse(), mapped)).rejects.toMatchObject({ reason: 'SUBJECT_MISSING' })
  })

  it.each([
    ['no name', ''],
    ['an empty one', nameId('')],
    ['two', nameId('a') + nameId('b')],
    ['an encrypted one', '<saml:EncryptedID/>'],
    ['one with elements in it', nameId('a<b/>')],
    ['one that begins with a blank', nameId(' a')],
    ['one with a line break', nameId('a&#10;b')],
    ['one of more than 256 characters', nameId('a'.repeat(257))],
  ])('refuses %s as subject', async (_, id) => {
    await expect(named(id)).rejects.toMatchObject({ reason: 'SUBJECT_MISSING' })
  })

  it('refuses two addresses for one user, in one attribute or in two', async () => {
    const two = attributes({ mail: ['ada@acme.example', 'boss@acme.example'] })
    const once = (text: string) => attributes({ mail: [text] })
    const apart = once('ada@acme.example') + once('boss@acme.example')
    for (const several of [two, apart])
      await expect(named(nameId('a'), { attributes: several })).rejects.toMatchObject({ reason: 'ATTRIBUTE_AMBIGUOUS' })
    const same = await named(nameId('a'), { attributes: once('ada@acme.example') + once('ada@acme.example') })
    expect(same.email).toBe('ada@acme.example')
  })

  it('takes no text for an address or a picture that is none', async () => {
    const odd = attributes({ mail: ['nobody'], picture: ['javascript:alert(1)'] })
    expect(await named(nameId('a'), { attributes: odd })).toMatchObject({ email: null, picture: null, name: null })
  })

  it.each([
    [
      'entraId',
      {
        'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress': ['ada@acme.example'],
        'http://schemas.microsoft.com/identity/claims/displayname': ['Ada L.'],
        'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups': ['g1', 'g2'],
        'http://schemas.microsoft.com/claims/authnmethodsreferences': ['pwd', 'mfa'],
      },
      ['pwd', 'mfa'],
    ],
    ['okta', { email: ['ada@acme.example'], firstName: ['Ada'], lastName: ['L.'], groups: ['g1', 'g2'] }, []],
    [
      'googleWorkspace',
      { email: ['ada@acme.example'], firstName: ['Ada'], lastName: ['L.'], groups: ['g1', 'g2'] },
      [],
    ],
  ] as const)('knows the names that %s sends', async (preset, sent, methods) => {
    const { identity } = await finish(
      signedResponse({ attributes: attributes(sent) }),
      connector({ attributes: attributePresets[preset] }),
    )
    expect(identity).toMatchObject({ email: 'ada@acme.example', name: 'Ada L.', groups: ['g1', 'g2'], methods })
  })
})

it('refuses what another provider has signed', async () => {
  const xml = response(sign(assertion(), '_assertion1', strangerKey, { keyInfo: strangerKey }))
  await expect(finish(xml)).rejects.toMatchObject({ reason: 'SIGNATURE_INVALID' })
})
