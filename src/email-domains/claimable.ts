import providers from 'email-providers/all.json' with { type: 'json' }
import { blockedDomainOf } from '../users/blocked-domain.ts'

/** Where everybody can have an address, and that the list of the package does not have. */
const moreProviders = ['fastmail.com', 'tuta.com', 'tutanota.com', 'tutanota.de']
const publicProviders: ReadonlySet<string> = new Set([...providers, ...moreProviders])

/** Names that are nobody's in the public DNS: RFC 6761 and the registry that it made, RFC 7686, 8375, 9476, and `internal`. */
const specialUse = [
  ...['test', 'localhost', 'local', 'invalid', 'example', 'example.com', 'example.net', 'example.org'],
  ...['onion', 'alt', 'arpa', 'internal'],
]

/** Why nobody can claim this domain here (JIT-2); null when somebody can. With `*.` before it, it is about what is below. */
export function unclaimable(domain: string, blocked: ReadonlySet<string>): string | null {
  const name = bare(domain)
  if (specialUse.some(special => name === special || name.endsWith(`.${special}`)))
    return 'This name is reserved for special use, and nobody owns it.'
  if (publicProviders.has(name))
    return 'Everybody can have an address there: it is the domain of a public mail provider.'
  return blockedDomainOf(`@${name}`, blocked) === null ? null : 'This deployment takes nobody with an address there.'
}

/** The domain itself, of one that says `*.` before it. */
export const bare = (domain: string) => (domain.startsWith('*.') ? domain.slice(2) : domain)
