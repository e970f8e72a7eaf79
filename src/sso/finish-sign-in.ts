import { anonymous } from '../auth/actor.ts'
import type { Services } from '../context.ts'
import { statement } from '../db/statement.ts'
import { type Tx, transaction } from '../db/transaction.ts'
import { hashToken } from '../secret-token.ts'
import { saysMultiFactor } from '../sign-in-policy/meets.ts'
import { lockConcerned } from './concerned.ts'
import { methodsOfConnector } from './methods.ts'
import { personOf } from './person-of.ts'
import type { ProvidedIdentity } from './protocol.ts'
import type { SsoConnectorRow } from './sso-connector.loaders.ts'
import { noteConnector } from './sso-connector.service.ts'
import { openOutcome } from './started.ts'
import { type AddressProblem, addressOf, isServed } from './usable-address.ts'

/** Why a sign-in that came back signs nobody in. */
export type Refusal = 'PROVIDER' | 'CONNECTOR_OFF' | AddressProblem | 'DOMAIN'

/** What came of a sign-in at a provider. */
export type Finished =
  | { readonly kind: 'NOTHING' }
  | { readonly kind: 'REFUSED'; readonly reason: Refusal }
  | { readonly kind: 'SIGNED_IN'; readonly principalId: string; readonly methods: readonly string[] }

const ofInteraction = statement(
  'sso_sign_in_of_interaction',
  'select organization_id as "organizationId", id from tenantry_sso_sign_in_of_interaction($1)',
)
const waiting = statement(
  'waiting_sso_sign_in',
  `select connector_id as "connectorId", encrypted_outcome as sealed from sso_sign_in
   where organization_id = $1 and id = $2 and used_at is null and expires_at > $3`,
)
const use = statement(
  'use_sso_sign_in',
  `update sso_sign_in set used_at = $3 where organization_id = $1 and id = $2 and used_at is null and expires_at > $3
   returning revision`,
)
// Whoever switches it off or changes it waits until this is over, or is seen by it.
const hold = statement(
  'hold_sso_connector',
  'select id from sso_connector where organization_id = $1 and id = $2 for share',
)

interface Waiting {
  readonly connectorId: string
  readonly sealed: string
}

/**
 * Ends a sign-in at a provider, in the browser that began it: whoever comes with the interaction has its cookie. What was
 * brought back is used once, and judged by what holds now.
 */
export function finishSignIn(
  services: Services,
  { interaction, ipAddress }: { readonly interaction: string; readonly ipAddress: string | null },
): Promise<Finished> {
  const { derive } = services
  if (derive === null) return Promise.resolve({ kind: 'NOTHING' })
  return transaction(services, { actor: anonymous, ipAddress }, async (tx): Promise<Finished> => {
    const [at] = await tx.rows<{ organizationId: string; id: string }>(ofInteraction, [hashToken(interaction)])
    if (at === undefined) return { kind: 'NOTHING' }
    await tx.enter(at.organizationId)
    const values = [at.organizationId, at.id, tx.now]
    const [kept] = await tx.rows<Waiting>(waiting, values)
    if (kept === undefined) return { kind: 'NOTHING' }
    const { connectorId } = kept
    const outcome = openOutcome(derive, kept.sealed)
    const locked = outcome.isGood
      ? await lockConcerned(tx, { organizationId: at.organizationId, connectorId }, outcome.identity)
      : []
    const [used] = await tx.rows<{ revision: number }>(use, values)
    if (used === undefined) return { kind: 'NOTHING' }
    await tx.rows(hold, [at.organizationId, connectorId])
    const connector = await tx.load.ssoConnectorById.load(connectorId)
    if (connector === null) return { kind: 'NOTHING' }
    const refuse = (reason: Refusal, told: string, email: string | null): Finished => {
      const of = email === null ? [] : [{ field: 'email', before: null, after: email.slice(0, 254).toWellFormed() }]
      noteConnector(tx, 'SSO_SIGN_IN_REFUSED', connector, [{ field: 'reason', before: null, after: told }, ...of])
      return { kind: 'REFUSED', reason }
    }
    if (!outcome.isGood) return refuse('PROVIDER', outcome.message, null)
    const { identity } = outcome
    const isUsable = connector.isEnabled && connector.testedAt !== null && connector.revision === used.revision
    if (!isUsable) return refuse('CONNECTOR_OFF', 'CONNECTOR_OFF', identity.email)
    return judge(tx, { connector, identity, locked }, refuse)
  })
}

interface Coming {
  readonly connector: SsoConnectorRow
  readonly identity: ProvidedIdentity
  /** The organizations whose locks the transaction holds. */
  readonly locked: readonly string[]
}

async function judge(
  tx: Tx,
  { connector, identity, locked }: Coming,
  refuse: (reason: Refusal, told: string, email: string | null) => Finished,
): Promise<Finished> {
  const address = addressOf(identity, connector)
  if (typeof address === 'string') return refuse(address, address, identity.email)
  if (!(await isServed(tx, address.key, connector))) return refuse('DOMAIN', 'DOMAIN', address.email)
  const person = await personOf(tx, connector, identity, { ...address, locked })
  if (person === null) return refuse('DOMAIN', 'DOMAIN_OF_OTHERS', address.email)
  return {
    kind: 'SIGNED_IN',
    principalId: person.principalId,
    methods: methodsOfConnector(connector.id, saysMultiFactor(identity)),
  }
}
