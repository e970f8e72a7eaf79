import { SignedXml } from 'xml-crypto'
import { encrypt } from 'xml-encryption'
import { attributePresets } from '../../src/sso/saml/attribute-mapping.ts'
import type { SamlConnector } from '../../src/sso/saml/connector.ts'
import type { AssertionUse } from '../../src/sso/saml/finish-sign-in.ts'
import { bare, type KeyPair, keyPair } from './certificates.ts'

export const now = new Date('2030-01-01T12:00:00Z')
export const acsUrl = 'https://gateway.example/sso/saml/acs'
export const ourEntityId = 'https://gateway.example/sso/saml'
export const idpEntityId = 'https://idp.example/saml'
export const requestId = '_request1'
const assertionNs = 'urn:oasis:names:tc:SAML:2.0:assertion'
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const enveloped = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'

/** Made once: RSA keys take their time. */
export const idpKey = await keyPair()
export const nextIdpKey = await keyPair()
export const strangerKey = await keyPair()
export const ourKey = await keyPair('gateway.example')

/** A connector that trusts `idpKey`. */
export function connector(changed: Partial<SamlConnector> = {}, certificates = [idpKey.certificate]): SamlConnector {
  return {
    serviceProvider: { entityId: ourEntityId, acsUrl, signing: null, decryption: [ourKey] },
    identityProvider: {
      entityId: idpEntityId,
      signInUrl: 'https://idp.example/sso',
      signInBinding: 'redirect',
      certificates,
    },
    attributes: attributePresets.default,
    allowsUnsolicited: false,
    ...changed,
  }
}

/** As a table with a unique key is. */
export function assertionUses(): AssertionUse & { readonly claimed: Map<string, Date> } {
  const claimed = new Map<string, Date>()
  return {
    claimed,
    claim: async (id, until) => {
      if (claimed.has(id)) return false
      claimed.set(id, until)
      return true
    },
  }
}

/** Each part of an assertion as XML, so that a test can put anything in its place. */
export interface AssertionParts {
  id: string
  issuer: string
  nameId: string
  confirmation: string
  conditions: string
  authentication: string
  attributes: string
}

const times = 'NotBefore="2030-01-01T11:59:00Z" NotOnOrAfter="2030-01-01T12:05:00Z"'

export const confirmation = (data = '', method = 'bearer') =>
  `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:${method}"><saml:SubjectConfirmationData ${
    data || `Recipient="${acsUrl}" InResponseTo="${requestId}" NotOnOrAfter="2030-01-01T12:05:00Z"`
  }/></saml:SubjectConfirmation>`

export const conditions = (audience: string | null = ourEntityId, bounds = times, more = '') =>
  `<saml:Conditions ${bounds}>${
    audience === null
      ? ''
      : `<saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction>`
  }${more}</saml:Conditions>`

export const nameId = (value: string, format = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent') =>
  `<saml:NameID Format="${format}">${value}</saml:NameID>`

export const attributes = (values: Record<string, readonly string[]>) =>
  `<saml:AttributeStatement>${Object.entries(values)
    .map(
      ([name, texts]) =>
        `<saml:Attribute Name="${name}">${texts.map(text => `<saml:AttributeValue>${text}</saml:AttributeValue>`).join('')}</saml:Attribute>`,
    )
    .join('')}</saml:AttributeStatement>`

export const authentication =
  '<saml:AuthnStatement AuthnInstant="2030-01-01T12:00:00Z" SessionIndex="_session1"><saml:AuthnContext>' +
  '<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport' +
  '</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>'

/** An assertion without a signature. */
export function assertion(changed: Partial<AssertionParts> = {}): string {
  const parts: AssertionParts = {
    id: '_assertion1',
    issuer: idpEntityId,
    nameId: nameId('ada-0001'),
    confirmation: confirmation(),
    conditions: conditions(),
    authentication,
    attributes: attributes({ mail: ['ada@acme.example'], displayName: ['Ada L.'], memberOf: ['staff', 'admins'] }),
    ...changed,
  }
  return (
    `<saml:Assertion xmlns:saml="${assertionNs}" ID="${parts.id}" Version="2.0" IssueInstant="2030-01-01T12:00:00Z">` +
    `<saml:Issuer>${parts.issuer}</saml:Issuer><saml:Subject>${parts.nameId}${parts.confirmation}</saml:Subject>` +
    `${parts.conditions}${parts.authentication}${parts.attributes}</saml:Assertion>`
  )
}

export interface ResponseParts {
  id: string
  attributes: string
  issuer: string
  before: string
  status: string
}

const success = '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'

/** A response around whatever it is given, without a signature. */
export function response(inner: string, changed: Partial<ResponseParts> = {}): string {
  const parts: ResponseParts = {
    id: '_response1',
    attributes: `Destination="${acsUrl}" InResponseTo="${requestId}"`,
    issuer: `<saml:Issuer xmlns:saml="${assertionNs}">${idpEntityId}</saml:Issuer>`,
    before: '',
    status: success,
    ...changed,
  }
  return (
    `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="${parts.id}" Version="2.0" ` +
    `IssueInstant="2030-01-01T12:00:00Z" ${parts.attributes}>${parts.issuer}${parts.before}${parts.status}${inner}</samlp:Response>`
  )
}

export interface SignOptions {
  readonly algorithm?: string
  readonly digest?: string
  readonly transforms?: readonly string[]
  readonly keyInfo?: KeyPair
}

/** Puts an enveloped signature behind the Issuer of the element with an ID. */
export function sign(xml: string, id: string, key: KeyPair = idpKey, options: SignOptions = {}): string {
  const signed = new SignedXml({
    privateKey: key.privateKey,
    signatureAlgorithm: options.algorithm ?? 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: exclusive,
    getKeyInfoContent: () =>
      options.keyInfo === undefined
        ? null
        : `<X509Data><X509Certificate>${bare(options.keyInfo)}</X509Certificate></X509Data>`,
  })
  signed.addReference({
    xpath: `//*[@ID='${id}']`,
    uri: `#${id}`,
    transforms: [...(options.transforms ?? [enveloped, exclusive])],
    digestAlgorithm: options.digest ?? 'http://www.w3.org/2001/04/xmlenc#sha256',
  })
  signed.computeSignature(xml, {
    location: { reference: `//*[@ID='${id}']/*[local-name()='Issuer']`, action: 'after' },
  })
  return signed.getSignedXml()
}

/** A signed assertion in a response, as most providers send it. */
export function signedResponse(changed: Partial<AssertionParts> = {}, around: Partial<ResponseParts> = {}): string {
  return response(sign(assertion(changed), changed.id ?? '_assertion1'), around)
}

export interface EncryptOptions {
  readonly content?: 'aes128-cbc' | 'aes256-cbc' | 'tripledes-cbc' | 'aes256-gcm'
  readonly transport?: 'rsa-oaep-mgf1p' | 'rsa-1_5'
}

export async function encrypted(xml: string, key: KeyPair = ourKey, options: EncryptOptions = {}): Promise<string> {
  const { content = 'aes256-gcm', transport = 'rsa-oaep-mgf1p' } = options
  const family = content.endsWith('gcm') ? 'http://www.w3.org/2009/xmlenc11#' : 'http://www.w3.org/2001/04/xmlenc#'
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  encrypt(
    xml,
    {
      rsa_pub: key.certificate,
      pem: key.certificate,
      encryptionAlgorithm: `${family}${content}` as 'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
      keyEncryptionAlgorithm: `http://www.w3.org/2001/04/xmlenc#${transport}`,
      warnInsecureAlgorithm: false,
    },
    (error, result) => (error ? reject(error) : resolve(result)),
  )
  return `<saml:EncryptedAssertion xmlns:saml="${assertionNs}">${await promise}</saml:EncryptedAssertion>`
}

export const post = (xml: string | Uint8Array) => Buffer.from(xml).toString('base64')
