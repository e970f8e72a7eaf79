import { type Instant, statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import {
  AlreadyMemberError,
  MembershipSuspendedError,
  PermissionEscalationError,
  RequestError,
  SeatLimitReachedError,
} from '../errors.ts'
import { newId } from '../ids.ts'
import { supersedeJoinRequest } from '../join-requests/transitions.ts'
import { invitedSeats, memberSeats } from '../organizations/seats.ts'
import { assignableRoles } from '../roles/assignable.ts'
import type { PrincipalKind } from '../users/principal.entity.ts'
import { giveRoles } from './member-roles.ts'
import type { MembershipOrigin } from './membership.entity.ts'
import type { MembershipRow } from './membership.loaders.ts'

interface Join {
  readonly organizationId: string
  readonly principalId: string
  readonly origin: MembershipOrigin
  /** Who brought them in: the inviter, the admin, or they themselves. Null when nobody did, or their account is gone (MEM-2). */
  readonly addedBy: string | null
  /** Absent: the default role of the template for a user, none for a machine (TPL-8). Empty: no roles. */
  readonly roleIds?: readonly string[] | undefined
  /** Which of these roles exceed what this way in may give, by the ids of the permissions (ROL-3). */
  readonly ceiling: Ceiling
}

/** The permissions beyond the ceiling of a way in; `NONE` for ways that have none. */
type Ceiling = 'NONE' | ((roleIds: readonly string[]) => Promise<readonly string[]>)

interface Place {
  seatLimit: number | null
  isDeleted: boolean
  /** Null where nothing limits them. */
  takenSeats: number | null
  kind: PrincipalKind | null
  displayName: string | null
  membershipId: string | null
  suspendedAt: Instant | null
  addedByName: string | null
  isAtHome: boolean
}

const verifiedKey = 'case when p.is_email_verified then p.email_key end'
const place = statement(
  'join_place',
  `select o.seat_limit as "seatLimit", o.deleted_at is not null as "isDeleted", p.kind, p.display_name as "displayName",
     m.id as "membershipId", m.suspended_at as "suspendedAt",
     (select display_name from principal where id = $5) as "addedByName", tenantry_is_at_home(p.id, o.id) as "isAtHome",
     case when o.seat_limit is not null then ${memberSeats} + case when $4 then 0 else ${invitedSeats('$3', verifiedKey)} end end as "takenSeats"
   from organization o
   left join principal p on p.id = $2
   left join membership m on m.organization_id = o.id and m.principal_id = p.id
   where o.id = $1`,
)
const insert = statement(
  'insert_membership',
  `insert into membership (organization_id, id, principal_id, kind, sort_name, origin, added_by, joined_at)
   select $1, $2, p.id, p.kind, lower(p.display_name), $4, $5, $6 from principal p where p.id = $3 returning id`,
)

/**
 * The one way into an organization, whichever door was used (MEM-3): organization alive, not yet a member, a seat free,
 * roles of the right kind and of this organization, nothing beyond the ceiling of the door; then the same audit entry
 * and event. The caller holds the lock of the organization.
 * @throws AlreadyMemberError, MembershipSuspendedError, SeatLimitReachedError, RoleNotAssignableError, PermissionEscalationError
 */
export async function join(tx: Tx, way: Join): Promise<{ id: string }> {
  const { organizationId, principalId, origin } = way
  // Whoever was invited comes for the seat that their invitation was given, or asks for one like everybody else (INV-12).
  const isInvited = origin === 'INVITATION'
  const [found] = await tx.rows<Place>(place, [organizationId, principalId, tx.now, isInvited, way.addedBy])
  if (found === undefined || found.isDeleted) throw new RequestError('NOT_FOUND', 'There is no such organization.')
  // An application that another organization owns is like none.
  if (found.kind === null || !found.isAtHome) throw nobody()
  if (found.membershipId !== null)
    refuseMember(tx, { id: found.membershipId, principalId, suspendedAt: found.suspendedAt })
  if (found.seatLimit !== null && (found.takenSeats ?? 0) >= found.seatLimit)
    throw new SeatLimitReachedError(found.seatLimit)
  const roles = await assignableRoles(
    tx,
    organizationId,
    found.kind,
    way.roleIds ?? (await defaultRoleIds(tx, found.kind)),
  )
  const roleIds = roles.map(role => role.id)
  const beyond = way.ceiling === 'NONE' ? [] : await way.ceiling(roleIds)
  if (beyond.length > 0) throw new PermissionEscalationError(beyond)

  const id = newId(tx.now)
  const made = await tx.rows(insert, [organizationId, id, principalId, origin, way.addedBy, tx.now])
  // Deleted since it was looked up: nothing of theirs is locked.
  if (made.length === 0) throw nobody()
  await giveRoles(tx, organizationId, [{ member: { id, kind: found.kind }, added: roles }])
  await supersedeJoinRequest(tx, organizationId, principalId)
  const label = found.displayName ?? ''
  const changes = [
    { field: 'origin', before: null, after: origin },
    // Whoever acted is the actor of the entry; another who stands behind it is named.
    ...(way.addedBy === null || way.addedBy === tx.actorId
      ? []
      : [{ field: 'addedBy', before: null, after: found.addedByName }]),
    { field: 'roles', before: null, after: roles.map(role => role.name).join(', ') },
  ]
  tx.record({ organizationId, action: 'MEMBER_ADDED', target: { type: 'Membership', id, label }, changes })
  tx.emit(organizationId, 'MEMBER_ADDED', { organizationId, membershipId: id, principalId, origin, roleIds })
  return { id }
}

function nobody(): RequestError {
  return new RequestError('NOT_FOUND', 'There is no user or application with this id.')
}

/** Nobody becomes a member twice, and no way in lifts a suspension: one who tries is told what they may know (MEM-1, MEM-11). */
export function refuseMember(tx: Tx, member: Pick<MembershipRow, 'id' | 'principalId' | 'suspendedAt'>): never {
  if (member.suspendedAt !== null && member.principalId === tx.actorId) throw new MembershipSuspendedError()
  throw new AlreadyMemberError(member.id)
}

async function defaultRoleIds(tx: Tx, kind: PrincipalKind): Promise<string[]> {
  if (kind === 'MACHINE') return []
  return (await tx.load.templateRoles()).filter(role => role.isDefault).map(role => role.id)
}
