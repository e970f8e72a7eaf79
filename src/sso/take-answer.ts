import { anonymous } from '../auth/actor.ts'
import type { DeriveKey } from '../auth/issuer/secret.ts'
import type { Services } from '../context.ts'
import { statement } from '../db/statement.ts'
import { type Tx, transaction } from '../db/transaction.ts'
import { hashToken } from '../secret-token.ts'
import { readSecret } from './connector-secret.ts'
import { noteRefusedAnswer } from './note-refused-answer.ts'
import { ProviderError } from './protocol.ts'
import { type Provider, providerOf } from './protocols.ts'
import { settleTest } from './settle-test.ts'
import type { SsoProtocol, SsoPurpose } from './sso-connector.entity.ts'
import type { ConnectorTest, SsoConnectorRow } from './sso-connector.loaders.ts'
import { holdStart } from './start-limit.ts'
import { type Details, type Outcome, openDetails, sealOutcome } from './started.ts'

const system = { actor: anonymous, ipAddress: null }

const byState = statement(
  'sso_sign_in_by_state',
  'select organization_id as "organizationId", id from tenantry_sso_sign_in_by_state($1)',
)
// Whoever comes first has it: the answer is taken once, whether or not it is any good.
const take = statement(
  'take_sso_answer',
  `update sso_sign_in set answered_at = $3
   where organization_id = $1 and id = $2 and answered_at is null and expires_at > $3
   returning connector_id as "connectorId", revision, purpose, encrypted_details as sealed`,
)
const before = statement(
  'sso_answer_before',
  `select connector_id as "connectorId" from sso_sign_in
   where organization_id = $1 and id = $2 and purpose = 'SIGN_IN' and answered_at is not null and expires_at > $3`,
)
const keep = statement(
  'keep_sso_outcome',
  'update sso_sign_in set encrypted_outcome = $3 where organization_id = $1 and id = $2',
)

interface Taken {
  readonly connectorId: string
  readonly revision: number
  readonly purpose: SsoPurpose
  readonly sealed: string
}
/** An answer that there was one of before. */
interface Again {
  readonly organizationId: string
  readonly again: string
}
interface Waiting {
  readonly id: string
  readonly purpose: SsoPurpose
  readonly connector: SsoConnectorRow
  readonly isSame: boolean
  readonly details: Details
  readonly secret: string
}

/** What to do with the browser that brought the answer. */
export type Answered =
  | { readonly kind: 'UNKNOWN' }
  /** It answers no sign-in that there is. */
  | { readonly kind: 'UNASKED' }
  | { readonly kind: 'BACK'; readonly interaction: string }
  | { readonly kind: 'TESTED'; readonly name: string; readonly test: ConnectorTest }

/** An answer, and where it was brought. */
export interface Brought {
  readonly connectorId: string
  readonly protocol: SsoProtocol
  readonly answer: URLSearchParams
  /** Where the browser that brought it is. */
  readonly ipAddress: string | null
}

/** What comes back with an answer as it was sent. */
const stateField = { OIDC: 'state', SAML: 'RelayState' } as const satisfies Record<SsoProtocol, string>

/**
 * Takes the answer of a provider, at the address of a connector: for a sign-in that this very connector was asked for
 * (SSO-3), once. It signs nobody in: that is for the browser that began it.
 */
export async function takeAnswer(services: Services, brought: Brought): Promise<Answered> {
  const { derive } = services
  const { answer, protocol } = brought
  const states = answer.getAll(stateField[protocol])
  const [state = ''] = states
  if (derive === null || states.length > 1) return { kind: 'UNKNOWN' }
  const by = { actor: anonymous, ipAddress: brought.ipAddress }
  const waiting = await transaction(services, by, tx => find(tx, derive, brought, state))
  if (waiting === 'UNKNOWN' || waiting === 'UNASKED') return { kind: waiting }
  if ('again' in waiting) {
    await noteReplay(services, derive, brought, waiting)
    return { kind: 'UNKNOWN' }
  }
  const { connector, details, secret, isSame, id, purpose } = waiting
  const outcome = isSame
    ? await outcomeOf(providerOf(services, connector, secret, purpose === 'TEST'), details, answer)
    : changed
  if (purpose === 'TEST') {
    // Absent in what an older version kept.
    const test = await settleTest(services, connector, { outcome, startedBy: details.startedBy ?? null })
    return { kind: 'TESTED', name: connector.name, test }
  }
  await transaction(services, system, async tx => {
    await tx.enter(connector.organizationId)
    await tx.rows(keep, [connector.organizationId, id, sealOutcome(derive, outcome)])
  })
  return details.interaction === null ? { kind: 'UNKNOWN' } : { kind: 'BACK', interaction: details.interaction }
}

const changed: Outcome = {
  ...{ isGood: false, step: 'RESPONSE' },
  message: 'The connector was changed while the sign-in was under way. Start again.',
}

async function find(
  tx: Tx,
  derive: DeriveKey,
  { connectorId, protocol }: Brought,
  state: string,
): Promise<Waiting | Again | 'UNKNOWN' | 'UNASKED'> {
  const [at] = await tx.rows<{ organizationId: string; id: string }>(byState, [hashToken(state)])
  if (at === undefined) return 'UNASKED'
  await tx.enter(at.organizationId)
  const [taken] = await tx.rows<Taken>(take, [at.organizationId, at.id, tx.now])
  if (taken === undefined) {
    const [one] = await tx.rows<{ connectorId: string }>(before, [at.organizationId, at.id, tx.now])
    return one === undefined ? 'UNKNOWN' : { organizationId: at.organizationId, again: one.connectorId }
  }
  // The answer to one connector at the address of another: a mix-up, and the sign-in is over.
  if (taken.connectorId !== connectorId) {
    await noteRefusedAnswer(tx, taken.connectorId, 'WRONG_CONNECTOR')
    return 'UNKNOWN'
  }
  const connector = await tx.load.ssoConnectorById.load(connectorId)
  if (connector?.protocol !== protocol) return 'UNKNOWN'
  return {
    // A test counts for the settings that it was started with.
    ...{ id: at.id, purpose: taken.purpose, connector: { ...connector, revision: taken.revision } },
    isSame: connector.revision === taken.revision,
    details: openDetails(derive, taken.sealed),
    secret: await readSecret(tx, derive, connector),
  }
}

/** Nobody fills the audit log by it: it is told of as often as sign-ins may be started from there. */
async function noteReplay(services: Services, derive: DeriveKey, { ipAddress }: Brought, of: Again): Promise<void> {
  if ((await holdStart(services, derive, { ipAddress, emailKey: null })) !== null) return
  await transaction(services, { actor: anonymous, ipAddress }, async tx => {
    await tx.enter(of.organizationId)
    await noteRefusedAnswer(tx, of.again, 'REPLAYED')
  })
}

async function outcomeOf(provider: Provider, details: Details, answer: URLSearchParams): Promise<Outcome> {
  try {
    return { isGood: true, identity: await provider.finish(details, answer) }
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error
    return { isGood: false, step: error.step, message: error.message }
  }
}
