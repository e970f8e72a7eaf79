import { type Client, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import type { Services } from '../../context.ts'
import { statement } from '../../db/statement.ts'
import { transaction } from '../../db/transaction.ts'
import { consentKey } from '../../organization-consents/organization-consent.loaders.ts'
import { consentToApplication } from '../../organization-consents/organization-consent.service.ts'
import { activeIn, lookAs } from '../../organization-tokens/look-as.ts'
import { actorOf } from '../actor.ts'
import { isThirdParty } from './clients.ts'
import { asked } from './organization-ask.ts'

interface Request {
  readonly client: Client
  /** Who is signed in. */
  readonly accountId: string
  /** Of the authorization request. */
  readonly params: Readonly<Record<string, unknown>>
}

/** What somebody else's product asks for in an organization where the user is an active member. */
export interface ConsentSought {
  readonly organizationId: string
  readonly organizationName: string
  /** Of what is asked for, that which the user holds there. */
  readonly permissions: readonly { readonly key: string; readonly description: string }[]
  /** Whether the user consented to all of it before. */
  readonly isGiven: boolean
}

/** Whether the request needs consent for an organization at all: a product of the deployment needs none (TOK-6). */
export const asksConsent = ({ client, params }: Pick<Request, 'client' | 'params'>) =>
  isThirdParty(client) && asked(params).organization !== null

/** Null where the user is no active member, and where there is no such organization: nothing is to be told of it (TOK-4). */
export async function consentSought(services: Services, request: Request): Promise<ConsentSought | null> {
  const { client, accountId: principalId, params } = request
  const { organization: name, scopes } = asked(params)
  if (name === null) return null
  return lookAs(services, principalId, async ask => {
    const active = await activeIn(ask, name)
    if (active === null) return null
    const { id: organizationId, name: organizationName, viewerPermissionIds } = active.organization
    const held = await Promise.all(viewerPermissionIds.map(id => ask.load.permissionById.load(id)))
    const permissions = held.filter(row => row !== null).filter(row => scopes?.includes(row.key) === true)
    const key = consentKey({ organizationId, principalId, clientId: client.clientId })
    const consent = await ask.load.organizationConsentByKey.load(key)
    const isGiven = consent !== null && permissions.every(row => consent.scopes.includes(row.key))
    return { organizationId, organizationName, permissions, isGiven }
  })
}

const personById = statement(
  'consenting_person',
  'select display_name as "displayName", email from principal where id = $1',
)
interface PersonRow {
  readonly displayName: string
  readonly email: string | null
}

/** Who is asked. */
export async function personAsked({ pool }: Pick<Services, 'pool'>, accountId: string): Promise<PersonRow> {
  const { rows } = await pool.query<PersonRow>(personById.text, [accountId])
  return rows[0] ?? { displayName: '', email: null }
}

/** Keeps what was consented to; false where the membership ended since the page was shown. */
export async function keepConsent(
  services: Services,
  { client, accountId }: Pick<Request, 'client' | 'accountId'>,
  { organizationId, permissions }: ConsentSought,
): Promise<boolean> {
  const { displayName } = await personAsked(services, accountId)
  const person = { kind: 'USER', id: accountId, displayName, emailKey: null, token: null } as const
  const actor = actorOf({ ...person, isConfiguredOperator: false }, [])
  const key = { organizationId, principalId: accountId, clientId: client.clientId }
  return transaction(services, { actor, ipAddress: null }, tx =>
    consentToApplication(
      tx,
      key,
      permissions.map(row => row.key),
    ),
  )
}

/**
 * The usual interactions, and consent for the organization. It is asked for in the same way where the user is no member:
 * with `prompt=none` nobody learns who is a member of what (TOK-4).
 */
export function interactionsWithConsent(services: Services) {
  const policy = interactionPolicy.base()
  const isMissing = async ({ oidc }: KoaContextWithOIDC): Promise<boolean> => {
    const { client, session, params = {} } = oidc
    if (client === undefined || session?.accountId === undefined || !asksConsent({ client, params })) return false
    const sought = await consentSought(services, { client, accountId: session.accountId, params })
    return sought?.isGiven !== true
  }
  const check = new interactionPolicy.Check(
    'organization_consent_missing',
    'the user has not consented to this for the organization',
    'consent_required',
    isMissing,
  )
  policy.get('consent')?.checks.add(check)
  return policy
}
