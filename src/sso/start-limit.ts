import { anonymous } from '../auth/actor.ts'
import { networkHash } from '../auth/issuer/network-hash.ts'
import type { DeriveKey } from '../auth/issuer/secret.ts'
import type { Services } from '../context.ts'
import { freeAgainAt, slidingLimits } from '../db/sliding-limits.ts'
import { statement } from '../db/statement.ts'
import { transaction } from '../db/transaction.ts'
import { newId } from '../ids.ts'

const system = { actor: anonymous, ipAddress: null }

/** How far the limits look back. */
const WINDOW_MILLISECONDS = 10 * 60_000
/** How many sign-ins of one typed address may be started in it from one address of the network. */
const MOST_OF_ADDRESS = 30

const inTheWay = slidingLimits('sso_starts_in_the_way', {
  ...{ table: 'sso_start', at: 'started_at', by: ['ip_hash = $1', 'address_hash = $2'] },
})
const insert = statement(
  'note_sso_start',
  'insert into sso_start (id, ip_hash, address_hash, started_at) values ($1, $2, $3, $4)',
)
const purge = statement('purge_sso_starts', 'delete from sso_start where started_at < $1')

/** Who starts a sign-in at a provider. */
export interface Starting {
  readonly ipAddress: string | null
  /** The address that was typed, as addresses are compared; null where none was. */
  readonly emailKey: string | null
}

/**
 * Counts a sign-in that somebody wants to start. Null: they may. Else when they may again. Everything is counted by where
 * it comes from: nobody's sign-ins count against somebody elsewhere, so that no stranger shuts out a person, or everybody
 * of a connector.
 */
export function holdStart(
  services: Services,
  derive: DeriveKey,
  { ipAddress, emailKey }: Starting,
): Promise<Date | null> {
  const from = ipAddress ?? 'unknown'
  const ipHash = networkHash(derive, from)
  const addressHash = emailKey === null ? null : networkHash(derive, `${from} ${emailKey}`)
  return transaction(services, system, async tx => {
    const limits = [tx.config.issuer?.startsPerIp ?? 1, MOST_OF_ADDRESS] as const
    const asked = { values: [ipHash, addressHash], limits, window: WINDOW_MILLISECONDS } as const
    const retryAt = await freeAgainAt(tx, inTheWay, asked)
    if (retryAt === null) await tx.rows(insert, [newId(tx.now), ipHash, addressHash, tx.now])
    return retryAt
  })
}

/** Throws away what no limit counts any more. */
export async function purgeSsoStarts({ pool, clock }: Pick<Services, 'pool' | 'clock'>): Promise<void> {
  await pool.query(purge.text, [new Date(clock().getTime() - WINDOW_MILLISECONDS)])
}
