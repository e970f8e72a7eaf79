/** Who may do what with ways in that are not for one address: a part of policy.ts, under the same laws. */
import { RequestError } from '../errors.ts'
import type { InviteLinkRow } from '../invite-links/invite-link.loaders.ts'
import type { SuggestionRow } from '../jit-provisioning/jit-provisioning.loaders.ts'
import type { JoinRequestRow } from '../join-requests/join-request.loaders.ts'
import type { Ask } from '../load.ts'
import { holds, holdsToChange, inPerson, notFound, signedIn, type Verdict } from './policy.ts'

/** A shareable link may be seen by whoever holds invite-link:read there. */
export async function seeInviteLink(ask: Ask, link: InviteLinkRow): Promise<Verdict> {
  const refused = await holds(ask, link.organizationId, 'invite-link:read')
  return refused === null ? null : (signedIn(ask) ?? notFound('invite link'))
}

/** A shareable link may be closed by whoever holds invite-link:read and invite-link:revoke there. */
export async function revokeInviteLink(ask: Ask, link: InviteLinkRow): Promise<Verdict> {
  return (await seeInviteLink(ask, link)) ?? holdsToChange(ask, link.organizationId, 'invite-link:revoke')
}

/** A shareable link may be used by any signed-in user who has its token; what it asks of their address is its own matter (LNK-5). */
export function joinByInviteLink(ask: Ask): Verdict {
  const isMachine = ask.actor.kind === 'MACHINE'
  return (
    signedIn(ask) ??
    inPerson(ask) ??
    (isMachine ? new RequestError('FORBIDDEN', 'Machines do not join by a link.') : null)
  )
}

/** Who becomes a member by signing in is said by whoever holds domain:read and jit-provisioning:update there, and to name connectors sso:read (JIT-7). */
export async function updateJitProvisioning(
  ask: Ask,
  organizationId: string,
  namesConnectors = false,
): Promise<Verdict> {
  return (
    (await holdsToChange(ask, organizationId, 'domain:read')) ??
    (namesConnectors ? await holdsToChange(ask, organizationId, 'sso:read') : null) ??
    holdsToChange(ask, organizationId, 'jit-provisioning:update')
  )
}

/** An organization that is suggested may be joined by the user to whom it is, unless it wants to be asked (JIT-5). */
export function joinSuggestedOrganization(ask: Ask, suggestion: SuggestionRow | null): Verdict {
  const refused = signedIn(ask) ?? inPerson(ask)
  if (refused !== null || suggestion?.joining !== 'REQUEST') return refused
  return new RequestError('FORBIDDEN', 'This organization wants to be asked: use requestToJoin.')
}

/** A request to join is its requester's. */
function isRequester({ actor }: Ask, request: JoinRequestRow): boolean {
  return actor.kind !== 'ANONYMOUS' && actor.id === request.requesterId
}

/** A request to join may be seen by its requester unless the organization is deleted, and by whoever holds join-request:read there (REQ-8, ORG-6). */
export async function seeJoinRequest(ask: Ask, request: JoinRequestRow): Promise<Verdict> {
  const anonymous = signedIn(ask)
  if (anonymous !== null) return anonymous
  const isOwn =
    isRequester(ask, request) && (await ask.load.requestedOrganizationById.load(request.organizationId)) !== null
  if (isOwn || (await holds(ask, request.organizationId, 'join-request:read')) === null) return null
  return notFound('join request')
}

/** A request to join may be approved and refused by whoever holds join-request:read and join-request:decide there. */
export async function decideJoinRequest(ask: Ask, request: JoinRequestRow): Promise<Verdict> {
  const { organizationId } = request
  return (
    (await seeJoinRequest(ask, request)) ??
    (await holdsToChange(ask, organizationId, 'join-request:read')) ??
    holdsToChange(ask, organizationId, 'join-request:decide')
  )
}

/** A request to join may be taken back by its requester, unless the organization is deleted (ORG-6). */
export async function withdrawJoinRequest(ask: Ask, request: JoinRequestRow): Promise<Verdict> {
  const unseen = await seeJoinRequest(ask, request)
  if (unseen !== null) return unseen
  if (isRequester(ask, request)) return inPerson(ask)
  return new RequestError('FORBIDDEN', 'Only who asked takes a request back.')
}
