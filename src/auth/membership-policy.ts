/** What may be done to members as they are: suspension, custom data, ownership, the end of a user. A part of policy.ts, under the same laws. */
import { RequestError } from '../errors.ts'
import type { Ask } from '../load.ts'
import { managementOf } from '../management/management.ts'
import type { MembershipRow } from '../members/membership.loaders.ts'
import type { MembersFate } from '../members/provisioned.ts'
import type { OwnershipTransferRow } from '../ownership/ownership-transfer.loaders.ts'
import { manages } from './actor.ts'
import {
  holdsToChange,
  inPerson,
  isOwn,
  manages as managesAs,
  notFound,
  outranks,
  seeMembership,
  seePrincipal,
  signedIn,
  type Verdict,
} from './policy.ts'
import { type Standing, standingIn } from './standing.ts'

/** A member may be suspended and restored by whoever holds member:suspend and every permission that they hold, but not by themselves (MEM-7, MEM-11). */
export async function suspendMember(ask: Ask, membership: MembershipRow): Promise<Verdict> {
  const unseen = await seeMembership(ask, membership)
  if (unseen !== null) return unseen
  if (isOwn(ask, membership)) return new RequestError('FORBIDDEN', 'Nobody suspends or restores themselves.')
  return (await holdsToChange(ask, membership.organizationId, 'member:suspend')) ?? outranks(ask, membership)
}

/** A member's custom data may be changed by whoever holds member:update and may see the member. */
export async function updateMember(ask: Ask, membership: MembershipRow): Promise<Verdict> {
  return (await seeMembership(ask, membership)) ?? holdsToChange(ask, membership.organizationId, 'member:update')
}

/** The ownership of an organization may be offered by an active owner, unless it is deleted (MEM-6). */
export async function transferOwnership(ask: Ask, organizationId: string): Promise<Verdict> {
  const standing = await standingIn(ask, organizationId)
  if (standing === null || standing.organization.deletedAt !== null) return signedIn(ask) ?? notFound('organization')
  if (!standing.organization.viewerIsOwner) return new RequestError('FORBIDDEN', 'Only an owner hands ownership on.')
  return inPerson(ask)
}

/** An offer of ownership may be seen by its receiver, by the owners, and by operators with organizations:read. */
export async function seeOwnershipTransfer(ask: Ask, transfer: OwnershipTransferRow): Promise<Verdict> {
  const anonymous = signedIn(ask)
  if (anonymous !== null) return anonymous
  const standing = await standingIn(ask, transfer.organizationId)
  if (standing === null) return notFound('offer of ownership')
  const isTheirs = isReceiver(ask, transfer, standing) || standing.organization.viewerIsOwner
  return isTheirs || manages(ask.actor, 'organizations:read') ? null : notFound('offer of ownership')
}

/** An offer of ownership may be accepted and declined by its receiver, unless the organization is deleted. */
export async function answerOwnershipTransfer(ask: Ask, transfer: OwnershipTransferRow): Promise<Verdict> {
  const standing = await standingIn(ask, transfer.organizationId)
  return (
    (await seeOwnershipTransfer(ask, transfer)) ??
    refuseDeleted(standing) ??
    (isReceiver(ask, transfer, standing)
      ? inPerson(ask)
      : new RequestError('FORBIDDEN', 'This is offered to somebody else.'))
  )
}

/** An offer of ownership may be taken back by every owner, and by operators with organizations:write, unless the organization is deleted. */
export async function cancelOwnershipTransfer(ask: Ask, transfer: OwnershipTransferRow): Promise<Verdict> {
  const standing = await standingIn(ask, transfer.organizationId)
  const may = standing?.organization.viewerIsOwner === true || manages(ask.actor, 'organizations:write')
  return (
    (await seeOwnershipTransfer(ask, transfer)) ??
    refuseDeleted(standing) ??
    (may ? inPerson(ask) : new RequestError('FORBIDDEN', 'Only an owner takes this back; you can decline it.'))
  )
}

/** Only an active member: what was offered to one who is none any more is not theirs to know of. */
function isReceiver({ actor }: Ask, { newOwnerId }: OwnershipTransferRow, standing: Standing | null): boolean {
  return actor.kind !== 'ANONYMOUS' && actor.id === newOwnerId && standing?.organization.viewerMembershipId != null
}

function refuseDeleted(standing: Standing | null): Verdict {
  return standing?.organization.deletedAt === null ? null : notFound('offer of ownership')
}

/** A user may be deleted by an operator with users:write who may see them and holds every management permission that they hold, but not by themselves (MEM-9). */
export async function deleteUser(ask: Ask, userId: string): Promise<Verdict> {
  const refused = managesAs(ask, 'users:write') ?? (await seePrincipal(ask, userId))
  if (refused !== null) return refused
  const user = await ask.load.principalById.load(userId)
  if (user?.kind !== 'USER') return notFound('user')
  if (ask.actor.kind !== 'ANONYMOUS' && ask.actor.id === userId)
    return new RequestError('FORBIDDEN', 'Nobody deletes themselves.')
  const missing = [...(await managementOf(ask, user))].filter(permission => !manages(ask.actor, permission))
  if (missing.length === 0) return null
  return new RequestError('FORBIDDEN', 'This user holds management permissions that you lack.', { missing })
}

/** The members who came by something that goes may be suspended or removed together by whoever may do it to each of them; whoever does it stays. */
export async function settleMembers(
  ask: Ask,
  where: { readonly organizationId: string; readonly fate: MembersFate },
  came: readonly MembershipRow[],
): Promise<Verdict> {
  const { organizationId, fate } = where
  if (fate === 'KEEP') return null
  const permission = fate === 'SUSPEND' ? 'member:suspend' : 'member:remove'
  const refused = await holdsToChange(ask, organizationId, permission)
  if (refused !== null) return refused
  const verdicts = await Promise.all(came.filter(one => !isOwn(ask, one)).map(one => outranks(ask, one)))
  return verdicts.find(verdict => verdict !== null) ?? null
}
