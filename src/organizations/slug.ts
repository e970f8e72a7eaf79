import { randomInt } from 'node:crypto'
import { z } from 'zod'

/** Slugs that would be mistaken for a part of the product, or for somebody official (ORG-1). */
const reserved = new Set(
  'about account accounts admin administrator api app apps assets auth billing blog cdn console dashboard dev docs download email example ftp graphql healthz help home host imap info internal invitation invitations invite invitations jobs legal localhost login logout mail me metrics new news oauth oidc operator organization organizations owner payment pop postmaster pricing privacy public readyz register registry root saml scim security settings shop sign-in sign-out sign-up signin signout signup smtp sso staff static status store sudo support system team teams tenantry tenant tenants terms test undefined user users webhook webhooks well-known www null'.split(
    ' ',
  ),
)

/** A slug as a client gives it: brought to lower case, then held to the rule (ORG-1). */
export const slug = z
  .string()
  .trim()
  .toLowerCase()
  .min(3, 'A slug has at least 3 characters.')
  .max(63, 'A slug has at most 63 characters.')
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'A slug has letters a to z, digits, and single hyphens between them.')
  .refine(text => !reserved.has(text), 'This slug is reserved.')

/** The slug that a client looks for; null for text that no slug can be, such as what PostgreSQL cannot even read. */
export function slugSought(text: string): string | null {
  const wanted = text.trim().toLowerCase()
  return /^[a-z0-9-]{1,63}$/.test(wanted) ? wanted : null
}

/** A slug made from a name: what of it fits, else `organization`, with a number where that is needed to be valid. */
export function slugFrom(name: string): string {
  const ascii = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replaceAll(/^-+|-+$/g, '')
  if (slug.safeParse(ascii).success) return ascii
  return numbered(ascii === '' ? 'organization' : ascii)
}

/** Another slug close to a taken one. */
export function numbered(base: string): string {
  return `${base.slice(0, 50).replaceAll(/-+$/g, '')}-${randomInt(1000, 1_000_000)}`
}
