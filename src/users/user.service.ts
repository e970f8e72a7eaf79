import { forgetAccount } from '../auth/issuer/adapter.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { LastOwnerError } from '../errors.ts'
import { deploymentId } from '../ids.ts'
import { revokeInvitationsTo } from '../invitations/revoke.ts'
import { revokeAllInviteLinksOf } from '../invite-links/revoke.ts'
import { recordTransfer } from '../ownership/transitions.ts'
import { revokeAllSetupLinksOf } from '../sso-setup-links/close.ts'

// In one order, so that two deletions do not wait for one another; before anything else, as every change of members.
const lock = statement(
  'lock_organizations_of',
  `select o.id from organization o
   where o.id in (select m.organization_id from membership m where m.principal_id = $1) order by o.id for no key update`,
)
const lastOwned = statement(
  'organizations_without_other_owner',
  `with owners as (
     select m.organization_id, m.principal_id
     from membership m
     join membership_role mr on mr.organization_id = m.organization_id and mr.membership_id = m.id
     join template_role r on r.id = mr.template_role_id
     where r.is_owner and m.suspended_at is null
       and m.organization_id in (select own.organization_id from membership own where own.principal_id = $1))
   select organization_id as id from owners group by organization_id
   having bool_and(principal_id = $1) order by organization_id limit 20`,
)
const end = statement(
  'end_memberships',
  'delete from membership where principal_id = $1 returning organization_id as "organizationId", id',
)
const cancelTransfers = statement(
  'cancel_all_ownership_transfers_of',
  `update ownership_transfer t set status = 'CANCELED', closed_at = $2
   where $1 in (t.owner_id, t.new_owner_id) and t.status = 'PENDING' and t.expires_at > $2
   returning t.organization_id as "organizationId", t.id, (select p.display_name from principal p where p.id = t.new_owner_id) as label`,
)
const remove = statement('delete_principal', 'delete from principal where id = $1')

/**
 * Deletes a user: every membership ends, under the rule of the last owner in each organization, deleted ones that can be
 * restored included; identities and management permissions go. The links that they made, and what they are still offered
 * where they were a member, are revoked; what they sent and did stays, without them (MEM-9). The audit log keeps their
 * name. In a constant number of statements, however many organizations they were in.
 * @throws LastOwnerError with the organizations that would be left without an owner
 */
export async function deleteUser(tx: Tx, { userId }: { userId: string }) {
  const label = (await tx.load.principalById.load(userId))?.displayName ?? ''
  // Somebody is a member in any organization: the transaction acts in all of them.
  await tx.enter('*')
  await tx.rows(lock, [userId])
  const ownerless = await tx.rows<{ id: string }>(lastOwned, [userId])
  if (ownerless.length > 0) throw new LastOwnerError(ownerless.map(row => row.id))
  const ended = await tx.rows<{ organizationId: string; id: string }>(end, [userId])
  for (const { organizationId, id } of ended) {
    tx.record({ organizationId, action: 'MEMBER_REMOVED', target: { type: 'Membership', id, label } })
    tx.emit(organizationId, 'MEMBER_REMOVED', { organizationId, membershipId: id, principalId: userId })
  }
  const offers = await tx.rows<{ organizationId: string; id: string; label: string }>(cancelTransfers, [userId, tx.now])
  for (const offer of offers) recordTransfer(tx, offer, 'CANCELED', 'one of the two is no longer a member')
  const places = ended.map(({ organizationId }) => organizationId)
  await revokeInvitationsTo(tx, places, userId, 'the recipient is no longer a member')
  await revokeAllInviteLinksOf(tx, userId, 'the account of its maker is gone')
  await revokeAllSetupLinksOf(tx, userId, 'the account of its maker is gone')
  await forgetAccount(tx, userId)
  await tx.rows(remove, [userId])
  const target = { type: 'User', id: userId, label }
  tx.record({ organizationId: deploymentId, action: 'USER_DELETED', target })
  tx.emit(deploymentId, 'USER_DELETED', { principalId: userId })
  return { deletedUserId: userId }
}
