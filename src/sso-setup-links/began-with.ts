import { anonymous } from '../auth/actor.ts'
import type { Services } from '../context.ts'
import type { Instant } from '../db/statement.ts'
import { statement } from '../db/statement.ts'
import { type Tx, transaction } from '../db/transaction.ts'
import { statusAt } from './sso-setup-link.loaders.ts'
import { useSetupLink } from './use.ts'

const system = { actor: anonymous, ipAddress: null }

/** A setup link, by where it is. */
interface Place {
  readonly organizationId: string
  readonly id: string
}
interface Kept {
  readonly hash: string
  readonly expiresAt: Instant
  readonly finishedAt: Instant | null
  readonly revokedAt: Instant | null
}

const find = statement(
  'sso_setup_link_kept',
  `select token_hash as hash, to_json(expires_at) as "expiresAt", to_json(finished_at) as "finishedAt",
     to_json(revoked_at) as "revokedAt" from sso_setup_link where organization_id = $1 and id = $2`,
)

async function keptIn(tx: Tx, { organizationId, id }: Place): Promise<Kept | undefined> {
  return (await tx.rows<Kept>(find, [organizationId, id]))[0]
}

/**
 * Whether what was begun through a link may go on: the link is open, and its maker may still do what it is for. Else it is
 * closed for good (SSO-9).
 */
export async function mayGoOn(services: Services, place: Place): Promise<boolean> {
  const kept = await transaction(services, system, async tx => {
    await tx.enter(place.organizationId)
    return keptIn(tx, place)
  })
  return kept !== undefined && (await useSetupLink(services, kept.hash, { ipAddress: null, opens: false })) !== null
}

/** Whether a link is open, of an organization whose lock the transaction holds: nobody closes it meanwhile. */
export async function isOpenIn(tx: Tx, place: Place): Promise<boolean> {
  const kept = await keptIn(tx, place)
  return kept !== undefined && statusAt(kept, tx.now) === 'ACTIVE'
}
