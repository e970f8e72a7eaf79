import type { Client, Loose, Result } from '../kit/client.ts'
import { refusalOf } from '../kit/people.ts'

interface Place {
  readonly id: string
  readonly slug: string
}
interface Request {
  readonly id: string
}

const shown = 'id status message organizationName organization { id } closedAt requester { displayName }'

/** Says who may ask to join, whatever comes of it. */
export function lets(by: Client, { id }: Pick<Place, 'id'>, access: string, emailDomains?: string[]): Promise<Result> {
  const payload = 'organization { joinRequestPolicy { access emailDomains viewerCanUpdate } }'
  const selection = `... on UpdateJoinRequestPolicyPayload { ${payload} } ... on InvalidInputError { issues { path message } }`
  return by.mutate('updateJoinRequestPolicy', { organizationId: id, access, emailDomains }, selection)
}

/** Asks to join, whatever comes of it. */
export function tryToAsk(by: Client, { slug }: Pick<Place, 'slug'>, message?: string | null): Promise<Result> {
  const selection = `... on RequestToJoinPayload { joinRequest { ${shown} } } ... on AlreadyMemberError { membership { id } }
    ... on AlreadyRequestedError { joinRequest { id } } ... on JoinRequestTooSoonError { retryAt }
    ... on JoinRequestLimitReachedError { limit } ... on InvalidInputError { issues { path message } }`
  return by.mutate('requestToJoin', { slug, message }, selection)
}

/** A new request; anything else is a failure. */
export async function asks(by: Client, to: Pick<Place, 'slug'>, message?: string): Promise<Request> {
  const result = await tryToAsk(by, to, message)
  if (result.__typename !== 'RequestToJoinPayload') throw new Error(`Not asked: ${JSON.stringify(result)}`)
  return { id: result.joinRequest.id }
}

export function approve(by: Client, { id }: Request, roleIds?: string[]): Promise<Result> {
  const membership = 'membership { id origin roles { name } addedBy { id } principal { id } }'
  const selection = `... on ApproveJoinRequestPayload { joinRequest { ${shown} } ${membership} }
    ... on JoinRequestClosedError { status } ... on RoleNotAssignableError { roleIds }
    ... on PermissionEscalationError { missing { key } } ... on SeatLimitReachedError { seatLimit }`
  return by.mutate('approveJoinRequest', { joinRequestId: id, roleIds }, selection)
}

export function refuse(by: Client, { id }: Request, reason?: string): Promise<Result> {
  const selection = `... on RefuseJoinRequestPayload { joinRequest { ${shown} refusalReason decidedBy { id } } }
    ... on JoinRequestClosedError { status } ... on InvalidInputError { issues { path message } }`
  return by.mutate('refuseJoinRequest', { joinRequestId: id, reason }, selection)
}

export function withdraw(by: Client, { id }: Request): Promise<Result> {
  const selection = `... on WithdrawJoinRequestPayload { joinRequest { ${shown} } } ... on JoinRequestClosedError { status }`
  return by.mutate('withdrawJoinRequest', { joinRequestId: id }, selection)
}

/** The request as this caller sees it by its id; null for one who may not. */
export async function seenRequest(by: Client, { id }: Request, fields = shown): Promise<Loose | null> {
  return (await by.query(`query($id: ID!) { node(id: $id) { ... on JoinRequest { ${fields} } } }`, { id })).node
}

/** The viewer's own requests. */
export async function ownRequests(by: Client): Promise<Loose[]> {
  const { viewer } = await by.query(
    '{ viewer { joinRequests { totalCount nodes { id status organizationName organization { id } } } } }',
  )
  return viewer.joinRequests.nodes
}

/** What a slug is answered with that nobody has. */
export const nobodys = (by: Client) => refusalOf(by, 'requestToJoin', { slug: 'nobody-has-this-slug' })
