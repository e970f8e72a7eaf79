import { z } from 'zod'
import { asciiDomain } from './email.ts'

/** Domains of the configuration: `example.com` is itself, `*.example.com` all below it. Compared as addresses are. */
export const blockedDomains = z.array(z.string()).transform((entries, context): ReadonlySet<string> => {
  const read = entries.map(entry => (entry.startsWith('*.') ? below(entry.slice(2)) : asciiDomain(entry)))
  const wrong = entries.filter((_, index) => read[index] === null)
  if (wrong.length > 0)
    context.addIssue(`must name domains, such as example.com or *.example.com, not ${wrong.join(', ')}`)
  return new Set(read.filter(entry => entry !== null))
})

/** Below a domain of one label, such as `*.test`, too: with a label before it, that is a domain. */
function below(text: string): string | null {
  const domain = asciiDomain(`x.${text}`)
  return domain === null ? null : `*${domain.slice(1)}`
}

/** The domain of an address, given by its key, when nobody there is invited; null when that is no matter. */
export function blockedDomainOf(emailKey: string, blocked: ReadonlySet<string>): string | null {
  const domain = emailKey.slice(emailKey.lastIndexOf('@') + 1)
  if (blocked.size === 0) return null
  const labels = domain.split('.')
  const isBelow = labels.some((_, index) => index > 0 && blocked.has(`*.${labels.slice(index).join('.')}`))
  return isBelow || blocked.has(domain) ? domain : null
}
