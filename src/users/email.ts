import { domainToASCII } from 'node:url'
import { z } from 'zod'

// As in the HTML standard, which is what forms accept; the length is that of RFC 5321. Nothing invisible counts as text.
const address = /^[^\s\p{Cc}\p{Cf}@"(),:;<>[\\\]]+@[^\s\p{Cc}\p{Cf}@"(),:;<>[\\\]]+$/u
// `domainToASCII` reads a host out of a web address: it would cut off a path and decode an escape. No domain has those.
const domainText = /^[a-z0-9.\-\u0080-\u{10ffff}]+$/u
const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
// The last label has a letter: what has none is an IP address.
const domainName = new RegExp(`^(?:${label}\\.)+(?=[0-9-]*[a-z])${label}$`)

/** The form in which addresses are compared: lower case, the domain in ASCII (INV-2). Null for what is no address. */
export function emailKey(email: string): string | null {
  if (!address.test(email) || email.length > 254 || !email.isWellFormed()) return null
  const at = email.lastIndexOf('@')
  const domain = asciiDomain(email.slice(at + 1))
  const local = email.slice(0, at)
  const isLocal = local.length <= 64 && !local.startsWith('.') && !local.endsWith('.') && !local.includes('..')
  if (domain === null || !isLocal || [...local].some(foldsIntoAscii)) return null
  return `${local.normalize('NFC').toLowerCase()}@${domain}`
}

/** A domain in the form in which domains are compared; null for what is none. */
export function asciiDomain(text: string): string | null {
  const lower = text.toLowerCase()
  const domain = domainText.test(lower) ? domainToASCII(lower) : ''
  return domain.length <= 253 && domainName.test(domain) ? domain : null
}

/** Such as the Kelvin sign: another mailbox than that of its look-alike, which folding would make it. */
function foldsIntoAscii(character: string): boolean {
  const isAscii = (text: string) => /^\p{ASCII}*$/u.test(text)
  return !isAscii(character) && isAscii(character.normalize('NFC').toLowerCase())
}

/** An email address as a client gives it: stored so, compared by its key. */
export const email = z
  .string()
  .trim()
  .max(254, 'An address has at most 254 characters.')
  .refine(text => emailKey(text) !== null, 'This is not an email address.')

/** The address with its local part hidden, for one who is not its owner: `a***@example.com`; of one character, all of it. */
export function maskEmail(text: string): string {
  const at = text.lastIndexOf('@')
  const [first = '', ...others] = text.slice(0, at)
  return `${others.length === 0 ? '' : first}***${text.slice(at)}`
}
