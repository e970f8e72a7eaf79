import type { Client, Loose, Result } from '../kit/client.ts'

interface Place {
  readonly id: string
}
interface Terms {
  roleIds?: string[] | null
  expiresAt?: string | null
}

const shown = 'id email status expiresAt roles { name } inviter { displayName } acceptedBy { displayName }'
const refusals = `... on InvitationClosedError { status } ... on EmailMismatchError { maskedEmail }
  ... on SeatLimitReachedError { seatLimit }`

/** Invites an address, whatever comes of it. */
export function tryToInvite(by: Client, to: Place, email: string, terms: Terms = {}): Promise<Result> {
  const selection = `... on InviteMemberPayload { invitation { ${shown} } } ... on InvalidInputError { issues { path message } }
    ... on AlreadyMemberError { membership { id } } ... on AlreadyInvitedError { invitation { id } }
    ... on RoleNotAssignableError { roleIds } ... on PermissionEscalationError { missing { key } }
    ... on SeatLimitReachedError { seatLimit }`
  return by.mutate('inviteMember', { organizationId: to.id, email, ...terms }, selection)
}

/** The id of a new invitation; anything else is a failure. */
export async function invite(by: Client, to: Place, email: string, terms: Terms = {}): Promise<string> {
  const result = await tryToInvite(by, to, email, terms)
  if (result.__typename !== 'InviteMemberPayload') throw new Error(`Not invited: ${JSON.stringify(result)}`)
  return result.invitation.id
}

export function accept(by: Client, id: string): Promise<Result> {
  const payload = `... on AcceptInvitationPayload { invitation { ${shown} }
    membership { id origin isOwner roles { name } principal { displayName } organization { id } } }`
  return by.mutate('acceptInvitation', { invitation: { id } }, `${payload} ${refusals}`)
}

export function decline(by: Client, id: string): Promise<Result> {
  const payload = `... on DeclineInvitationPayload { invitation { ${shown} } }`
  const refused = '... on InvitationClosedError { status } ... on EmailMismatchError { maskedEmail }'
  return by.mutate('declineInvitation', { invitation: { id } }, `${payload} ${refused}`)
}

export function revoke(by: Client, id: string): Promise<Result> {
  const payload = `... on RevokeInvitationPayload { invitation { ${shown} } }`
  return by.mutate('revokeInvitation', { invitationId: id }, `${payload} ... on InvitationClosedError { status }`)
}

export function update(by: Client, id: string, terms: Terms): Promise<Result> {
  const payload = `... on UpdateInvitationPayload { invitation { ${shown} } }`
  const refused = `... on InvitationClosedError { status } ... on InvalidInputError { issues { path message } }
    ... on RoleNotAssignableError { roleIds } ... on PermissionEscalationError { missing { key } }`
  return by.mutate('updateInvitation', { invitationId: id, ...terms }, `${payload} ${refused}`)
}

/** The invitation as this caller sees it by its id; null for one who may not. */
export async function seen(by: Client, id: string, fields = shown): Promise<Loose | null> {
  return (await by.query(`query($id: ID!) { node(id: $id) { ... on Invitation { ${fields} } } }`, { id })).node
}

/** The names of the roles that a member holds, as the member sees it. */
export async function rolesIn(by: Client, organization: Place): Promise<string[] | null> {
  const query = 'query($id: ID!) { organization(by: { id: $id }) { viewerMembership { roles { name } } } }'
  const { organization: found } = await by.query(query, { id: organization.id })
  return found?.viewerMembership?.roles.map((role: { name: string }) => role.name) ?? null
}
