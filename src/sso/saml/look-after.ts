import { anonymous } from '../../auth/actor.ts'
import type { Services } from '../../context.ts'
import { statement } from '../../db/statement.ts'
import { type Tx, transaction } from '../../db/transaction.ts'
import { UserError } from '../../errors.ts'
import { every } from '../../every.ts'
import type { Log } from '../../log.ts'
import { lockOrganization } from '../../organizations/lock.ts'
import type { SamlConnectorRow } from '../sso-connector.loaders.ts'
import { noteConnector } from '../sso-connector.service.ts'
import { type Reread, readAgain, takeReread } from './reread.ts'
import { nextLookAt } from './rotation.ts'
import { endsSoon, lastEnd } from './settings.ts'

const system = { actor: anonymous, ipAddress: null }
const never = new AbortController().signal
/** How many are looked at at once. */
const BATCH = 10
/** How often the process asks whether any is due. */
const POLL_MILLISECONDS = 60_000

interface Due {
  readonly organizationId: string
  readonly id: string
}

const takeDue = statement(
  'take_due_sso_connectors',
  'select organization_id as "organizationId", id from tenantry_due_sso_connectors($1, $2, $3)',
)
const keepProblem = statement(
  'keep_metadata_problem',
  'update sso_connector set metadata_problem = $3 where organization_id = $1 and id = $2',
)
const noteExpiry = statement(
  'note_certificate_expiry',
  'update sso_connector set expiry_noted_for = $3 where organization_id = $1 and id = $2',
)

/**
 * Reads the metadata of connectors anew that are due for it, and warns ahead of the end of their certificates (SSO-8).
 * Replicas that do this at once share the work.
 */
export async function lookAfterConnectors(services: Services, signal: AbortSignal = never): Promise<void> {
  while (!signal.aborted) {
    const due = await transaction(services, system, tx => tx.rows<Due>(takeDue, [tx.now, nextLookAt(tx.now), BATCH]))
    await Promise.all(due.map(one => lookAfter(services, one)))
    if (due.length < BATCH) return
  }
}

async function lookAfter(services: Services, { organizationId, id }: Due): Promise<void> {
  const row = await transaction(services, system, async tx => {
    await tx.enter(organizationId)
    return tx.load.samlConnectorById.load(id)
  })
  if (row === null) return
  const found = row.settings.metadataUrl === null ? null : await readAgain(services, row).catch(problem)
  await transaction(services, system, async tx => {
    await tx.enter(organizationId)
    await lockOrganization(tx, organizationId)
    const now = await tx.load.samlConnectorById.load(id)
    if (now === null) return
    if (found !== null) await settle(tx, now, found)
    tx.refresh()
    await warn(tx, (await tx.load.samlConnectorById.load(id)) ?? now)
  })
}

/** What cannot be read changes nothing: people go on signing in with what there is. */
async function settle(tx: Tx, row: SamlConnectorRow, found: Reread | UserError): Promise<void> {
  const refused = found instanceof UserError ? found : await takeReread(tx, row, found).catch(problem)
  if (refused instanceof UserError) await tx.rows(keepProblem, [row.organizationId, row.id, refused.message])
}

function problem(error: unknown): UserError {
  if (error instanceof UserError) return error
  throw error
}

/** Once for each end: whoever reads the log, or gets its events, knows it in time. */
async function warn(tx: Tx, row: SamlConnectorRow): Promise<void> {
  const { organizationId, id, settings, expiryNotedFor } = row
  const end = lastEnd(settings.provider)
  const isNoted = expiryNotedFor !== null && new Date(expiryNotedFor).getTime() === end.getTime()
  if (isNoted || !endsSoon(settings.provider, tx.now)) return
  await tx.rows(noteExpiry, [organizationId, id, end])
  noteConnector(tx, 'SSO_CERTIFICATE_EXPIRING', row, [{ field: 'expiresAt', before: null, after: end.toISOString() }])
}

/** Does so from time to time, for as long as the process lives; `stop` waits for what is under way. */
export function startLookingAfter(services: Services, log: Log): { stop(): Promise<void> } {
  const round = (signal: AbortSignal) => lookAfterConnectors(services, signal)
  return every(POLL_MILLISECONDS, round, error =>
    log('error', 'looking after connectors failed, and is tried again', { cause: String(error) }),
  )
}
