import { clientAddress } from '../../client-address.ts'
import type { Services } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { type RequiredSso, requiredSsoOf } from '../../sso/required.ts'
import { noteConnector } from '../../sso/sso-connector.service.ts'
import { emailKey } from '../../users/email.ts'
import { anonymous } from '../actor.ts'
import { isNamedOperator } from '../named-operator.ts'
import { ownIssuer } from '../own-issuer.ts'
import { signInUnder, type UnderRequiredSso } from '../required-sso-policy.ts'
import { userWithAddress } from './account.ts'
import { addressPage } from './pages/sign-in.ts'
import { personAsked } from './person.ts'
import { type Step, send } from './step.ts'
import { textsOf } from './texts/locales.ts'

/** Who has signed in, and how. */
export interface SignedIn {
  readonly accountId: string
  readonly amr: readonly string[]
  readonly acr: string
}

/** What a sign-in here is to the connector that the address of its user requires (SSO-5). */
export async function underRequired(services: Services, { accountId, amr, acr }: SignedIn): Promise<Under> {
  const required = await requiredSsoOf(services, { principalId: accountId })
  if (required === null) return { under: 'FREE', required, email: null }
  const { issuer } = ownIssuer(services.config)
  const { email } = await personAsked(services, accountId)
  const named = { issuer, subject: accountId, emailKey: email === null ? null : emailKey(email) }
  if (isNamedOperator(services.config, named)) return { under: 'FREE', required, email }
  return { under: signInUnder(required, { issuer, methods: amr, acr }, issuer), required, email }
}

interface Under {
  readonly under: UnderRequiredSso
  readonly required: RequiredSso | null
  /** Of the user; null where no connector is required. */
  readonly email: string | null
}

/** Whether a sign-in may end so; else the page says why not. One that breaks the glass is told of in the audit log. */
export async function admitted(step: Step, signedIn: SignedIn): Promise<boolean> {
  const { under, required, email } = await underRequired(step.services, signedIn)
  if (required === null || (under !== 'REFUSED' && under !== 'BREAK_GLASS')) return true
  const action = under === 'REFUSED' ? 'SSO_SIGN_IN_REFUSED' : 'SSO_BREAK_GLASS_USED'
  await note(step, action, required, { email, amr: signedIn.amr })
  if (under === 'REFUSED') sendRefusal(step)
  return under === 'BREAK_GLASS'
}

/**
 * Whether somebody may sign in by a code with this address, which they have just shown to be theirs; else the page says why
 * not. Nobody comes into being who could not sign in.
 */
export async function admittedByCode(step: Step, email: string, key: string): Promise<boolean> {
  const { services } = step
  const principalId = await userWithAddress(services, key)
  const required = await requiredSsoOf(services, { principalId, emailKey: key })
  const named = { issuer: ownIssuer(services.config).issuer, subject: principalId ?? '', emailKey: key }
  if (required === null || required.isBreakGlass || isNamedOperator(services.config, named)) return true
  await note(step, 'SSO_SIGN_IN_REFUSED', required, { email, amr: ['otp', 'email'] })
  sendRefusal(step)
  return false
}

function sendRefusal({ look, forms, response }: Step): void {
  const problem = textsOf(look.locale).ssoRequired
  send(response, addressPage(look, forms, { email: '', problem, status: 403, offersCode: true }))
}

async function note(
  step: Step,
  action: 'SSO_SIGN_IN_REFUSED' | 'SSO_BREAK_GLASS_USED',
  required: RequiredSso,
  { email, amr }: { readonly email: string | null; readonly amr: readonly string[] },
): Promise<void> {
  const by = { actor: anonymous, ipAddress: clientAddress(step.services.config, step.request) }
  await transaction(step.services, by, async tx => {
    const { organizationId, connectorId: id, connectorName: name } = required
    await tx.enter(organizationId)
    const reason = action === 'SSO_SIGN_IN_REFUSED' ? [{ field: 'reason', before: null, after: 'SSO_REQUIRED' }] : []
    noteConnector(tx, action, { organizationId, id, name }, [
      ...reason,
      { field: 'email', before: null, after: email },
      { field: 'methods', before: null, after: amr.join(' ') },
    ])
  })
}
