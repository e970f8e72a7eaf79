import { generate } from 'selfsigned'
import type { ServiceProviderKey } from './connector.ts'

/** Our own keys of one connector: no two have the same, and each has one use. */
export interface ServiceProviderKeys {
  readonly signing: ServiceProviderKey
  readonly decryption: ServiceProviderKey
}

/** Longer than a connector lives: in SAML a certificate is but the shape of a key, and nothing is to end one night. */
const YEARS = 20

/** New keys, with certificates that tell nothing but when they were made. */
export async function newKeys(now: Date): Promise<ServiceProviderKeys> {
  const [signing, decryption] = await Promise.all([
    newKey('Tenantry requests', now),
    newKey('Tenantry assertions', now),
  ])
  return { signing, decryption }
}

async function newKey(name: string, now: Date): Promise<ServiceProviderKey> {
  const notAfterDate = new Date(now)
  notAfterDate.setUTCFullYear(now.getUTCFullYear() + YEARS)
  const made = await generate([{ name: 'commonName', value: name }], {
    ...{ keySize: 2048, algorithm: 'sha256', notBeforeDate: now, notAfterDate },
    extensions: [{ name: 'basicConstraints', cA: false }],
  })
  return { privateKey: made.private, certificate: made.cert }
}

/** What is kept of them, before it is sealed. */
export const textOfKeys = (keys: ServiceProviderKeys): string => JSON.stringify(keys)

// Whatever opens with our key is what we sealed.
export const keysIn = (secret: string): ServiceProviderKeys => JSON.parse(secret)
