import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import type { Services } from '../../context.ts'
import { areThere, usableConnector } from '../../sso/connector-at.ts'
import { readConnectorHint } from '../../sso/login-hint.ts'
import { connectorsIn, isThrough } from '../../sso/methods.ts'
import type { UnderRequiredSso } from '../required-sso-policy.ts'
import { asksMultiFactor, multiFactor, singleFactor } from './acr.ts'
import { accountClientId } from './applications.ts'
import { asksConsent, consentSought } from './organization-consent.ts'
import { factorsOf, hasAny } from './passkeys/factors.ts'
import { underRequired } from './sso-gate.ts'

const accountCheck = new interactionPolicy.Check(
  'account',
  'this is a page, and no product',
  'interaction_required',
  ({ oidc: { client } }) => client?.clientId === accountClientId,
)

/** When somebody is asked something: as oidc-provider has it, and for a second factor, and for consent in an organization. */
export function interactionsOf(services: Services) {
  const policy = interactionPolicy.base()
  policy.get('login')?.checks.add(ssoCheck(services))
  policy.get('login')?.checks.add(goneCheck(services))
  policy.get('login')?.checks.add(connectorCheck(services))
  policy.get('login')?.checks.add(multiFactorCheck(services))
  policy.get('consent')?.checks.add(consentCheck(services))
  // After the others: who is signed in, with what they have, sees the page of the account, and nothing comes after it.
  policy.add(new interactionPolicy.Prompt({ name: 'account', requestable: false }, accountCheck))
  return policy
}

/** Who is signed in by a way that does not count any more signs in again, through the connector that is required (SSO-5). */
function ssoCheck(services: Services) {
  return new interactionPolicy.Check(
    'sso_required',
    'the organization of the address requires its own sign-in',
    'login_required',
    async ({ oidc: { session } }) => (await underOf(services, session)) === 'REFUSED',
  )
}

/** A sign-in through a connector is over with it, also one that was under way as it was deleted. */
function goneCheck(services: Services) {
  return new interactionPolicy.Check(
    'connector_gone',
    'the connector of the sign-in is there no more',
    'login_required',
    async ({ oidc: { session } }) =>
      session?.accountId !== undefined && !(await areThere(services, connectorsIn(session.amr ?? []))),
  )
}

/**
 * Who comes by the login URL of a connector signs in through it, whoever was signed in before: at their provider they may
 * be somebody else. Who has just signed in by another way was offered it.
 */
function connectorCheck(services: Services) {
  return new interactionPolicy.Check(
    'connector_asked',
    'the request asks for the sign-in of a connector',
    'login_required',
    async ({ oidc: { session, params = {}, result } }) => {
      const hint = readConnectorHint(params.login_hint)
      if (hint === null || session?.accountId === undefined || result?.login !== undefined) return false
      if (isThrough(session.amr ?? [], [hint.connectorId])) return false
      return (await usableConnector(services, hint.connectorId)) !== null
    },
  )
}

async function underOf(services: Services, session: KoaContextWithOIDC['oidc']['session']): Promise<UnderRequiredSso> {
  if (session?.accountId === undefined) return 'FREE'
  const { accountId, amr = [], acr = singleFactor } = session
  return (await underRequired(services, { accountId, amr, acr })).under
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
      // Who may do without the required connector may with a second factor.
      if ((await underOf(services, session)) === 'FACTOR_MISSING') return true
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
