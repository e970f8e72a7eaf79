import { denied } from '../../organization-tokens/grant.ts'
import { isThirdParty } from './clients.ts'
import { identityScopes } from './organization-ask.ts'
import { asksConsent, consentSought, keepConsent } from './organization-consent.ts'
import { consentPage } from './pages/consent.ts'
import { personAsked } from './person.ts'
import { deny, type Step, send } from './step.ts'

/** Shows what is asked for. For an organization that the user is no active member of, the interaction ends (TOK-4). */
export async function showConsent(step: Step): Promise<void> {
  const { interaction, client, services, look, forms, response } = step
  const request = requestOf(step)
  const isForOrganization = asksConsent(request)
  const sought = isForOrganization ? await consentSought(services, request) : null
  if (isForOrganization && sought === null) return deny(step, denied.description)
  const { email } = await personAsked(services, request.accountId)
  const scopes = String(interaction.params.scope ?? '').split(' ')
  send(
    response,
    consentPage(look, forms, {
      client: client.clientName ?? client.clientId,
      email: email ?? '',
      scopes: scopes.filter(scope => identityScopes.includes(scope)),
      organization: sought,
      isThirdParty: isThirdParty(client),
    }),
  )
}

/** Keeps the consent: for the organization with the membership there, and for the rest in the grant of the session. */
export async function giveConsent(step: Step): Promise<void> {
  const { provider, interaction, client, services, request, response } = step
  const asking = requestOf(step)
  if (asksConsent(asking)) {
    const sought = await consentSought(services, asking)
    if (sought === null || !(await keepConsent(services, asking, sought))) return deny(step, denied.description)
  }
  const known = interaction.grantId === undefined ? undefined : await provider.Grant.find(interaction.grantId)
  const grant = known ?? new provider.Grant({ accountId: asking.accountId, clientId: client.clientId })
  const { missingOIDCScope, missingResourceScopes = {} } = interaction.prompt.details as Missing
  if (missingOIDCScope !== undefined) grant.addOIDCScope(missingOIDCScope.join(' '))
  // What is asked for; the consent for the organization says how much of it there is.
  for (const [resource, scopes] of Object.entries(missingResourceScopes))
    grant.addResourceScope(resource, scopes.join(' '))
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
}

/** What oidc-provider says that the grant lacks. */
interface Missing {
  readonly missingOIDCScope?: readonly string[]
  readonly missingResourceScopes?: Readonly<Record<string, readonly string[]>>
}

function requestOf({ interaction, client }: Step) {
  return { client, accountId: interaction.session?.accountId ?? '', params: interaction.params }
}
