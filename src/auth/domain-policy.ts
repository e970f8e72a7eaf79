/** Who may do what with email domains: a part of policy.ts, under the same laws. */
import type { EmailDomainRow } from '../email-domains/email-domain.loaders.ts'
import type { Ask } from '../load.ts'
import { holds, holdsToChange, manages, notFound, signedIn, type Verdict } from './policy.ts'

/** An email domain may be seen by whoever holds domain:read there. */
export async function seeEmailDomain(ask: Ask, claim: EmailDomainRow): Promise<Verdict> {
  const refused = await holds(ask, claim.organizationId, 'domain:read')
  return refused === null ? null : (signedIn(ask) ?? notFound('email domain'))
}

/** An email domain may be proved and given up by whoever holds domain:read and domain:manage there. */
export async function manageEmailDomain(ask: Ask, claim: EmailDomainRow): Promise<Verdict> {
  return (await seeEmailDomain(ask, claim)) ?? holdsToChange(ask, claim.organizationId, 'domain:manage')
}

/** An email domain may be declared proved by operators with organizations:write, unless the organization is deleted (JIT-3). */
export async function vouchForEmailDomain(ask: Ask, claim: EmailDomainRow): Promise<Verdict> {
  return (await manageEmailDomain(ask, claim)) ?? manages(ask, 'organizations:write')
}
