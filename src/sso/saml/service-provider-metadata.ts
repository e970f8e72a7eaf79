import { createHash } from 'node:crypto'
import { generateServiceProviderMetadata } from '@node-saml/node-saml'
import type { ServiceProvider } from './connector.ts'

/** The form of NameID that is asked for: one that stays with the user. */
const persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'

/**
 * The metadata to hand to the customer's IT: who we are, where responses go, that assertions are to be signed, and the
 * certificates to verify our requests and to encrypt for us with. The same input gives the same text.
 */
export function serviceProviderMetadata({ entityId, acsUrl, signing, decryption }: ServiceProvider): string {
  const [newest] = decryption
  return generateServiceProviderMetadata({
    issuer: entityId,
    callbackUrl: acsUrl,
    wantAssertionsSigned: true,
    identifierFormat: persistent,
    generateUniqueId: () => `_${createHash('sha256').update(`${entityId} ${acsUrl}`).digest('hex').slice(0, 40)}`,
    ...(signing === null ? {} : { privateKey: signing.privateKey, publicCerts: signing.certificate }),
    ...(newest === undefined ? {} : { decryptionPvk: newest.privateKey, decryptionCert: newest.certificate }),
  })
}
