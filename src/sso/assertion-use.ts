import { anonymous } from '../auth/actor.ts'
import type { Services } from '../context.ts'
import { statement } from '../db/statement.ts'
import { transaction } from '../db/transaction.ts'
import { hashToken } from '../secret-token.ts'

const system = { actor: anonymous, ipAddress: null }

const claim = statement(
  'claim_sso_assertion',
  `insert into sso_assertion_use (organization_id, connector_id, assertion_hash, until) values ($1, $2, $3, $4)
   on conflict do nothing returning connector_id`,
)
const purge = statement('purge_sso_assertion_uses', 'select tenantry_purge_sso_assertion_uses($1)')

/**
 * Notes that an assertion is used: of those who come with one at once, one is first. It is noted at once and for good,
 * whatever becomes of the sign-in: whoever was cut off starts again.
 */
export const claimAssertion =
  (services: Services, { organizationId, id }: { readonly organizationId: string; readonly id: string }) =>
  (assertionId: string, until: Date): Promise<boolean> =>
    transaction(services, system, async tx => {
      await tx.enter(organizationId)
      return (await tx.rows(claim, [organizationId, id, hashToken(assertionId), until])).length > 0
    })

/** Forgets what would not be taken any more anyway. */
export async function purgeAssertionUses({ pool, clock }: Pick<Services, 'pool' | 'clock'>): Promise<void> {
  await pool.query(purge.text, [clock()])
}
