import { SAML } from '@node-saml/node-saml'
import type { SamlConnector } from './connector.ts'
import { decryptAssertion } from './decrypt-assertion.ts'
import { checkDecrypted, structureOf } from './response-structure.ts'
import { SamlRefusedError } from './saml-refused-error.ts'
import type { XmlFault, XmlLimits } from './scan-xml.ts'
import { decodeXml, parseXml } from './xml.ts'

/** Several times of what providers send for somebody with the most groups that they send (150 at Entra ID). */
const limits: XmlLimits = { bytes: 256 * 1024, depth: 32, elements: 3000, attributes: 6000, hasComments: false }

export interface VerifiedAssertion {
  /** Read out of the signed bytes. */
  readonly assertion: Element
  /** Around it, and signed only where the provider signs both. */
  readonly response: Element
}

/**
 * The assertion of a response, out of the very bytes that a certificate of the provider has signed.
 * @throws SamlRefusedError
 */
export async function verifiedAssertion(connector: SamlConnector, samlResponse: string): Promise<VerifiedAssertion> {
  const xml = textOfResponse(samlResponse)
  const response = parsed(xml)
  const { assertion, isEncrypted, isResponseSigned } = structureOf(response)
  const key = isEncrypted ? await keyThatOpens(connector, assertion) : null
  const signed = await signedXml(connector, xml, key, isResponseSigned)
  if (signed === null) throw new SamlRefusedError(isEncrypted ? 'DECRYPTION_FAILED' : 'SIGNATURE_INVALID')
  return { assertion: parsed(signed), response }
}

function textOfResponse(samlResponse: string): string {
  if (samlResponse.length > limits.bytes * 2) throw new SamlRefusedError('TOO_LARGE')
  const base64 = samlResponse.replace(/\s+/g, '')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new SamlRefusedError('NOT_BASE64')
  const xml = decodeXml(Buffer.from(base64, 'base64'))
  if (xml === null) throw new SamlRefusedError('XML_MALFORMED')
  return xml
}

const refusals = {
  TOO_LARGE: 'TOO_LARGE',
  MALFORMED: 'XML_MALFORMED',
  FORBIDDEN: 'XML_FORBIDDEN',
} as const satisfies Record<XmlFault, string>

function parsed(xml: string): Element {
  const root = parseXml(xml, limits)
  if (typeof root === 'string') throw new SamlRefusedError(refusals[root])
  return root
}

/**
 * Whatever is wrong from here on until the signature is known to be right has one and the same reason: with another for
 * each, whoever changes an encrypted assertion bit by bit would read it by our answers (Jager and Somorovsky, 2011).
 */
async function keyThatOpens({ serviceProvider }: SamlConnector, encrypted: Element): Promise<string> {
  if (serviceProvider.decryption.length === 0) throw new SamlRefusedError('NOT_ENCRYPTED_FOR_US')
  const decrypted = await decryptAssertion(encrypted, serviceProvider.decryption)
  if (decrypted === null) throw new SamlRefusedError('DECRYPTION_FAILED')
  try {
    checkDecrypted(parsed(decrypted.xml))
  } catch {
    throw new SamlRefusedError('DECRYPTION_FAILED')
  }
  return decrypted.privateKey
}

/** Verifies, and hands over what is signed: the rest it would hold against its own clock, or not at all. */
class Verifier extends SAML {
  signed: string | null = null
  protected override async processValidlySignedAssertionAsync(xml: string) {
    this.signed = xml
    return { profile: { issuer: '', nameID: '', nameIDFormat: '' }, loggedOut: false }
  }
}

/** The bytes that a certificate of the provider has signed; null when there are none. */
async function signedXml(
  { serviceProvider, identityProvider }: SamlConnector,
  xml: string,
  decryptionKey: string | null,
  isResponseSigned: boolean,
): Promise<string | null> {
  const verifier = new Verifier({
    idpCert: [...identityProvider.certificates],
    issuer: serviceProvider.entityId,
    callbackUrl: serviceProvider.acsUrl,
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: isResponseSigned,
    ...(decryptionKey === null ? {} : { decryptionPvk: decryptionKey }),
  })
  try {
    // The text that was looked at, in place of the bytes that came: nothing is read in two ways.
    await verifier.validatePostResponseAsync({ SAMLResponse: Buffer.from(xml).toString('base64') })
    return verifier.signed
  } catch {
    return null
  }
}
