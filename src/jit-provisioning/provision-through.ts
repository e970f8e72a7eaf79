import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { blockedDomainOf } from '../users/blocked-domain.ts'
import type { JitJoining } from './jit-provisioning.entity.ts'
import type { Groups } from './mapped-roles.ts'
import { takeIn, waysByDomain } from './provision.ts'

interface Found {
  organizationId: string
  joining: JitJoining
  hasLeft: boolean
}

/** Who signs in through a connector for the first time. */
interface Comer {
  readonly principalId: string
  readonly emailKey: string
  /** Whether the user is new in this transaction: only then does their address take them in as well (JIT-5). */
  readonly isNew: boolean
}

const places = statement(
  'jit_connector_places',
  `select organization_id as "organizationId", joining, has_left as "hasLeft"
   from tenantry_jit_connector_places($1, $2, $3) order by organization_id`,
)

/**
 * Makes who signs in through a connector for the first time a member of the organizations that take people in by it
 * (JIT-6, JIT-9); once, where their address would take them in, too.
 * @param locked the organizations whose locks the transaction holds: it acts in no other
 */
export async function provisionThrough(tx: Tx, through: Groups, comer: Comer, locked: readonly string[]) {
  const { principalId, emailKey, isNew } = comer
  if (locked.length === 0 || blockedDomainOf(emailKey, tx.config.blockedEmailDomains) !== null) return
  const found = await tx.rows<Found>(places, [through.connectorId, emailKey, principalId])
  const open = found.filter(
    ({ organizationId, joining, hasLeft }) => joining === 'JOIN' && !hasLeft && locked.includes(organizationId),
  )
  const ids = open.map(({ organizationId }) => organizationId)
  const byDomain = isNew ? await waysByDomain(tx, emailKey, principalId) : []
  const others = byDomain.filter(way => locked.includes(way.organizationId) && !ids.includes(way.organizationId))
  const ways = ids.map(organizationId => ({ organizationId, through }))
  await takeIn(tx, principalId, 'SSO', ways)
  await takeIn(tx, principalId, 'EMAIL_DOMAIN', others)
}
