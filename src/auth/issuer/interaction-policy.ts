import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import type { Services } from '../../context.ts'
import { asksMultiFactor, multiFactor } from './acr.ts'
import { accountClientId } from './applications.ts'
import { asksConsent, consentSought } from './organization-consent.ts'
import { factorsOf, hasAny } from './passkeys/factors.ts'

const accountCheck = new interactionPolicy.Check(
  'account',
  'this is a page, and no product',
  'interaction_required',
  ({ oidc: { client } }) => client?.clientId === accountClientId,
)

/** When somebody is asked something: as oidc-provider has it, and for a second factor, and for consent in an organization. */
export function interactionsOf(services: Services) {
  const policy = interactionPolicy.base()
  policy.get('login')?.checks.add(multiFactorCheck(services))
  policy.get('consent')?.checks.add(consentCheck(services))
  // After the others: who is signed in, with what they have, sees the page of the account, and nothing comes after it.
  policy.add(new interactionPolicy.Prompt({ name: 'account', requestable: false }, accountCheck))
  return policy
}

/** A request names the class, as RFC 9470 has it, and gets it or an error: never less than it asked for. */
function multiFactorCheck(services: Services) {
  return new interactionPolicy.Check(
    'multi_factor_missing',
    'the sign-in has shown one factor',
    'unmet_authentication_requirements',
    async ({ oidc: { client, session, params = {} } }) => {
      if (session?.acr === multiFactor) return false
      if (asksMultiFactor(params)) return true
      // Who has a factor changes what they sign in with by it alone.
      if (client?.clientId !== accountClientId || session?.accountId === undefined) return false
      return hasAny(await factorsOf(services, session.accountId))
    },
    ({ oidc: { session } }) => ({ signedInAt: session?.loginTs ?? 0 }),
  )
}

/**
 * Consent is asked for in the same way where the user is no member: with `prompt=none` nobody learns who is a member of
 * what (TOK-4).
 */
function consentCheck(services: Services) {
  const isMissing = async ({ oidc }: KoaContextWithOIDC): Promise<boolean> => {
    const { client, session, params = {} } = oidc
    if (client === undefined || session?.accountId === undefined || !asksConsent({ client, params })) return false
    const sought = await consentSought(services, { client, accountId: session.accountId, params })
    return sought?.isGiven !== true
  }
  return new interactionPolicy.Check(
    'organization_consent_missing',
    'the user has not consented to this for the organization',
    'consent_required',
    isMissing,
  )
}
