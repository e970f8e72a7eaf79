import type { JWTPayload, ProtectedHeaderParameters } from 'jose'
import { isUuid } from '../ids.ts'
import { quoted, refused } from './issuer-keys.ts'

/** What an organization token says of its organization, and of what it may at most do there (TOK-7). */
export interface TokenBinding {
  readonly organizationId: string
  /** The keys of permissions, as the token has them; which of them are held is asked at every request. */
  readonly scopes: readonly string[]
}

/** What every audience of an organization begins with; its id follows. */
export const organizationPrefix = 'urn:tenantry:organization:'

/** The audience of the tokens for one organization (TOK-1). */
export function organizationAudience(organizationId: string): string {
  return `${organizationPrefix}${organizationId}`
}

/** Whom an issuer issues tokens for that the gateway takes. */
interface Audiences {
  readonly audience: string
  readonly issuesOrganizationTokens?: true
}

/**
 * Which of the token's audiences is meant: of a foreign issuer the one that the configuration names. A token of our own
 * is for the gateway or for one organization, and for nothing beside it.
 */
export function audienceOf(claimed: JWTPayload, { typ }: ProtectedHeaderParameters, issuer: Audiences): string {
  const audiences = [claimed.aud].flat()
  const [first, ...others] = audiences
  if (issuer.issuesOrganizationTokens === true) {
    if (!/^(application\/)?at\+jwt$/i.test(typ ?? ''))
      throw refused('Only an access token (typ "at+jwt") of this issuer gives access.')
    if (others.length > 0) throw refused('The token has more than one audience (aud); it acts in one place only.')
    if (first !== undefined && organizationOfAudience(first) !== null) return first
  }
  if (audiences.includes(issuer.audience)) return issuer.audience
  throw refused(`The token's audience (aud) is not ${quoted(issuer.audience)}.`)
}

/** What an organization token binds its request to; null for a token of any other audience. */
export function bindingIn({ aud, organization_id: claimed, scope }: JWTPayload): TokenBinding | null {
  const organizationId = organizationOfAudience([aud].flat()[0])
  if (organizationId === null) return null
  if (claimed !== undefined && claimed !== organizationId)
    throw refused('The token names another organization (organization_id) than its audience (aud).')
  return Object.freeze({ organizationId, scopes: Object.freeze(scopesOf(scope)) })
}

/** The organization whose audience this is; null for every other audience. */
function organizationOfAudience(audience: unknown): string | null {
  if (typeof audience !== 'string' || !audience.startsWith(organizationPrefix)) return null
  const id = audience.slice(organizationPrefix.length)
  return isUuid(id) ? id : null
}

/** The scopes of a `scope` claim (RFC 9068, section 2.2.3): none when it is absent or anything but a text. */
function scopesOf(claim: unknown): string[] {
  return typeof claim === 'string' ? [...new Set(claim.split(' ').filter(scope => scope !== ''))] : []
}
