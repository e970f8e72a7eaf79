import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { AlreadyMemberError, PermissionEscalationError, RequestError, SeatLimitReachedError } from '../errors.ts'
import { newId } from '../ids.ts'
import { assignableRoles } from '../roles/assignable.ts'
import type { PrincipalKind } from '../users/principal.entity.ts'
import { giveRoles } from './member-roles.ts'
import type { MembershipOrigin } from './membership.entity.ts'

interface Join {
  readonly organizationId: string
  readonly principalId: string
  readonly origin: MembershipOrigin
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
  memberCount: number | null
  kind: PrincipalKind | null
  displayName: string | null
  membershipId: string | null
}

const place = statement(
  'join_place',
  `select o.seat_limit as "seatLimit", o.deleted_at is not null as "isDeleted", p.kind, p.display_name as "displayName",
     m.id as "membershipId",
     case when o.seat_limit is not null then (select count(*)::int from membership c where c.organization_id = o.id) end as "memberCount"
   from organization o
   left join principal p on p.id = $2
   left join membership m on m.organization_id = o.id and m.principal_id = p.id
   where o.id = $1`,
)
const insert = statement(
  'insert_membership',
  `insert into membership (organization_id, id, principal_id, kind, sort_name, origin, added_by, joined_at)
   select $1, $2, p.id, p.kind, lower(p.display_name), $4, $5, $6 from principal p where p.id = $3`,
)

/**
 * The one way into an organization, whichever door was used (MEM-3): organization alive, not yet a member, a seat free,
 * roles of the right kind and of this organization, nothing beyond the ceiling of the door; then the same audit entry
 * and event. The caller holds the lock of the organization.
 * @throws AlreadyMemberError, SeatLimitReachedError, RoleNotAssignableError, PermissionEscalationError
 */
export async function join(tx: Tx, way: Join): Promise<{ id: string }> {
  const { organizationId, principalId, origin } = way
  const [found] = await tx.rows<Place>(place, [organizationId, principalId])
  if (found === undefined || found.isDeleted) throw new RequestError('NOT_FOUND', 'There is no such organization.')
  if (found.kind === null) throw new RequestError('NOT_FOUND', 'There is no user or application with this id.')
  if (found.membershipId !== null) throw new AlreadyMemberError(found.membershipId)
  if (found.seatLimit !== null && (found.memberCount ?? 0) >= found.seatLimit)
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
  await tx.rows(insert, [organizationId, id, principalId, origin, tx.actorId, tx.now])
  await giveRoles(tx, organizationId, [{ member: { id, kind: found.kind }, added: roles }])
  const label = found.displayName ?? ''
  const changes = [
    { field: 'origin', before: null, after: origin },
    { field: 'roles', before: null, after: roles.map(role => role.name).join(', ') },
  ]
  tx.record({ organizationId, action: 'MEMBER_ADDED', target: { type: 'Membership', id, label }, changes })
  tx.emit(organizationId, 'MEMBER_ADDED', { organizationId, membershipId: id, principalId, origin, roleIds })
  return { id }
}

async function defaultRoleIds(tx: Tx, kind: PrincipalKind): Promise<string[]> {
  if (kind === 'MACHINE') return []
  return (await tx.load.templateRoles()).filter(role => role.isDefault).map(role => role.id)
}
