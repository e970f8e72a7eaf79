import type { Caller } from '../auth/actor.ts'
import { seal, unseal } from '../auth/issuer/sealed.ts'
import type { DeriveKey } from '../auth/issuer/secret.ts'
import type { Services } from '../context.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { newId } from '../ids.ts'
import { hashToken } from '../secret-token.ts'
import type { Addresses, Checks, ProvidedIdentity, Started, StepName } from './protocol.ts'
import type { SsoPurpose } from './sso-connector.entity.ts'
import type { SsoConnectorRow } from './sso-connector.loaders.ts'

/** How long somebody may take at the provider. */
const GOOD_MILLISECONDS = 10 * 60_000

/** What is kept, sealed, of a sign-in that is under way. */
export interface Details extends Checks {
  /** The interaction that it leads back to; null for a test. */
  readonly interaction: string | null
  /** Who started a test, and through which setup link: it comes to nothing once they may not (SSO-1, SSO-9). Null of all else. */
  readonly startedBy: Caller | null
}

/** What came of it. */
export type Outcome =
  | { readonly isGood: true; readonly identity: ProvidedIdentity }
  | { readonly isGood: false; readonly step: StepName; readonly message: string }

const insert = statement(
  'start_sso_sign_in',
  `insert into sso_sign_in (organization_id, id, connector_id, revision, purpose, state_hash, interaction_hash,
     encrypted_details, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
)
const purge = statement('purge_sso_sign_ins', 'select tenantry_purge_sso_sign_ins($1)')

/** Keeps what the answer will be checked with. The state itself, which is what the browser brings back, is not kept. */
export async function keepStarted(
  tx: Tx,
  { organizationId, id: connectorId, revision }: Pick<SsoConnectorRow, 'organizationId' | 'id' | 'revision'>,
  { state, sealed, interaction }: { state: string; sealed: string; interaction: string | null },
): Promise<void> {
  const purpose: SsoPurpose = interaction === null ? 'TEST' : 'SIGN_IN'
  const interactionHash = interaction === null ? null : hashToken(interaction)
  await tx.rows(insert, [
    ...[organizationId, newId(tx.now), connectorId, revision, purpose, hashToken(state), interactionHash, sealed],
    ...[tx.now, new Date(tx.now.getTime() + GOOD_MILLISECONDS)],
  ])
}

/** Throws away what nobody comes back for. */
export async function purgeSsoSignIns({ pool, clock }: Pick<Services, 'pool' | 'clock'>): Promise<void> {
  await pool.query(purge.text, [clock()])
}

export function sealDetails(
  derive: DeriveKey,
  { state, nonce, verifier }: Started,
  { interaction, startedBy }: Pick<Details, 'interaction' | 'startedBy'>,
): string {
  const details: Details = { state, nonce, verifier, interaction, startedBy }
  return seal(JSON.stringify(details), derive('sign-ins elsewhere'))
}

/**
 * Where to send the browser: to the provider, or to a page of ours that posts a form there. The address of that page has
 * the form in it, sealed: nobody else makes a page of ours post anything.
 */
export function doorOf(derive: DeriveKey, { request }: Addresses, { url, fields }: Started): string {
  if (fields === undefined) return url
  return `${request}?form=${seal(JSON.stringify({ url, fields } satisfies Form), derive('requests elsewhere'))}`
}
export interface Form {
  readonly url: string
  readonly fields: Readonly<Record<string, string>>
}
/** The form that is sealed in the address of the page; null for what we did not seal. */
export function formIn(derive: DeriveKey, sealed: string): Form | null {
  try {
    return JSON.parse(unseal(sealed, derive('requests elsewhere')))
  } catch {
    return null
  }
}

export function sealOutcome(derive: DeriveKey, outcome: Outcome): string {
  return seal(JSON.stringify(outcome), derive('sign-ins elsewhere'))
}

// Whatever opens with our key is what we sealed.
export const openDetails = (derive: DeriveKey, sealed: string): Details =>
  JSON.parse(unseal(sealed, derive('sign-ins elsewhere')))
export const openOutcome = (derive: DeriveKey, sealed: string): Outcome =>
  JSON.parse(unseal(sealed, derive('sign-ins elsewhere')))
