import { decrypt } from 'xml-encryption'
import { accepted } from './algorithms.ts'
import type { ServiceProviderKey } from './connector.ts'
import { attributeOf, childrenNamed, everyElement } from './xml.ts'

/** An assertion as it came out of its encryption, and the key that did it. */
export interface Decrypted {
  readonly xml: string
  readonly privateKey: string
}

/** The text of an encrypted assertion by the first key that fits; null for whatever reason it does not come out. */
export async function decryptAssertion(
  encrypted: Element,
  keys: readonly ServiceProviderKey[],
): Promise<Decrypted | null> {
  if (!isAccepted(encrypted)) return null
  for (const { privateKey } of keys) {
    const xml = await decryptWith(encrypted.toString(), privateKey)
    if (xml !== null) return { xml, privateKey }
  }
  return null
}

/** One text, one key, and both by algorithms that are accepted. */
function isAccepted(encrypted: Element): boolean {
  const [data, ...others] = childrenNamed(encrypted, 'encryption', 'EncryptedData')
  const keys = [...everyElement(encrypted)].filter(element => element.localName === 'EncryptedKey')
  const [key, ...moreKeys] = keys
  const retrievals = [...everyElement(encrypted)].filter(element => element.localName === 'RetrievalMethod')
  if (data === undefined || key === undefined || others.length > 0 || moreKeys.length > 0) return false
  // The library puts it into an XPath expression as it is.
  if (!retrievals.every(one => /^#[\w.-]+$/.test(attributeOf(one, 'URI') ?? ''))) return false
  return accepted.encryption.has(algorithmOf(data)) && accepted.keyTransport.has(algorithmOf(key))
}

function algorithmOf(element: Element): string {
  const [method, ...others] = childrenNamed(element, 'encryption', 'EncryptionMethod')
  return method === undefined || others.length > 0 ? '' : (attributeOf(method, 'Algorithm') ?? '')
}

function decryptWith(xml: string, key: string): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>()
  decrypt(xml, { key, disallowDecryptionWithInsecureAlgorithm: true }, (error, text) => resolve(error ? null : text))
  return promise
}
