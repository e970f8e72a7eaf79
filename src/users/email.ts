import { domainToASCII } from 'node:url'
import { z } from 'zod'

// As in the HTML standard, which is what forms accept; the length is that of RFC 5321.
const address = /^[^\s@"(),:;<>[\\\]]+@([^\s@"(),:;<>[\\\]]+)$/u

/** The form in which addresses are compared: lower case, the domain in ASCII (INV-2). Null for what is no address. */
export function emailKey(email: string): string | null {
  const match = address.exec(email)
  if (match === null || email.length > 254) return null
  const at = email.lastIndexOf('@')
  const domain = domainToASCII(email.slice(at + 1).toLowerCase())
  const local = email.slice(0, at).normalize('NFC').toLowerCase()
  const isDomain = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(domain)
  const isLocal = local.length <= 64 && !local.startsWith('.') && !local.endsWith('.') && !local.includes('..')
  return isDomain && isLocal ? `${local}@${domain}` : null
}

/** An email address as a client gives it: stored so, compared by its key. */
export const email = z
  .string()
  .trim()
  .max(254, 'An address has at most 254 characters.')
  .refine(text => emailKey(text) !== null, 'This is not an email address.')

/** The address with its local part hidden, for one who is not its owner: `a***@example.com`. */
export function maskEmail(text: string): string {
  const at = text.lastIndexOf('@')
  return `${text.slice(0, 1)}***${text.slice(at)}`
}
