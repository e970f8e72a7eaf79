import { describe, expect, it } from 'vitest'
import { readMetadata } from '../../src/sso/saml/metadata.ts'
import { MetadataError } from '../../src/sso/saml/metadata-error.ts'
import { bare, keyPair } from '../kit/certificates.ts'
import { idpEntityId, idpKey, nextIdpKey, now } from '../kit/saml.ts'

const weakKey = await keyPair('weak.example', 1024)

const keyDescriptor = (certificate: string, use: string | null = 'signing') =>
  `<KeyDescriptor${use === null ? '' : ` use="${use}"`}><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>` +
  `<ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>`
const service = (binding: string, location = 'https://idp.example/sso') =>
  `<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="${location}"/>`

interface Parts {
  keys: string
  services: string
  entityId: string
  entity: string
  provider: string
  protocol: string
}

function metadata(changed: Partial<Parts> = {}): string {
  const parts: Parts = {
    keys: keyDescriptor(bare(idpKey)),
    services: service('HTTP-POST', 'https://idp.example/post') + service('HTTP-Redirect'),
    entityId: `entityID="${idpEntityId}"`,
    entity: '',
    provider: '',
    protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
    ...changed,
  }
  return (
    `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" ${parts.entityId} ${parts.entity}><IDPSSODescriptor ` +
    `protocolSupportEnumeration="${parts.protocol}" ${parts.provider}>${parts.keys}${parts.services}</IDPSSODescriptor></EntityDescriptor>`
  )
}
const list = (...entities: string[]) =>
  `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">${entities.join('')}</EntitiesDescriptor>`

function outcome(xml: string | Uint8Array): string {
  try {
    return readMetadata(xml, now).entityId
  } catch (error) {
    if (error instanceof MetadataError) return error.reason
    throw error
  }
}

describe('metadata of an identity provider (SSO-1)', () => {
  it('says where to sign in, and by which certificates', () => {
    const read = readMetadata(metadata({ provider: 'WantAuthnRequestsSigned="true"' }), now)
    expect(read).toMatchObject({
      entityId: idpEntityId,
      signInUrl: 'https://idp.example/sso',
      signInBinding: 'redirect',
      wantsSignedRequests: true,
    })
    expect(read.certificates).toHaveLength(1)
    const [certificate] = read.certificates
    expect(certificate?.pem.trim()).toBe(idpKey.certificate.trim().replaceAll('\r', ''))
    expect(certificate?.fingerprint).toMatch(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/)
    expect(certificate?.expiresAt.getTime()).toBeGreaterThan(certificate?.notBefore.getTime() ?? Number.NaN)
  })

  it('may have two certificates during a rotation, each told once (SSO-8)', () => {
    const keys = [keyDescriptor(bare(idpKey)), keyDescriptor(bare(nextIdpKey), null), keyDescriptor(bare(idpKey))].join(
      '',
    )
    expect(readMetadata(metadata({ keys }), now).certificates).toHaveLength(2)
  })

  it('may offer a form alone, come with comments, a declaration, a byte order mark, and as the only provider of a list', () => {
    const posting = readMetadata(metadata({ services: service('HTTP-POST', 'https://idp.example/post') }), now)
    expect(posting).toMatchObject({
      signInBinding: 'post',
      signInUrl: 'https://idp.example/post',
      wantsSignedRequests: false,
    })
    const decorated = `\uFEFF<?xml version="1.0" encoding="UTF-8"?>\n<!-- ours --><!-- - -->${metadata()}\n`
    expect(outcome(decorated)).toBe(idpEntityId)
    expect(outcome(Buffer.from(decorated))).toBe(idpEntityId)
    const otherOne = metadata({ protocol: 'urn:oasis:names:tc:SAML:1.1:protocol', entityId: 'entityID="x"' })
    expect(outcome(list(otherOne, metadata()))).toBe(idpEntityId)
    expect(outcome(metadata({ entity: 'validUntil="2030-01-01T12:00:01Z"' }))).toBe(idpEntityId)
  })

  it.each([
    ['nothing', '', 'XML_MALFORMED'],
    ['a web page', '<html><body/></html>', 'NOT_METADATA'],
    ['a web page that is no XML', '<html><br></html>', 'XML_MALFORMED'],
    ['bytes that are no UTF-8', Buffer.from(metadata({ entityId: 'entityID="\u00e9"' }), 'latin1'), 'XML_MALFORMED'],
    ['a service provider', metadata().replaceAll('IDPSSODescriptor', 'SPSSODescriptor'), 'IDENTITY_PROVIDER_MISSING'],
    ['SAML 1.1', metadata({ protocol: 'urn:oasis:names:tc:SAML:1.1:protocol' }), 'IDENTITY_PROVIDER_MISSING'],
    ['an empty list', list(), 'IDENTITY_PROVIDER_MISSING'],
    ['two providers', list(metadata(), metadata()), 'SEVERAL_IDENTITY_PROVIDERS'],
    ['no entityID', metadata({ entityId: '' }), 'ENTITY_ID_MISSING'],
    ['an endless entityID', metadata({ entityId: `entityID="${'x'.repeat(1025)}"` }), 'ENTITY_ID_MISSING'],
    ['a past validUntil', metadata({ entity: 'validUntil="2030-01-01T12:00:00Z"' }), 'EXPIRED'],
    ['one of the provider in it', metadata({ provider: 'validUntil="2029-01-01T12:00:00Z"' }), 'EXPIRED'],
    ['a validUntil that is none', metadata({ entity: 'validUntil="tomorrow"' }), 'VALIDITY_UNCLEAR'],
    ['no sign-in', metadata({ services: '' }), 'SIGN_IN_URL_MISSING'],
    ['sign-in by SOAP', metadata({ services: service('SOAP') }), 'SIGN_IN_URL_MISSING'],
    [
      'sign-in without TLS',
      metadata({ services: service('HTTP-Redirect', 'http://idp.example/') }),
      'SIGN_IN_URL_NOT_HTTPS',
    ],
    [
      'sign-in by a script',
      metadata({ services: service('HTTP-POST', 'javascript:alert(1)') }),
      'SIGN_IN_URL_NOT_HTTPS',
    ],
    [
      'a password in the address',
      metadata({ services: service('HTTP-POST', 'https://a:b@idp.example/') }),
      'SIGN_IN_URL_NOT_HTTPS',
    ],
    ['no certificate', metadata({ keys: '' }), 'CERTIFICATE_MISSING'],
    ['one for encryption alone', metadata({ keys: keyDescriptor(bare(idpKey), 'encryption') }), 'CERTIFICATE_MISSING'],
    ['one that cannot be read', metadata({ keys: keyDescriptor('AAAA') }), 'CERTIFICATE_INVALID'],
    ['one that is no base64', metadata({ keys: keyDescriptor('-----BEGIN') }), 'CERTIFICATE_INVALID'],
    ['a key of 1024 bits', metadata({ keys: keyDescriptor(bare(weakKey)) }), 'CERTIFICATE_UNUSABLE'],
    ['eleven certificates', metadata({ keys: keyDescriptor(bare(idpKey)).repeat(11) }), 'TOO_MANY_CERTIFICATES'],
    ['an external entity', `<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>${metadata()}`, 'XML_FORBIDDEN'],
    ['an external DTD', `<!DOCTYPE r SYSTEM "https://evil.example/">${metadata()}`, 'XML_FORBIDDEN'],
    ['a billion laughs', `<!DOCTYPE r [<!ENTITY a "&b;&b;"><!ENTITY b "ha">]>${metadata()}`, 'XML_FORBIDDEN'],
    ['a style sheet', `<?xml-stylesheet href="https://evil.example/"?>${metadata()}`, 'XML_FORBIDDEN'],
    ['an unknown entity', metadata({ entityId: 'entityID="&x;"' }), 'XML_MALFORMED'],
    ['a comment that does not end', `<!-- ${metadata()}`, 'XML_FORBIDDEN'],
    ['2 MB', metadata({ keys: `<a>${'x'.repeat(2_000_000)}</a>` }), 'TOO_LARGE'],
    ['depth', metadata({ keys: '<a>'.repeat(5000) + '</a>'.repeat(5000) }), 'TOO_LARGE'],
    ['20000 elements', metadata({ keys: '<a/>'.repeat(20_000) }), 'TOO_LARGE'],
  ])('is refused for %s', (_, xml, reason) => {
    expect(outcome(xml)).toBe(reason)
  })

  it('is read in the time of its length, whatever it is made of', () => {
    const megabyte = 2 ** 20 - 2000
    for (const filling of ['-', ' ', 'a', '<', '<a ', '<!--', ' a="', '&', '</', '<![CDATA[', '<?xml ', '=', '"'])
      for (const xml of [filling, `<!--${filling}`, `<a ${filling}`, `<!--${filling}-->`])
        expect(outcome(xml.replace(filling, () => filling.repeat(megabyte / filling.length)))).toMatch(/^(?:XML_|TOO_)/)
  })
})
