import type { Loaders } from '../load.ts'
import { hashToken } from '../secret-token.ts'
import type { InvitationPreviewRow, InvitationRow } from './invitation.loaders.ts'

// No other text was ever given out.
const isToken = (text: string) => /^[\w-]{43}$/.test(text)

/** The invitation that a link opens; null for a token that is unknown, or was replaced by a newer one. */
export async function invitationByToken(load: Loaders, token: string): Promise<InvitationRow | null> {
  return isToken(token) ? load.invitationByTokenHash.load(hashToken(token)) : null
}

/** What a link shows to whoever holds it; null as of `invitationByToken`. */
export async function previewByToken(load: Loaders, token: string): Promise<InvitationPreviewRow | null> {
  return isToken(token) ? load.invitationPreviewByTokenHash.load(hashToken(token)) : null
}
