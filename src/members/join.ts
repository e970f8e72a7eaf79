import { type Instant, statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import {
  AlreadyMemberError,
  MembershipSuspendedError,
  PermissionEscalationError,
  RequestError,
  RoleNotAssignableError,
  SeatLimitReachedError,
  type UserError,
} from '../errors.ts'
import { newId } from '../ids.ts'
import { supersedeJoinRequests } from '../join-requests/transitions.ts'
import { invitedSeats, memberSeats } from '../organizations/seats.ts'
import { isOf, rolesToGive } from '../roles/assignable.ts'
import type { RoleRow } from '../roles/role.loaders.ts'
import type { PrincipalKind } from '../users/principal.entity.ts'
import { giveRoles } from './member-roles.ts'
import type { MembershipOrigin } from './membership.entity.ts'
import type { MembershipRow } from './membership.loaders.ts'

/** Who comes, and by which way. */
export interface Arrival {
  readonly principalId: string
  readonly origin: MembershipOrigin
  /** Who brought them in: the inviter, the admin, or they themselves. Null when nobody did, or their account is gone (MEM-2). */
  readonly addedBy: string | null
}

/** Where they come to, and with what. */
export interface Entrance {
  readonly organizationId: string
  /** Absent: the default role of the template for a user, none for a machine (TPL-8). Empty: no roles. */
  readonly roleIds?: readonly string[] | undefined
  /** Which of these roles exceed what this way in may give, by the ids of the permissions (ROL-3). */
  readonly ceiling: Ceiling
  /** The proved domain that brings them; with the origin EMAIL_DOMAIN, and only then. */
  readonly emailDomain?: string
}

/** The permissions beyond the ceiling of a way in; `NONE` for ways that have none. */
type Ceiling = 'NONE' | ((roleIds: readonly string[]) => Promise<readonly string[]>)

/** The new membership, or what stands in its way. */
type JoinOutcome = { readonly id: string } | UserError | RequestError

interface Place {
  organizationId: string
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
/** An entrance that is open so far, with the roles that it gives. */
interface Admission {
  readonly entrance: Entrance
  readonly place: Place
  readonly id: string
  readonly roles: readonly RoleRow[]
}

const verifiedKey = 'case when p.is_email_verified then p.email_key end'
const places = statement(
  'join_places',
  `select o.id as "organizationId", o.seat_limit as "seatLimit", o.deleted_at is not null as "isDeleted", p.kind,
     p.display_name as "displayName", m.id as "membershipId", m.suspended_at as "suspendedAt",
     (select display_name from principal where id = $5) as "addedByName", tenantry_is_at_home(p.id, o.id) as "isAtHome",
     case when o.seat_limit is not null then ${memberSeats} + case when $4 then 0 else ${invitedSeats('$3', verifiedKey)} end end as "takenSeats"
   from organization o
   left join principal p on p.id = $2
   left join membership m on m.organization_id = o.id and m.principal_id = p.id
   where o.id = any($1::uuid[])`,
)
// Whoever is back is no former member.
const insert = statement(
  'insert_memberships',
  `with back as (
     delete from former_member f using principal p
     where p.id = $1 and f.organization_id = any($2::uuid[])
       and (f.principal_id = p.id or (p.is_email_verified and f.email_key = p.email_key)))
   insert into membership (organization_id, id, principal_id, kind, sort_name, origin, added_by, joined_at, email_domain)
   select entrance.organization_id, entrance.id, p.id, p.kind, lower(p.display_name), $5, $6, $7, entrance.email_domain
   from principal p, unnest($2::uuid[], $3::uuid[], $4::text[]) as entrance (organization_id, id, email_domain)
   where p.id = $1 returning id`,
)

/**
 * Makes somebody a member of one organization, as joinAll does of several.
 * @throws AlreadyMemberError, MembershipSuspendedError, SeatLimitReachedError, RoleNotAssignableError, PermissionEscalationError
 */
export async function join(tx: Tx, way: Arrival & Entrance): Promise<{ id: string }> {
  const [outcome] = await joinAll(tx, way, [way])
  if (outcome === undefined || outcome instanceof Error) throw outcome ?? new Error('a join has an outcome')
  return outcome
}

/**
 * The one way into an organization, whichever door was used (MEM-3): organization alive, not yet a member, a seat free,
 * roles of the right kind and of this organization, nothing beyond the ceiling of the door; then the same audit entry
 * and event. Into several at once, each for itself, in a constant number of statements; the outcomes are in the order of
 * the entrances. The caller holds the locks of the organizations.
 */
export async function joinAll(tx: Tx, who: Arrival, entrances: readonly Entrance[]): Promise<JoinOutcome[]> {
  const outcomes = await admit(tx, who, entrances)
  const admitted = outcomes.filter(outcome => 'entrance' in outcome)
  if (admitted.length === 0) return outcomes.filter(outcome => outcome instanceof Error)
  const ids = admitted.map(({ entrance }) => entrance.organizationId)
  const domains = admitted.map(({ entrance }) => entrance.emailDomain ?? null)
  const keys = admitted.map(({ id }) => id)
  const made = await tx.rows(insert, [who.principalId, ids, keys, domains, who.origin, who.addedBy, tx.now])
  // Deleted since they were looked up: nothing of theirs is locked.
  if (made.length === 0) return outcomes.map(outcome => (outcome instanceof Error ? outcome : nobody()))
  await giveRoles(
    tx,
    admitted.map(({ entrance, place, id, roles }) => ({
      member: { organizationId: entrance.organizationId, id, kind: place.kind ?? 'USER' },
      added: roles,
    })),
  )
  await supersedeJoinRequests(tx, ids, who.principalId)
  for (const admission of admitted) note(tx, who, admission)
  return outcomes.map(outcome => (outcome instanceof Error ? outcome : { id: outcome.id }))
}

async function admit(
  tx: Tx,
  who: Arrival,
  entrances: readonly Entrance[],
): Promise<(Admission | UserError | RequestError)[]> {
  // Whoever was invited comes for the seat that their invitation was given, or asks for one like everybody else (INV-12).
  const isInvited = who.origin === 'INVITATION'
  const ids = entrances.map(({ organizationId }) => organizationId)
  const found = await tx.rows<Place>(places, [ids, who.principalId, tx.now, isInvited, who.addedBy])
  const byId = new Map(found.map(place => [place.organizationId, place]))
  const open = entrances.map(entrance => {
    const place = byId.get(entrance.organizationId)
    if (place === undefined || place.isDeleted) return new RequestError('NOT_FOUND', 'There is no such organization.')
    return refusal(tx, who, place) ?? { entrance, place }
  })
  const kind = found[0]?.kind ?? 'USER'
  const wanted = await Promise.all(entrances.map(({ roleIds }) => roleIds ?? defaultRoleIds(tx, kind)))
  const isOpen = (index: number) => !(open[index] instanceof Error)
  const asked = new Set(wanted.filter((_ids, index) => isOpen(index)).flat())
  const roles = asked.size === 0 ? [] : await rolesToGive(tx, kind, [...asked])
  return Promise.all(
    open.map(async (one, index) => {
      if (one instanceof Error) return one
      const { entrance, place } = one
      const given = roles.filter(role => isOf(role, entrance.organizationId) && wanted[index]?.includes(role.id))
      const unfit = [...new Set(wanted[index])].filter(id => !given.some(role => role.id === id))
      if (unfit.length > 0) return new RoleNotAssignableError(unfit)
      const beyond = entrance.ceiling === 'NONE' ? [] : await entrance.ceiling(given.map(role => role.id))
      if (beyond.length > 0) return new PermissionEscalationError(beyond)
      return { entrance, place, id: newId(tx.now), roles: given }
    }),
  )
}

/** What stands in the way of anybody who comes there; null when nothing does. */
function refusal(tx: Tx, { principalId }: Arrival, place: Place): UserError | RequestError | null {
  // An application that another organization owns is like none.
  if (place.kind === null || !place.isAtHome) return nobody()
  if (place.membershipId !== null)
    return alreadyThere(tx, { id: place.membershipId, principalId, suspendedAt: place.suspendedAt })
  const isFull = place.seatLimit !== null && (place.takenSeats ?? 0) >= place.seatLimit
  return isFull && place.seatLimit !== null ? new SeatLimitReachedError(place.seatLimit) : null
}

function note(tx: Tx, { principalId, origin, addedBy }: Arrival, { entrance, place, id, roles }: Admission): void {
  const { organizationId, emailDomain } = entrance
  const changes = [
    { field: 'origin', before: null, after: origin },
    ...(emailDomain === undefined ? [] : [{ field: 'emailDomain', before: null, after: emailDomain }]),
    // Whoever acted is the actor of the entry; another who stands behind it is named.
    ...(addedBy === null || addedBy === tx.actorId
      ? []
      : [{ field: 'addedBy', before: null, after: place.addedByName }]),
    { field: 'roles', before: null, after: roles.map(role => role.name).join(', ') },
  ]
  const label = place.displayName ?? ''
  tx.record({ organizationId, action: 'MEMBER_ADDED', target: { type: 'Membership', id, label }, changes })
  const roleIds = roles.map(role => role.id)
  tx.emit(organizationId, 'MEMBER_ADDED', { organizationId, membershipId: id, principalId, origin, roleIds })
}

const nobody = () => new RequestError('NOT_FOUND', 'There is no user or application with this id.')

/** Nobody becomes a member twice, and no way in lifts a suspension: one who tries is told what they may know (MEM-1, MEM-11). */
export function alreadyThere(tx: Tx, member: Pick<MembershipRow, 'id' | 'principalId' | 'suspendedAt'>): UserError {
  const isOwn = member.suspendedAt !== null && member.principalId === tx.actorId
  return isOwn ? new MembershipSuspendedError() : new AlreadyMemberError(member.id)
}

async function defaultRoleIds(tx: Tx, kind: PrincipalKind): Promise<string[]> {
  if (kind === 'MACHINE') return []
  return (await tx.load.templateRoles()).filter(role => role.isDefault).map(role => role.id)
}
