import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12

/** Encrypts a text with a key of 32 bytes: nonce, tag and text, in base64url. */
export function seal(text: string, key: Buffer): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, key, nonce)
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return [nonce, cipher.getAuthTag(), sealed].map(part => part.toString('base64url')).join('.')
}

/** What was sealed with this key; throws for what was not. */
export function unseal(sealed: string, key: Buffer): string {
  const [nonce, tag, text] = sealed.split('.').map(part => Buffer.from(part, 'base64url'))
  if (nonce === undefined || tag === undefined || text === undefined) throw new Error('what was sealed is malformed')
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: 16 })
  decipher.setAuthTag(tag)
  return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8')
}
