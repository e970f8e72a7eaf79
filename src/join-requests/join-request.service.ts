import { missingToGrant, notFound } from '../auth/policy.ts'
import { dateOf, type Instant, statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { EmailDomainBlockedError, EmailNotVerifiedError } from '../errors.ts'
import { newId } from '../ids.ts'
import { alreadyThere, join } from '../members/join.ts'
import { membershipOf } from '../members/offer.ts'
import { blockedDomainOf } from '../users/blocked-domain.ts'
import { AlreadyRequestedError, JoinRequestLimitReachedError, JoinRequestTooSoonError } from './errors.ts'
import type { JoinRequestRow } from './join-request.loaders.ts'
import { closed } from './transitions.ts'

interface Standing {
  pendingId: string | null
  retryAt: Instant | null
  pending: number
}

const lockRequester = statement('lock_requester', 'select id from principal where id = $1 for no key update')
const standing = statement(
  'standing_join_requests',
  `select
     (select r.id from join_request r where r.organization_id = $1 and r.requester_id = $2 and r.status = 'PENDING') as "pendingId",
     (select max(r.closed_at) + $3 * interval '1 day' from join_request r
      where r.organization_id = $1 and r.requester_id = $2 and r.status = 'REFUSED') as "retryAt",
     (select count(*)::int from join_request r where r.requester_id = $2 and r.status = 'PENDING'
        and r.organization_id in (select id from tenantry_requested_organizations())) as "pending"`,
)
const insert = statement(
  'insert_join_request',
  'insert into join_request (organization_id, id, requester_id, message, created_at) values ($1, $2, $3, $4, $5)',
)

/**
 * Asks to become a member (REQ-3). Which organization that may be, `joinableOrganization` has said.
 * @throws EmailNotVerifiedError, EmailDomainBlockedError before all else, so that they tell of no organization; AlreadyMemberError,
 * MembershipSuspendedError, AlreadyRequestedError, JoinRequestTooSoonError, JoinRequestLimitReachedError
 */
export async function requestToJoin(tx: Tx, organizationId: string | null, message: string | null) {
  const { actor } = tx
  if (actor.kind !== 'USER') throw notFound('organization')
  if (actor.emailKey === null) throw new EmailNotVerifiedError()
  const blocked = blockedDomainOf(actor.emailKey, tx.config.blockedEmailDomains)
  if (blocked !== null) throw new EmailDomainBlockedError(blocked)
  if (organizationId === null) throw notFound('organization')
  const member = await membershipOf(tx, organizationId, actor.id)
  if (member !== undefined) throw alreadyThere(tx, member)
  await refuseFurther(tx, organizationId, actor.id)

  const id = newId(tx.now)
  await tx.rows(insert, [organizationId, id, actor.id, message, tx.now])
  note(tx, 'JOIN_REQUEST_CREATED', { organizationId, id, requesterId: actor.id }, actor.displayName)
  return { joinRequestId: id }
}

async function refuseFurther(tx: Tx, organizationId: string, requesterId: string): Promise<void> {
  // Two requests of one user come one after the other, so that neither slips past the count of the other (REQ-4).
  await tx.rows(lockRequester, [requesterId])
  const { joinRequestRefusalDays: days, joinRequestLimitPerUser: limit } = tx.config
  const [row] = await tx.rows<Standing>(standing, [organizationId, requesterId, days])
  if (row === undefined) return
  if (row.pendingId !== null) throw new AlreadyRequestedError(row.pendingId)
  if (row.retryAt !== null && dateOf(row.retryAt) > tx.now) throw new JoinRequestTooSoonError(row.retryAt)
  if (row.pending >= limit) throw new JoinRequestLimitReachedError(limit)
}

/**
 * Lets the requester in, with roles within those of who approves (REQ-6, ROL-3).
 * @throws JoinRequestClosedError, EmailNotVerifiedError when nobody vouches for the requester's address any more,
 * RoleNotAssignableError, PermissionEscalationError, SeatLimitReachedError; the request stays pending then
 */
export async function approveJoinRequest(
  tx: Tx,
  roleIds: readonly string[] | null | undefined,
  request: JoinRequestRow,
) {
  const { organizationId, id, requesterId } = request
  await closed(tx, request, 'APPROVED')
  const requester = await tx.load.principalById.load(requesterId)
  if (requester?.isEmailVerified !== true) throw new EmailNotVerifiedError()
  const membership = await join(tx, {
    organizationId,
    principalId: requesterId,
    origin: 'REQUEST',
    addedBy: tx.actorId,
    roleIds: roleIds ?? undefined,
    ceiling: given => missingToGrant(tx, organizationId, given),
  })
  note(tx, 'JOIN_REQUEST_APPROVED', request, requester.displayName)
  return { joinRequestId: id, membershipId: membership.id }
}

/** Refuses a request; the reason is for the organization's own people. The requester may ask again after some days (REQ-5). */
export async function refuseJoinRequest(tx: Tx, reason: string | null, request: JoinRequestRow) {
  await closed(tx, request, 'REFUSED', reason)
  note(tx, 'JOIN_REQUEST_REFUSED', request, await nameOf(tx, request), reason)
  return { joinRequestId: request.id }
}

/** Takes one's own request back; one may ask again at once. */
export async function withdrawJoinRequest(tx: Tx, request: JoinRequestRow) {
  await closed(tx, request, 'WITHDRAWN')
  note(tx, 'JOIN_REQUEST_WITHDRAWN', request, await nameOf(tx, request))
  return { joinRequestId: request.id }
}

const nameOf = async (tx: Tx, { requesterId }: JoinRequestRow) =>
  (await tx.load.principalById.load(requesterId))?.displayName ?? ''

function note(
  tx: Tx,
  action: `JOIN_REQUEST_${'CREATED' | 'APPROVED' | 'REFUSED' | 'WITHDRAWN'}`,
  { organizationId, id, requesterId }: Pick<JoinRequestRow, 'organizationId' | 'id' | 'requesterId'>,
  label: string,
  reason: string | null = null,
): void {
  const changes = reason === null ? [] : [{ field: 'reason', before: null, after: reason }]
  tx.record({ organizationId, action, target: { type: 'JoinRequest', id, label }, changes })
  tx.emit(organizationId, action, { organizationId, joinRequestId: id, requesterId })
}
