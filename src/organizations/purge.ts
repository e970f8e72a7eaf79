import { anonymous } from '../auth/actor.ts'
import type { Services } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { every } from '../every.ts'
import type { Log } from '../log.ts'
import { purgeStep } from './deleted-organization.service.ts'

const system = { actor: anonymous, ipAddress: null }
const never = new AbortController().signal

/**
 * Purges every deleted organization whose time is over, in batches that are a transaction each: what is interrupted goes
 * on where it was. Replicas that do this at once share the work. Returns the ids of those that are gone.
 */
export async function purgeOverdue(services: Services, signal: AbortSignal = never): Promise<string[]> {
  const purged: string[] = []
  while (!signal.aborted) {
    const step = await transaction(services, system, tx => purgeStep(tx, null))
    if (step === null) break
    if (step.isGone) purged.push(step.organizationId)
  }
  return purged
}

/** Purges from time to time, for as long as the process lives; `stop` waits for the batch under way. */
export function startPurging(services: Services, log: Log): { stop(): Promise<void> } {
  const round = async (signal: AbortSignal) => {
    for (const organizationId of await purgeOverdue(services, signal))
      log('info', 'an organization was purged', { organizationId })
  }
  return every(services.config.purgeSeconds * 1000, round, error =>
    log('error', 'the purge failed, and is tried again', { cause: String(error) }),
  )
}
