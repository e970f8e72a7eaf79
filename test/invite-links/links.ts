import type { Client, Loose, Result } from '../kit/client.ts'
import { refusalOf } from '../kit/people.ts'

interface Place {
  readonly id: string
}
interface Terms {
  label?: string
  roleIds?: string[] | null
  maxUses?: number | null
  expiresAt?: string | null
  allowedEmailDomains?: string[] | null
}
export interface Link {
  readonly id: string
  readonly token: string
}

const shown = `id label status uses maxUses expiresAt allowedEmailDomains roles { name } createdBy { displayName }`

/** Makes a link, whatever comes of it. */
export function tryToLink(by: Client, to: Place, terms: Terms = {}): Promise<Result> {
  const selection = `... on CreateInviteLinkPayload { token inviteLink { ${shown} } }
    ... on InvalidInputError { issues { path message } } ... on RoleNotAssignableError { roleIds }
    ... on PermissionEscalationError { missing { key } }`
  return by.mutate('createInviteLink', { organizationId: to.id, label: 'Team', ...terms }, selection)
}

/** A new link; anything else is a failure. */
export async function link(by: Client, to: Place, terms: Terms = {}): Promise<Link> {
  const result = await tryToLink(by, to, terms)
  if (result.__typename !== 'CreateInviteLinkPayload') throw new Error(`No link: ${JSON.stringify(result)}`)
  return { id: result.inviteLink.id, token: result.token }
}

export function joinBy(by: Client, { token }: Pick<Link, 'token'>): Promise<Result> {
  const membership = 'membership { id origin isOwner roles { name } addedBy { id } organization { id name } }'
  const selection = `... on JoinByInviteLinkPayload { ${membership} } ... on InviteLinkClosedError { status }
    ... on AlreadyMemberError { membership { id } } ... on SeatLimitReachedError { seatLimit }`
  return by.mutate('joinByInviteLink', { token }, selection)
}

export function revokeLink(by: Client, { id }: Pick<Link, 'id'>): Promise<Result> {
  const selection = `... on RevokeInviteLinkPayload { inviteLink { ${shown} } } ... on InviteLinkClosedError { status }`
  return by.mutate('revokeInviteLink', { inviteLinkId: id }, selection)
}

/** The link as this caller sees it by its id; null for one who may not. */
export async function seenLink(by: Client, { id }: Pick<Link, 'id'>, fields = shown): Promise<Loose | null> {
  return (await by.query(`query($id: ID!) { node(id: $id) { ... on InviteLink { ${fields} } } }`, { id })).node
}

export async function preview(by: Client, token: string): Promise<Loose | null> {
  const fields = 'organizationName organizationLogoUrl roleNames status expiresAt'
  return (await by.query(`query($token: String!) { inviteLinkPreview(token: $token) { ${fields} } }`, { token }))
    .inviteLinkPreview
}

/** What an unknown token is answered with. */
export const unknown = (by: Client) => refusalOf(by, 'joinByInviteLink', { token: 'unknown' })
