import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { SignedXml } from 'xml-crypto'
import { finishSignIn } from '../../src/sso/saml/finish-sign-in.ts'
import { SamlRefusedError } from '../../src/sso/saml/saml-refused-error.ts'
import {
  acsUrl,
  assertion,
  assertionUses,
  attributes,
  authentication,
  conditions,
  confirmation,
  connector,
  encrypted,
  idpKey,
  nameId,
  now,
  ourEntityId,
  ourKey,
  post,
  requestId,
  response,
  sign,
  signedResponse,
  strangerKey,
} from '../kit/saml.ts'

const attempt = (samlResponse: string, to = connector()) =>
  finishSignIn(to, { samlResponse, expectedRequestId: requestId, now, uses: assertionUses() })

/** The reason of the refusal; what was taken for a user otherwise. */
async function outcome(xml: string | Uint8Array, to = connector()): Promise<string> {
  try {
    return `signed in as ${(await attempt(post(xml), to)).identity.subject}`
  } catch (error) {
    if (error instanceof SamlRefusedError) return error.reason
    throw error
  }
}

const genuine = sign(assertion(), '_assertion1')
const signatureOf = (xml: string) => /<Signature[\s\S]*?<\/Signature>/.exec(xml)?.[0] ?? ''
const signature = signatureOf(genuine)
const bareGenuine = genuine.replace(signature, '')
const evil = (id: string, inner = '', changed = {}) =>
  assertion({ id, nameId: nameId('admin'), ...changed }).replace('</saml:Issuer>', `</saml:Issuer>${inner}`)
const within = (whole: string, place: string, added: string) => whole.replace(place, `${added}${place}`)

describe('what is not signed by the provider counts for nothing (SSO-4)', () => {
  it.each([
    ['an assertion without a signature', response(assertion()), 'ASSERTION_UNSIGNED'],
    ['one in a signed response', sign(response(assertion()), '_response1'), 'ASSERTION_UNSIGNED'],
    ['a name changed after the signing', signedResponse().replace('ada-0001', 'admin'), 'SIGNATURE_INVALID'],
    ['a signature by somebody else', response(sign(assertion(), '_assertion1', strangerKey)), 'SIGNATURE_INVALID'],
    [
      'the certificate of somebody else in the signature',
      response(sign(assertion(), '_assertion1', strangerKey, { keyInfo: strangerKey })),
      'SIGNATURE_INVALID',
    ],
    [
      'a signature of the response that is wrong, beside a right one of the assertion',
      sign(signedResponse(), '_response1', strangerKey),
      'SIGNATURE_INVALID',
    ],
    [
      'a response changed after the signing, around a right assertion',
      sign(signedResponse(), '_response1').replace('IssueInstant="2030', 'IssueInstant="2031'),
      'SIGNATURE_INVALID',
    ],
    [
      'an empty signature',
      response(evil('_e', '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>')),
      'STRUCTURE_FORBIDDEN',
    ],
  ])('%s', async (_, xml, reason) => {
    expect(await outcome(xml)).toBe(reason)
  })
})

describe('signature wrapping (CVE-2012-5664, CVE-2025-29775 and their kind)', () => {
  const signedWhole = sign(response(assertion({ nameId: nameId('ada-0001') })), '_response1')
  const wholeSignature = signatureOf(signedWhole)
  const forgedWhole = (signed: string) =>
    response(evil('_evil'), { id: '_evilResponse' }).replace('</saml:Issuer>', `</saml:Issuer>${signed}`)

  it.each([
    [
      '1: the signed response in the signature of another',
      forgedWhole(within(wholeSignature, '</Signature>', signedWhole.replace(wholeSignature, ''))),
    ],
    [
      '2: the signed response beside its signature',
      forgedWhole(signedWhole.replace(wholeSignature, '') + wholeSignature),
    ],
    ['3: a forged assertion before the signed one', response(evil('_evil') + genuine)],
    ['3: a forged assertion after the signed one', response(genuine + evil('_evil'))],
    ['4: the signed assertion in a forged one', response(within(evil('_evil'), '</saml:Assertion>', genuine))],
    [
      '5: a forged assertion with the signature, the signed one at the end',
      response(evil('_evil', signature) + bareGenuine),
    ],
    [
      '6: the signed assertion in the signature of a forged one',
      response(evil('_evil', within(signature, '</Signature>', bareGenuine))),
    ],
    [
      '7: a forged assertion in Extensions',
      response(genuine, { before: `<samlp:Extensions>${evil('_evil')}</samlp:Extensions>` }),
    ],
    [
      '7: the signed assertion in Extensions',
      response(evil('_evil'), { before: `<samlp:Extensions>${genuine}</samlp:Extensions>` }),
    ],
    [
      '8: the signed assertion in an Object',
      response(evil('_evil', within(signature, '</Signature>', `<Object>${bareGenuine}</Object>`))),
    ],
    ['the same ID twice', response(evil('_assertion1', signature) + bareGenuine)],
    [
      'the same ID in another element',
      response(genuine, { before: '<samlp:Extensions><a Id="_assertion1"/></samlp:Extensions>' }),
    ],
    [
      'the signed assertion in Advice',
      response(evil('_evil', '', { attributes: `<saml:Advice>${genuine}</saml:Advice>` })),
    ],
    [
      'an assertion of another namespace',
      response(`<x:Assertion xmlns:x="urn:x">${nameId('admin').replaceAll('saml:', 'x:')}</x:Assertion>${genuine}`),
    ],
    ['a response around a response', response(signedResponse(), { id: '_outer' })],
    ['two SignedInfo', response(genuine.replace('</SignedInfo>', '</SignedInfo><SignedInfo/>'))],
    [
      'SignedInfo in KeyInfo',
      response(genuine.replace('</Signature>', '<KeyInfo><SignedInfo/></KeyInfo></Signature>')),
    ],
    ['two references', response(genuine.replace('</Reference>', '</Reference><Reference URI=""/>'))],
    ['a reference to the whole document', response(genuine.replace('URI="#_assertion1"', 'URI=""'))],
    ['a second signature', response(genuine.replace('<saml:Subject>', `${signature}<saml:Subject>`))],
    ['an Object beside SignedInfo', response(genuine.replace('</Signature>', '<Object/></Signature>'))],
    ['two digests', response(genuine.replace('<DigestValue>', '<DigestValue/><DigestValue>'))],
  ])('%s', async (_, xml) => {
    expect(await outcome(xml)).toMatch(/^(?:STRUCTURE_FORBIDDEN|SEVERAL_ASSERTIONS|ASSERTION_UNSIGNED)$/)
  })

  it('does not read what stands around the signed assertion', async () => {
    const more = response(genuine, { before: '<samlp:Extensions><a>admin</a></samlp:Extensions>' })
    expect(await outcome(more)).toBe('signed in as ada-0001')
  })
})

describe('algorithms', () => {
  const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
  const enveloped = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'
  const sha1 = 'http://www.w3.org/2000/09/xmldsig#sha1'
  const rsaSha1 = 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'
  const inclusive = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'

  it.each([
    ['a SHA-1 signature', { algorithm: rsaSha1 }],
    ['a SHA-1 digest', { digest: sha1 }],
    ['inclusive canonicalization', { transforms: [enveloped, inclusive] }],
    ['no canonicalization', { transforms: [enveloped] }],
    ['three transforms', { transforms: [enveloped, exclusive, exclusive] }],
  ])('refuses %s', async (_, options) => {
    const xml = response(sign(assertion(), '_assertion1', idpKey, options))
    expect(await outcome(xml)).toBe('ALGORITHM_FORBIDDEN')
  })

  it.each(['http://www.w3.org/TR/1999/REC-xslt-19991116', 'http://www.w3.org/TR/1999/REC-xpath-19991116'])(
    'refuses the transform %s',
    async transform => {
      const xml = genuine.replace(`<Transform Algorithm="${exclusive}"/>`, `<Transform Algorithm="${transform}"/>`)
      expect(xml).not.toBe(genuine)
      expect(await outcome(response(xml))).toBe('ALGORITHM_FORBIDDEN')
    },
  )

  it('refuses an HMAC with the public certificate as its secret', async () => {
    const hmac = 'http://www.w3.org/2000/09/xmldsig#hmac-sha1'
    const signed = new SignedXml({
      privateKey: idpKey.certificate,
      signatureAlgorithm: hmac,
      canonicalizationAlgorithm: exclusive,
    })
    signed.enableHMAC()
    const digest = 'http://www.w3.org/2001/04/xmlenc#sha256'
    signed.addReference({
      xpath: "//*[@ID='_evil']",
      uri: '#_evil',
      transforms: [enveloped, exclusive],
      digestAlgorithm: digest,
    })
    signed.computeSignature(evil('_evil'), { location: { reference: "//*[local-name()='Issuer']", action: 'after' } })
    expect(createHmac('sha1', idpKey.certificate).update('x').digest().length).toBe(20)
    expect(await outcome(response(signed.getSignedXml()))).toBe('ALGORITHM_FORBIDDEN')
  })

  it.each([
    ['3DES', { content: 'tripledes-cbc' }],
    ['RSA PKCS #1 v1.5', { transport: 'rsa-1_5' }],
  ] as const)('refuses encryption with %s', async (_, options) => {
    expect(await outcome(response(await encrypted(genuine, ourKey, options)))).toBe('DECRYPTION_FAILED')
  })
})

describe('encryption is no signature, and tells nothing (CVE-2019-3465 and its kind)', () => {
  it.each([
    ['an unsigned assertion', assertion()],
    ['one that somebody else has signed', sign(assertion(), '_assertion1', strangerKey)],
    [
      'one that is signed with SHA-1',
      sign(assertion(), '_assertion1', idpKey, { algorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' }),
    ],
    ['a wrapped one', within(evil('_evil'), '</saml:Assertion>', genuine)],
    ['a comment in the name', genuine.replace('ada-0001', 'ada<!---->-0001')],
    ['no XML', 'nothing'],
    ['an entity', `<!DOCTYPE a [<!ENTITY b "c">]>${genuine}`],
  ])('refuses %s with the one reason there is', async (_, inner) => {
    expect(await outcome(response(await encrypted(inner)))).toBe('DECRYPTION_FAILED')
    expect(await outcome(sign(response(await encrypted(inner)), '_response1'))).toBe('DECRYPTION_FAILED')
  })

  it('refuses a second key, a second cipher text, and a pointer to a key that is an expression', async () => {
    const inner = await encrypted(genuine)
    const keyTag = /<(e:)?EncryptedKey[\s\S]*<\/(e:)?EncryptedKey>/.exec(inner)?.[0] ?? ''
    const dataTag = /<xenc:EncryptedData[\s\S]*<\/xenc:EncryptedData>/.exec(inner)?.[0] ?? ''
    expect(keyTag && dataTag).not.toBe('')
    const pointer = `<RetrievalMethod URI="#a' or '1'='1"/>`
    for (const changed of [
      inner.replace(keyTag, keyTag + keyTag),
      inner.replace(dataTag, dataTag + dataTag),
      inner.replace(keyTag, keyTag + pointer),
    ])
      expect(await outcome(response(changed))).toBe('DECRYPTION_FAILED')
    expect(await outcome(response(inner))).toBe('signed in as ada-0001')
  })

  it('refuses a cipher text that was changed, and one for another key', async () => {
    const cbc = response(await encrypted(genuine, ourKey, { content: 'aes256-cbc' }))
    const values = [...cbc.matchAll(/<e?:?[\w:]*CipherValue>([^<]+)</g)].map(([, value]) => value ?? '')
    const last = values.at(-1) ?? ''
    const changed = `${last.slice(0, 100)}${last[100] === 'A' ? 'B' : 'A'}${last.slice(101)}`
    expect(await outcome(cbc.replace(last, changed))).toBe('DECRYPTION_FAILED')
    expect(await outcome(response(await encrypted(genuine, strangerKey)))).toBe('DECRYPTION_FAILED')
  })

  it('says when there is no key to decrypt with, and takes one assertion only', async () => {
    const to = connector()
    const keyless = { ...to, serviceProvider: { ...to.serviceProvider, decryption: [] } }
    const inner = await encrypted(genuine)
    expect(await outcome(response(inner), keyless)).toBe('NOT_ENCRYPTED_FOR_US')
    expect(await outcome(response(inner + genuine))).toBe('SEVERAL_ASSERTIONS')
  })
})

describe('an assertion for somebody else, of somebody else, or of another time', () => {
  const data = (more: string) => confirmation(`${more} NotOnOrAfter="2030-01-01T12:05:00Z"`)
  const past = 'NotBefore="2030-01-01T11:00:00Z" NotOnOrAfter="2030-01-01T11:30:00Z"'
  const future = 'NotBefore="2030-01-01T13:00:00Z" NotOnOrAfter="2030-01-01T13:30:00Z"'
  const status = (code: string) =>
    `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${code}"/></samlp:Status>`

  it.each([
    ['another audience', signedResponse({ conditions: conditions('https://other.example') }), 'AUDIENCE_MISMATCH'],
    ['no audience', signedResponse({ conditions: conditions(null) }), 'AUDIENCE_MISMATCH'],
    ['no conditions', signedResponse({ conditions: '' }), 'AUDIENCE_MISMATCH'],
    [
      'an audience of which ours is a part',
      signedResponse({ conditions: conditions(`${ourEntityId}.evil.example`) }),
      'AUDIENCE_MISMATCH',
    ],
    [
      'a second restriction to another audience',
      signedResponse({
        conditions: conditions(
          ourEntityId,
          '',
          '<saml:AudienceRestriction><saml:Audience>x</saml:Audience></saml:AudienceRestriction>',
        ),
      }),
      'AUDIENCE_MISMATCH',
    ],
    ['conditions twice', signedResponse({ conditions: conditions() + conditions() }), 'CONDITIONS_UNKNOWN'],
    [
      'an unknown condition',
      signedResponse({ conditions: conditions(ourEntityId, '', '<saml:Condition/>') }),
      'CONDITIONS_UNKNOWN',
    ],
    [
      'another destination',
      signedResponse({}, { attributes: `Destination="${acsUrl}/x" InResponseTo="_request1"` }),
      'DESTINATION_MISMATCH',
    ],
    ['no destination', signedResponse({}, { attributes: 'InResponseTo="_request1"' }), 'DESTINATION_MISMATCH'],
    [
      'another recipient',
      signedResponse({ confirmation: data('Recipient="https://other.example/" InResponseTo="_request1"') }),
      'RECIPIENT_MISMATCH',
    ],
    ['no recipient', signedResponse({ confirmation: data('InResponseTo="_request1"') }), 'RECIPIENT_MISMATCH'],
    ['no confirmation', signedResponse({ confirmation: '' }), 'CONFIRMATION_MISSING'],
    [
      'a confirmation by a key',
      signedResponse({ confirmation: confirmation('', 'holder-of-key') }),
      'CONFIRMATION_MISSING',
    ],
    ['two confirmations', signedResponse({ confirmation: confirmation() + confirmation() }), 'CONFIRMATION_MISSING'],
    ['past conditions', signedResponse({ conditions: conditions(ourEntityId, past) }), 'EXPIRED'],
    ['future conditions', signedResponse({ conditions: conditions(ourEntityId, future) }), 'NOT_YET_VALID'],
    [
      'a past confirmation',
      signedResponse({ confirmation: confirmation(`Recipient="${acsUrl}" InResponseTo="_request1" ${past}`) }),
      'EXPIRED',
    ],
    [
      'a confirmation without an end',
      signedResponse({ confirmation: confirmation(`Recipient="${acsUrl}" InResponseTo="_request1"`) }),
      'TIMES_UNCLEAR',
    ],
    [
      'a time without a zone',
      signedResponse({ conditions: conditions(ourEntityId, 'NotOnOrAfter="2030-01-01T12:05:00"') }),
      'TIMES_UNCLEAR',
    ],
    [
      'a session that is over',
      signedResponse({
        authentication: authentication.replace(
          'SessionIndex',
          'SessionNotOnOrAfter="2030-01-01T11:00:00Z" SessionIndex',
        ),
      }),
      'EXPIRED',
    ],
    ['no authentication', signedResponse({ authentication: '' }), 'AUTHENTICATION_MISSING'],
    [
      'another request',
      signedResponse({}, { attributes: `Destination="${acsUrl}" InResponseTo="_request2"` }),
      'REQUEST_MISMATCH',
    ],
    ['no request in the response', signedResponse({}, { attributes: `Destination="${acsUrl}"` }), 'REQUEST_MISMATCH'],
    [
      'another request in the assertion alone',
      signedResponse({ confirmation: data(`Recipient="${acsUrl}" InResponseTo="_request2"`) }),
      'REQUEST_MISMATCH',
    ],
    [
      'no request in the assertion',
      signedResponse({ confirmation: data(`Recipient="${acsUrl}"`) }),
      'REQUEST_MISMATCH',
    ],
    ['another issuer of the assertion', signedResponse({ issuer: 'https://other.example' }), 'ISSUER_MISMATCH'],
    [
      'another issuer of the response',
      signedResponse({}, { issuer: '<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">x</saml:Issuer>' }),
      'ISSUER_MISMATCH',
    ],
    ['a refusal', response('', { status: status('Requester') }), 'STATUS_NOT_SUCCESS'],
    ['a refusal with an assertion', signedResponse({}, { status: status('Responder') }), 'STATUS_NOT_SUCCESS'],
    ['no status', signedResponse({}, { status: '' }), 'STATUS_NOT_SUCCESS'],
    ['two statuses', signedResponse({}, { status: status('Success') + status('Responder') }), 'STATUS_NOT_SUCCESS'],
    ['no assertion', response(''), 'ASSERTION_MISSING'],
    ['SAML 1.1', signedResponse().replace('Version="2.0"', 'Version="1.1"'), 'NOT_A_RESPONSE'],
    ['another message', signedResponse().replaceAll('samlp:Response', 'samlp:LogoutResponse'), 'NOT_A_RESPONSE'],
    ['an assertion alone', genuine, 'NOT_A_RESPONSE'],
  ])('%s', async (_, xml, reason) => {
    expect(await outcome(xml)).toBe(reason)
  })
})

describe('XML that attacks its reader', () => {
  const comments = 'admin@acme.example<!---->.evil.example'
  const laughs = `<!DOCTYPE r [<!ENTITY a "ha">${'bcdefgh'
    .split('')
    .map((name, index) => `<!ENTITY ${name} "${`&${'abcdefg'[index]};`.repeat(10)}">`)
    .join('')}]>`

  it.each([
    [
      'a comment in the name (CVE-2017-11427)',
      response(sign(assertion({ nameId: nameId(comments) }), '_assertion1')),
      'XML_FORBIDDEN',
    ],
    ['a comment put into a signed name', signedResponse().replace('ada-0001', 'ada<!---->-0001'), 'XML_FORBIDDEN'],
    [
      'a comment in an attribute',
      response(sign(assertion({ attributes: attributes({ mail: [comments] }) }), '_assertion1')),
      'XML_FORBIDDEN',
    ],
    ['a processing instruction', signedResponse().replace('ada-0001', 'ada<?x y?>-0001'), 'XML_FORBIDDEN'],
    [
      'an external entity',
      `<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>${signedResponse()}`,
      'XML_FORBIDDEN',
    ],
    ['an external DTD', `<!DOCTYPE r SYSTEM "https://evil.example/r.dtd">${signedResponse()}`, 'XML_FORBIDDEN'],
    ['a billion laughs', `${laughs}${signedResponse()}`, 'XML_FORBIDDEN'],
    ['an unknown entity', signedResponse().replace('ada-0001', '&admin;'), 'XML_MALFORMED'],
    ['another encoding by its name', `<?xml version="1.0" encoding="UTF-7"?>${signedResponse()}`, 'XML_FORBIDDEN'],
    ['UTF-16', Buffer.from(`\uFEFF${signedResponse()}`, 'utf16le'), 'XML_MALFORMED'],
    [
      'bytes that are no UTF-8',
      Buffer.from(signedResponse().replace('ada-0001', 'ad\u00e9'), 'latin1'),
      'XML_MALFORMED',
    ],
    ['two roots (CVE-2022-39353)', signedResponse() + signedResponse(), 'XML_MALFORMED'],
    ['text behind the root', `${signedResponse()}x`, 'XML_MALFORMED'],
    ['a tag that does not end', signedResponse().replace('</samlp:Response>', '</samlp:Response'), 'XML_MALFORMED'],
    ['an attribute without quotes', signedResponse().replace('Version="2.0"', 'Version=2.0'), 'XML_MALFORMED'],
    [
      'the same attribute twice',
      signedResponse().replace('Version="2.0"', 'Version="2.0" Version="2.0"'),
      'XML_MALFORMED',
    ],
    ['nothing', ' ', 'XML_MALFORMED'],
    ['300 KB', response(genuine, { before: `<a>${'x'.repeat(300_000)}</a>` }), 'TOO_LARGE'],
    ['depth', response(genuine, { before: '<a xmlns:b="c">'.repeat(9000) + '</a>'.repeat(9000) }), 'TOO_LARGE'],
    ['many elements', response(genuine, { before: '<a/>'.repeat(9000) }), 'TOO_LARGE'],
    [
      'many attributes',
      response(genuine, { before: `<a ${Array.from({ length: 9000 }, (_, n) => `b${n}=""`).join(' ')}/>` }),
      'TOO_LARGE',
    ],
  ])('%s', async (_, xml, reason) => {
    expect(await outcome(xml)).toBe(reason)
  })

  it('takes no text that is not base64, and none of megabytes', async () => {
    await expect(attempt('<samlp:Response/>')).rejects.toMatchObject({ reason: 'NOT_BASE64' })
    await expect(attempt('')).rejects.toMatchObject({ reason: 'NOT_BASE64' })
    await expect(attempt('A'.repeat(2_000_000))).rejects.toMatchObject({ reason: 'TOO_LARGE' })
  })

  it('tells what was found on one short line, fit for an audit entry', async () => {
    const xml = signedResponse({ conditions: conditions(`a&#10;b\u202e${'x'.repeat(500)}`) })
    const refusal = await attempt(post(xml)).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(SamlRefusedError)
    expect(String(refusal)).toMatch(
      /^SamlRefusedError: The assertion was made for another service\. Found: "a b x{196}…"$/,
    )
  })
})
