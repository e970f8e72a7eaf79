import { readCertificate, type SigningCertificate } from './certificate.ts'
import type { IdentityProvider, SignInBinding } from './connector.ts'
import { MetadataError } from './metadata-error.ts'
import type { XmlFault, XmlLimits } from './scan-xml.ts'
import { attributeOf, childrenNamed, decodeXml, isNamed, namespaces, parseXml, textOf } from './xml.ts'

/** What the metadata of an identity provider says. */
export interface ProviderMetadata extends Omit<IdentityProvider, 'certificates'> {
  /** Those that can be used, each once, in the order of the metadata. */
  readonly certificates: readonly SigningCertificate[]
  readonly wantsSignedRequests: boolean
}

/** Nobody's metadata comes near, but that of a federation. */
const limits: XmlLimits = { bytes: 2 ** 20, depth: 32, elements: 10_000, attributes: 20_000, hasComments: true }
const MOST_CERTIFICATES = 10
const longestEntityId = 1024

const bindings: readonly [SignInBinding, string][] = [
  ['redirect', 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'],
  ['post', 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST'],
]

/**
 * Reads the metadata of one identity provider. Nothing outside of the document is loaded. A signature of it is not
 * looked at: there is nobody yet whose it could be, and what is trusted is where the document came from.
 * @throws MetadataError that names what is missing
 */
export function readMetadata(xml: string | Uint8Array, now: Date): ProviderMetadata {
  const text = typeof xml === 'string' ? xml.replace(/^\uFEFF/, '') : decodeXml(xml)
  const root = text === null ? 'MALFORMED' : parseXml(text.trim(), limits)
  if (typeof root === 'string') throw new MetadataError(faults[root])
  const { entity, provider } = providerIn(root)
  for (const element of [root, entity, provider]) checkValidity(element, now)
  const entityId = attributeOf(entity, 'entityID')?.trim() ?? ''
  if (entityId === '' || entityId.length > longestEntityId) throw new MetadataError('ENTITY_ID_MISSING')
  return {
    entityId,
    ...signInOf(provider),
    certificates: certificatesOf(provider),
    wantsSignedRequests: /^(?:true|1)$/.test(attributeOf(provider, 'WantAuthnRequestsSigned') ?? ''),
  }
}

const faults = {
  TOO_LARGE: 'TOO_LARGE',
  MALFORMED: 'XML_MALFORMED',
  FORBIDDEN: 'XML_FORBIDDEN',
} as const satisfies Record<XmlFault, string>

/** A document may list many; it is used when one of them is an identity provider. */
function providerIn(root: Element): { entity: Element; provider: Element } {
  const isList = isNamed(root, 'metadata', 'EntitiesDescriptor')
  if (!isList && !isNamed(root, 'metadata', 'EntityDescriptor')) throw new MetadataError('NOT_METADATA')
  const entities = isList ? childrenNamed(root, 'metadata', 'EntityDescriptor') : [root]
  const [found, ...others] = entities.flatMap(entity =>
    childrenNamed(entity, 'metadata', 'IDPSSODescriptor')
      .filter(one => (attributeOf(one, 'protocolSupportEnumeration') ?? '').split(/\s+/).includes(namespaces.protocol))
      .map(provider => ({ entity, provider })),
  )
  if (others.length > 0) throw new MetadataError('SEVERAL_IDENTITY_PROVIDERS')
  if (found === undefined) throw new MetadataError('IDENTITY_PROVIDER_MISSING')
  return found
}

function checkValidity(element: Element, now: Date): void {
  const text = attributeOf(element, 'validUntil')
  if (text === null) return
  const end = new Date(/^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : Number.NaN)
  if (Number.isNaN(end.getTime())) throw new MetadataError('VALIDITY_UNCLEAR')
  if (end <= now) throw new MetadataError('EXPIRED')
}

function signInOf(provider: Element): Pick<IdentityProvider, 'signInUrl' | 'signInBinding'> {
  const services = childrenNamed(provider, 'metadata', 'SingleSignOnService')
  for (const [signInBinding, uri] of bindings) {
    const service = services.find(one => attributeOf(one, 'Binding') === uri)
    if (service === undefined) continue
    const url = URL.parse(attributeOf(service, 'Location') ?? '')
    if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '')
      throw new MetadataError('SIGN_IN_URL_NOT_HTTPS')
    return { signInBinding, signInUrl: url.href }
  }
  throw new MetadataError('SIGN_IN_URL_MISSING')
}

/** Those that are not for encryption alone. One that has expired counts: in SAML a certificate is but the shape of a key. */
function certificatesOf(provider: Element): SigningCertificate[] {
  const texts = childrenNamed(provider, 'metadata', 'KeyDescriptor')
    .filter(descriptor => attributeOf(descriptor, 'use') !== 'encryption')
    .flatMap(descriptor => childrenNamed(descriptor, 'signature', 'KeyInfo'))
    .flatMap(info => childrenNamed(info, 'signature', 'X509Data'))
    .flatMap(data => childrenNamed(data, 'signature', 'X509Certificate'))
    .map(certificate => textOf(certificate) ?? '')
  if (texts.length === 0) throw new MetadataError('CERTIFICATE_MISSING')
  if (texts.length > MOST_CERTIFICATES) throw new MetadataError('TOO_MANY_CERTIFICATES')
  const found = new Map<string, SigningCertificate>()
  for (const text of texts) {
    const certificate = readCertificate(text)
    if (certificate === null) throw new MetadataError('CERTIFICATE_INVALID')
    if (certificate.isUsable) found.set(certificate.fingerprint, certificate)
  }
  if (found.size === 0) throw new MetadataError('CERTIFICATE_UNUSABLE')
  return [...found.values()]
}
