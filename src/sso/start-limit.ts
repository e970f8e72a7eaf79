import { createHmac } from 'node:crypto'
import { anonymous } from '../auth/actor.ts'
import type { DeriveKey } from '../auth/issuer/secret.ts'
import type { Services } from '../context.ts'
import { dateOf, type Instant, statement } from '../db/statement.ts'
import { transaction } from '../db/transaction.ts'
import { newId } from '../ids.ts'

const system = { actor: anonymous, ipAddress: null }

/** How far the limits look back. */
const WINDOW_MILLISECONDS = 10 * 60_000
/** How many sign-ins of one typed address may be started in it from one address of the network. */
const MOST_OF_ADDRESS = 30

const inTheWay = statement(
  'sso_starts_in_the_way',
  `select max(at) as at from (
     (select started_at as at from sso_start where ip_hash = $1 and started_at > $3 order by started_at desc offset $4 - 1 limit 1)
     union all
     (select started_at from sso_start where address_hash = $2 and started_at > $3 order by started_at desc offset $5 - 1 limit 1)
   ) found`,
)
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
  const hashed = (text: string) =>
    createHmac('sha256', derive('addresses of the network')).update(text).digest('base64url')
  const [ipHash, addressHash] = [hashed(from), emailKey === null ? null : hashed(`${from} ${emailKey}`)]
  return transaction(services, system, async tx => {
    const since = new Date(tx.now.getTime() - WINDOW_MILLISECONDS)
    const limits = [tx.config.issuer?.startsPerIp ?? 1, MOST_OF_ADDRESS]
    const [found] = await tx.rows<{ at: Instant | null }>(inTheWay, [ipHash, addressHash, since, ...limits])
    if (found !== undefined && found.at !== null) return new Date(dateOf(found.at).getTime() + WINDOW_MILLISECONDS)
    await tx.rows(insert, [newId(tx.now), ipHash, addressHash, tx.now])
    return null
  })
}

/** Throws away what no limit counts any more. */
export async function purgeSsoStarts({ pool, clock }: Pick<Services, 'pool' | 'clock'>): Promise<void> {
  await pool.query(purge.text, [new Date(clock().getTime() - WINDOW_MILLISECONDS)])
}
