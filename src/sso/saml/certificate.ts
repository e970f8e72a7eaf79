import { X509Certificate } from 'node:crypto'

/** A certificate by which responses are verified. */
export interface SigningCertificate {
  readonly pem: string
  /** SHA-256, as certificate tools show it. */
  readonly fingerprint: string
  readonly notBefore: Date
  readonly expiresAt: Date
  /** Whether signatures of its key are accepted: RSA of at least 2048 bits. */
  readonly isUsable: boolean
}

/** Reads a certificate: base64, as it stands in metadata. Null for what is none. */
export function readCertificate(base64: string): SigningCertificate | null {
  const text = base64.replace(/\s+/g, '')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null
  try {
    const certificate = new X509Certificate(Buffer.from(text, 'base64'))
    const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey
    return {
      pem: certificate.toString(),
      fingerprint: certificate.fingerprint256,
      notBefore: certificate.validFromDate,
      expiresAt: certificate.validToDate,
      isUsable: asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048,
    }
  } catch {
    return null
  }
}
