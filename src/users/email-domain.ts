import { z } from 'zod'
import { asciiDomain } from './email.ts'

/** A domain of addresses, or with `*.` before it every domain below it; kept in lower-case ASCII (JIT-1). Null for what is none. */
function domainPattern(text: string): string | null {
  const given = text.trim().toLowerCase()
  const wildcard = given.startsWith('*.') ? '*.' : ''
  const domain = asciiDomain(given.slice(wildcard.length))
  return domain === null ? null : wildcard + domain
}

/** A domain of email addresses as an admin writes it; the database compares addresses with it. */
export const emailDomain = z.string().transform((text, context) => {
  const domain = domainPattern(text)
  if (domain !== null) return domain
  context.addIssue('This is no domain, such as acme.com, or *.acme.com for every domain below it.')
  return z.NEVER
})

/** Domains as admins list them, each once, at most 100 as in every list of an input. */
export const emailDomains = z.array(emailDomain).transform(domains => [...new Set(domains)])
