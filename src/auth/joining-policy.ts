/** Who may do what with ways in that are not for one address: a part of policy.ts, under the same laws. */
import { RequestError } from '../errors.ts'
import type { InviteLinkRow } from '../invite-links/invite-link.loaders.ts'
import type { Ask } from '../load.ts'
import { holds, holdsToChange, notFound, signedIn, type Verdict } from './policy.ts'

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
  return signedIn(ask) ?? (isMachine ? new RequestError('FORBIDDEN', 'Machines do not join by a link.') : null)
}
