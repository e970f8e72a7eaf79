/** The rules about invitations; see policy.ts. */
import type { InvitationRow } from '../invitations/invitation.loaders.ts'
import type { Ask } from '../load.ts'
import { holds, holdsToChange, inPerson, notFound, signedIn, type Verdict } from './policy.ts'

/** An invitation is its recipient's when the recipient has verified exactly the invited address (INV-7). */
export function isRecipient(ask: Ask, invitation: Pick<InvitationRow, 'emailKey'>): boolean {
  return ask.actor.kind === 'USER' && ask.actor.emailKey === invitation.emailKey
}

/** An invitation may be seen by its recipient unless it or its organization is gone, and by whoever holds invitation:read there (INV-13, ORG-6). */
export async function seeInvitation(ask: Ask, invitation: InvitationRow): Promise<Verdict> {
  const anonymous = signedIn(ask)
  if (anonymous !== null) return anonymous
  if (isRecipient(ask, invitation) && invitation.status !== 'REVOKED' && invitation.status !== 'EXPIRED') {
    const organization = await ask.load.invitingOrganizationById.load(invitation.organizationId)
    if (organization?.isDeleted === false) return null
  }
  return (await holds(ask, invitation.organizationId, 'invitation:read')) === null ? null : notFound('invitation')
}

/** An invitation may be answered by its recipient, and tried by whoever may see it, unless its organization is deleted (INV-7, INV-9, ORG-6). */
export async function answerInvitation(ask: Ask, invitation: InvitationRow): Promise<Verdict> {
  const unseen = isRecipient(ask, invitation) ? null : await seeInvitation(ask, invitation)
  if (unseen !== null) return unseen
  // A recipient does not see the organization of what was taken back; the transaction does, and asks again.
  const organization = await ask.load.invitingOrganizationById.load(invitation.organizationId)
  return organization?.isDeleted === true ? notFound('invitation') : inPerson(ask)
}

/** Whoever is signed in and has the link of an invitation may try to answer it; that it is for them is looked at then (INV-7). */
export function answerInvitationByLink(ask: Ask): Verdict {
  return signedIn(ask) ?? inPerson(ask)
}

/** An invitation may be revoked by whoever holds invitation:read and invitation:revoke there. */
export async function revokeInvitation(ask: Ask, invitation: InvitationRow): Promise<Verdict> {
  const { organizationId } = invitation
  return (
    (await seeInvitation(ask, invitation)) ??
    (await holdsToChange(ask, organizationId, 'invitation:read')) ??
    holdsToChange(ask, organizationId, 'invitation:revoke')
  )
}

/** An invitation may be changed, and sent again, by whoever holds invitation:read and invitation:create there. */
export async function updateInvitation(ask: Ask, invitation: InvitationRow): Promise<Verdict> {
  const { organizationId } = invitation
  return (
    (await seeInvitation(ask, invitation)) ??
    (await holdsToChange(ask, organizationId, 'invitation:read')) ??
    holdsToChange(ask, organizationId, 'invitation:create')
  )
}
