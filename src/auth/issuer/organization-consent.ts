import type { Client } from 'oidc-provider'
import type { Services } from '../../context.ts'
import { transaction } from '../../db/transaction.ts'
import { consentKey } from '../../organization-consents/organization-consent.loaders.ts'
import { consentToApplication } from '../../organization-consents/organization-consent.service.ts'
import { activeIn, lookAs } from '../../organization-tokens/look-as.ts'
import { actorOf } from '../actor.ts'
import { isThirdParty } from './clients.ts'
import { asked } from './organization-ask.ts'
import { personAsked } from './person.ts'

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
  readonly permissions: readonly { readonly id: string; readonly key: string; readonly description: string }[]
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
    const isGiven = consent !== null && permissions.every(row => consent.permissionIds.includes(row.id))
    return { organizationId, organizationName, permissions, isGiven }
  })
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
      permissions.map(row => row.id),
    ),
  )
}
