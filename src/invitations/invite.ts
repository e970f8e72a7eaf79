import { missingToGrant } from '../auth/policy.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import {
  AlreadyInvitedError,
  AlreadyMemberError,
  PermissionEscalationError,
  RoleNotAssignableError,
  SeatLimitReachedError,
  UserError,
} from '../errors.ts'
import { newId } from '../ids.ts'
import { seatsToInvite } from '../organizations/seats.ts'
import { fittingRoles } from '../roles/assignable.ts'
import type { RoleRow } from '../roles/role.loaders.ts'
import { type Draft, draft, type Offer } from './draft.ts'
import { type NewInvitation, writeInvitations } from './write.ts'

/** What came of one offer: a new invitation, or what stood in its way. */
export type Invited = { readonly invitationId: string } | UserError

const members = statement(
  'members_with_emails',
  `select p.email_key as key, min(m.id::text) as id from membership m join principal p on p.id = m.principal_id
   where m.organization_id = $1 and p.email_key = any($2::text[]) and p.is_email_verified group by p.email_key`,
)
const pending = statement(
  'pending_invitations',
  `select email_key as key, id from invitation
   where organization_id = $1 and email_key = any($2::text[]) and status = 'PENDING' and expires_at > $3`,
)

/**
 * Offers memberships to addresses: the one way in which invitations are made, whether one is asked for or 500. Each has
 * its own outcome, in the order of the offers, and the number of statements does not depend on how many there are
 * (INV-2 to INV-6, INV-12, INV-16). The caller holds the lock of the organization.
 */
export async function invite(
  tx: Tx,
  organizationId: string,
  offers: readonly Offer[],
  pathOf: (index: number) => readonly string[],
): Promise<Invited[]> {
  const drafts = offers.map((offer, index) => draft(tx, offer, pathOf(index)))
  const sound = drafts.filter((one): one is Draft => !(one instanceof UserError))
  const [taken, terms] = [await takenAddresses(tx, organizationId, sound), await termsOf(tx, organizationId, sound)]
  const seats = await seatsToInvite(tx, organizationId)
  const made: NewInvitation[] = []
  const outcomes = drafts.map((one): Invited => {
    if (one instanceof UserError) return one
    const roles = taken.get(one.emailKey) ?? terms(one)
    if (roles instanceof UserError) return roles
    if (seats !== null && made.length >= seats.free) return new SeatLimitReachedError(seats.seatLimit)
    const id = newId(tx.now)
    made.push({ ...one, id, roles })
    // The first of two with the same address is the one that the second is told of (INV-16).
    taken.set(one.emailKey, new AlreadyInvitedError(id))
    return { invitationId: id }
  })
  if (made.length > 0) await writeInvitations(tx, organizationId, made)
  return outcomes
}

/** The addresses that nobody needs to invite: of members, and of whom an invitation is pending (INV-4, INV-5). */
async function takenAddresses(
  tx: Tx,
  organizationId: string,
  drafts: readonly Draft[],
): Promise<Map<string, UserError>> {
  const keys = [...new Set(drafts.map(one => one.emailKey))]
  if (keys.length === 0) return new Map()
  const invited = await tx.rows<{ key: string; id: string }>(pending, [organizationId, keys, tx.now])
  const joined = await tx.rows<{ key: string; id: string }>(members, [organizationId, keys])
  return new Map<string, UserError>([
    ...invited.map(({ key, id }) => [key, new AlreadyInvitedError(id)] as const),
    ...joined.map(({ key, id }) => [key, new AlreadyMemberError(id)] as const),
  ])
}

/** What each draft may offer: its roles, or why not (INV-6, ROL-3). Equal sets of roles are asked about once. */
async function termsOf(tx: Tx, organizationId: string, drafts: readonly Draft[]) {
  const isDefaulted = drafts.some(one => one.roleIds === null)
  const defaults = isDefaulted ? (await tx.load.templateRoles()).filter(role => role.isDefault) : []
  const idsOf = (one: Draft) => one.roleIds ?? defaults.map(role => role.id)
  const sets = new Map(drafts.map(one => [idsOf(one).toSorted().join(), idsOf(one)]))
  const fit = await fittingRoles(tx, organizationId, 'USER', [...new Set([...sets.values()].flat())])
  // Asked all at once, so that the loader behind it asks once.
  const lacking = await Promise.all(
    [...sets].map(async ([set, ids]) => {
      const there = ids.filter(id => fit.has(id))
      return [set, await missingToGrant(tx, organizationId, there)] as const
    }),
  )
  const missing = new Map(lacking)
  return (one: Draft): readonly RoleRow[] | UserError => {
    const ids = idsOf(one)
    const unfit = ids.filter(id => !fit.has(id))
    if (unfit.length > 0) return new RoleNotAssignableError(unfit)
    const beyond = missing.get(ids.toSorted().join()) ?? []
    if (beyond.length > 0) return new PermissionEscalationError(beyond)
    return ids.flatMap(id => fit.get(id) ?? [])
  }
}
