import { changesOf } from '../audit/changes.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { Organization } from './organization.entity.ts'

/** The seats that members take in the organization under the alias `o`: every one of them, suspended ones and machines too. */
export const memberSeats = '(select count(*)::int from membership c where c.organization_id = o.id)'

/**
 * The seats that invitations take there: pending ones that are not overdue, where the organization counts them (INV-12).
 * One to a member's verified address takes none beside the member's, and one to the address of who joins now is the seat
 * that they come for.
 */
export const invitedSeats = (now: string, joiner = 'null') => `case when o.invitations_take_seats then (
  select count(*)::int from invitation c where c.organization_id = o.id and c.status = 'PENDING' and c.expires_at > ${now}
    and c.email_key is distinct from ${joiner} and not exists (
      select from principal own join membership m on m.principal_id = own.id
      where own.email_key = c.email_key and own.is_email_verified and m.organization_id = o.id)
) else 0 end`

const free = statement(
  'seats_for_invitations',
  `select o.seat_limit as "seatLimit", o.seat_limit - ${memberSeats} - ${invitedSeats('$2')} as free
   from organization o where o.id = $1 and o.seat_limit is not null and o.invitations_take_seats`,
)

/**
 * How many may still be invited: null where nothing limits it, because there is no limit or invitations take no seat. The
 * caller holds the lock of the organization, as whoever joins does (INV-12).
 */
export async function seatsToInvite(tx: Tx, organizationId: string) {
  const [seats] = await tx.rows<{ seatLimit: number; free: number }>(free, [organizationId, tx.now])
  return seats ?? null
}

export interface SetSeatLimit {
  organizationId: string
  seatLimit?: number | null | undefined
  invitationsTakeSeats?: boolean | null | undefined
}

/** Limits the members, or lifts the limit. Whoever is there stays, also above the limit: it binds who comes next. */
export async function setSeatLimit(tx: Tx, input: SetSeatLimit) {
  const id = input.organizationId
  const before = await tx.em.findOneOrFail(Organization, { id })
  const wanted = {
    ...(input.seatLimit !== undefined && { seatLimit: input.seatLimit }),
    ...(input.invitationsTakeSeats != null && { invitationsTakeSeats: input.invitationsTakeSeats }),
  }
  const changes = changesOf(before, wanted)
  if (changes.length === 0) return { organizationId: id }
  await tx.em.nativeUpdate(Organization, { id }, { ...wanted, version: before.version + 1 })
  const target = { type: 'Organization', id, label: before.name }
  tx.record({ organizationId: id, action: 'SEAT_LIMIT_CHANGED', target, changes })
  tx.emit(id, 'SEAT_LIMIT_CHANGED', { organizationId: id, ...wanted })
  return { organizationId: id }
}
