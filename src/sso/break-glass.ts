import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { InvalidInputError } from '../errors.ts'
import type { MembershipRow } from '../members/membership.loaders.ts'
import { holdsOwnerRole } from '../members/owners.ts'
import { SecondFactorMissingError } from './errors.ts'

const withFactor = statement(
  'principals_with_a_factor',
  `select asked.id from unnest($1::uuid[]) as asked (id)
   where exists (select from second_factor f where f.principal_id = asked.id)
     or exists (select from passkey k where k.principal_id = asked.id)`,
)
const allow = statement(
  'allow_break_glass',
  `insert into break_glass (organization_id, membership_id, allowed_by, allowed_at) values ($1, $2, $3, $4)
   on conflict do nothing returning membership_id`,
)
const disallow = statement(
  'disallow_break_glass',
  'delete from break_glass where organization_id = $1 and membership_id = $2 returning membership_id',
)

/**
 * Says whether an owner may sign in without the connector that is required, for when it fails: by an owner, both with a
 * second factor or a passkey, without which nobody comes in so (SSO-5).
 * @throws InvalidInputError for one who is no owner, SecondFactorMissingError
 */
export async function setBreakGlass(tx: Tx, { isAllowed }: { isAllowed: boolean }, membership: MembershipRow) {
  const { organizationId, id, principalId } = membership
  const asked = isAllowed ? [tx.actorId, principalId] : [tx.actorId]
  const having = new Set((await tx.rows<{ id: string }>(withFactor, [asked])).map(row => row.id))
  const lacking = asked.find(one => one === null || !having.has(one))
  if (lacking !== undefined) throw new SecondFactorMissingError(lacking === tx.actorId)
  if (isAllowed && (membership.suspendedAt !== null || !(await holdsOwnerRole(tx, id))))
    throw new InvalidInputError([
      { path: ['input', 'membershipId'], message: 'Only an active owner can be let in so.' },
    ])
  const made = isAllowed
    ? await tx.rows(allow, [organizationId, id, tx.actorId, tx.now])
    : await tx.rows(disallow, [organizationId, id])
  if (made.length === 0) return { membershipId: id }
  const label = (await tx.load.principalById.load(principalId))?.displayName ?? ''
  const action = isAllowed ? 'BREAK_GLASS_ALLOWED' : 'BREAK_GLASS_DISALLOWED'
  tx.record({ organizationId, action, target: { type: 'Membership', id, label } })
  tx.emit(organizationId, action, { organizationId, membershipId: id, principalId })
  return { membershipId: id }
}
