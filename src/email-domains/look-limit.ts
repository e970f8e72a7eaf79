import { anonymous } from '../auth/actor.ts'
import type { Services } from '../context.ts'
import { freeAgainAt, slidingLimits } from '../db/sliding-limits.ts'
import { statement } from '../db/statement.ts'
import { transaction } from '../db/transaction.ts'
import { rateLimited } from '../errors.ts'
import { newId } from '../ids.ts'
import { lockOrganization } from '../organizations/lock.ts'
import type { EmailDomainRow } from './email-domain.loaders.ts'

const system = { actor: anonymous, ipAddress: null }

/** How far the limits look back. */
const WINDOW_MILLISECONDS = 10 * 60_000
/** How often one domain may be looked up in it, and all of an organization together. */
const [MOST_OF_DOMAIN, MOST_OF_ORGANIZATION] = [20, 200]

const forget = statement(
  'forget_email_domain_looks',
  'delete from email_domain_look where organization_id = $1 and looked_at <= $2',
)
const inTheWay = slidingLimits('email_domain_looks_in_the_way', {
  ...{
    table: 'email_domain_look',
    at: 'looked_at',
    by: ['organization_id = $1 and domain = $2', 'organization_id = $1'],
  },
})
const insert = statement(
  'note_email_domain_look_up',
  'insert into email_domain_look (organization_id, id, domain, looked_at) values ($1, $2, $3, $4)',
)

/**
 * Counts a look-up that somebody wants, before the DNS is asked. A claim that was given up and made anew is the same
 * domain.
 * @throws RATE_LIMITED with when to try again
 */
export function holdLook(services: Services, { organizationId, domain }: EmailDomainRow): Promise<void> {
  return transaction(services, system, async tx => {
    await tx.enter(organizationId)
    // Of those that come together, each sees the one before.
    await lockOrganization(tx, organizationId)
    await tx.rows(forget, [organizationId, new Date(tx.now.getTime() - WINDOW_MILLISECONDS)])
    const limits = [MOST_OF_DOMAIN, MOST_OF_ORGANIZATION] as const
    const asked = { values: [organizationId, domain], limits, window: WINDOW_MILLISECONDS } as const
    const retryAt = await freeAgainAt(tx, inTheWay, asked)
    if (retryAt !== null) throw rateLimited(tx.now, retryAt, 'This was looked up')
    await tx.rows(insert, [organizationId, newId(tx.now), domain, tx.now])
  })
}
