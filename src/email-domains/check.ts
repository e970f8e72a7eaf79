import { anonymous } from '../auth/actor.ts'
import type { Services } from '../context.ts'
import { statement } from '../db/statement.ts'
import { type Tx, transaction } from '../db/transaction.ts'
import { every } from '../every.ts'
import type { Log } from '../log.ts'
import { lockOrganization } from '../organizations/lock.ts'
import { DomainTakenError } from './errors.ts'
import { type Finding, findProof, proves } from './proof.ts'
import { missDomain, nextCheckAt, proveDomain } from './transitions.ts'

const system = { actor: anonymous, ipAddress: null }
const never = new AbortController().signal
/** How many are looked up at once. */
const BATCH = 10
/** How often the process asks whether any is due. */
const POLL_MILLISECONDS = 60_000

interface Due {
  readonly organizationId: string
  readonly id: string
  readonly domain: string
  readonly token: string
}

const takeDue = statement(
  'take_due_email_domains',
  'select organization_id as "organizationId", id, domain, token from tenantry_due_email_domains($1, $2, $3)',
)

/**
 * Looks for the record of every proof that is due for it, of those that stand and of those that lapsed. Replicas that do
 * this at once share the work; one that dies in the middle leaves the rest for the next time.
 */
export async function checkDueDomains(services: Services, signal: AbortSignal = never): Promise<void> {
  while (!signal.aborted) {
    const due = await transaction(services, system, tx =>
      tx.rows<Due>(takeDue, [tx.now, nextCheckAt(tx) ?? tx.now, BATCH]),
    )
    await Promise.all(due.map(one => checkOne(services, one)))
    if (due.length < BATCH) return
  }
}

async function checkOne(services: Services, { organizationId, ...claim }: Due): Promise<void> {
  const finding = await findProof(services.lookUpTxt, claim)
  // Silence says nothing about the record.
  if (finding.found === null) return
  await transaction(services, system, tx => settle(tx, organizationId, finding))
}

/** What was found counts for the claim as it is by now, and for no other (JIT-4). */
async function settle(tx: Tx, organizationId: string, finding: Finding): Promise<void> {
  await tx.enter(organizationId)
  await lockOrganization(tx, organizationId)
  const claim = await tx.load.emailDomainById.load(finding.id)
  if (claim === null || claim.token !== finding.token || claim.isVouchedFor) return
  if (!proves(finding, claim)) return missDomain(tx, claim)
  try {
    await proveDomain(tx, claim, 'RECORD')
  } catch (error) {
    // It lapsed, and another organization proved it meanwhile: that one keeps it.
    if (!(error instanceof DomainTakenError)) throw error
  }
}

/** Checks from time to time, for as long as the process lives; `stop` waits for what is under way. */
export function startChecking(services: Services, log: Log): { stop(): Promise<void> } {
  const isOff = services.config.emailDomains.checkSeconds === 0
  const round = (signal: AbortSignal) => checkDueDomains(services, signal)
  return every(isOff ? 0 : POLL_MILLISECONDS, round, error =>
    log('error', 'checking email domains failed, and is tried again', { cause: String(error) }),
  )
}
