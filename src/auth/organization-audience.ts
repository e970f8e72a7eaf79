import { isUuid } from '../ids.ts'

/** What an organization token says of its organization, and of what it may at most do there (TOK-7). */
export interface TokenBinding {
  readonly organizationId: string
  /** The keys of permissions, as the token has them; which of them are held is asked at every request. */
  readonly scopes: readonly string[]
}

const prefix = 'urn:tenantry:organization:'

/** The audience of the tokens for one organization (TOK-1). */
export function organizationAudience(organizationId: string): string {
  return `${prefix}${organizationId}`
}

/** The organization whose audience this is; null for every other audience. */
export function organizationOfAudience(audience: unknown): string | null {
  if (typeof audience !== 'string' || !audience.startsWith(prefix)) return null
  const id = audience.slice(prefix.length)
  return isUuid(id) ? id : null
}

/** The scopes of a `scope` claim (RFC 9068, section 2.2.3): none when it is absent or anything but a text. */
export function scopesOf(claim: unknown): string[] {
  return typeof claim === 'string' ? [...new Set(claim.split(' ').filter(scope => scope !== ''))] : []
}
