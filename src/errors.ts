import { GraphQLError } from 'graphql'

/** The closed table of top-level error codes, each with the HTTP status it is sent with when the whole request fails. */
export const errorCodes = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_USER_INPUT: 400,
  CONFLICT: 409,
  LIMIT_EXCEEDED: 413,
  RATE_LIMITED: 429,
  QUERY_TOO_COMPLEX: 400,
  INTERNAL: 500,
} as const satisfies Record<string, number>

export type ErrorCode = keyof typeof errorCodes

/** A failure no client can act on in place: it stands in `errors[]` with `extensions.code`. The message is for people. */
export class RequestError extends GraphQLError {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, details: Record<string, unknown> = {}) {
    super(message, { extensions: { ...details, code } })
    this.name = 'RequestError'
    this.code = code
  }
}

/** The answer to who did something too often; `what` begins the sentence. The client reads when to try again. */
export function rateLimited(now: Date, retryAt: Date, what: string): RequestError {
  const retryAfter = Math.ceil((retryAt.getTime() - now.getTime()) / 1000)
  const message = `${what} as often as it may be for now. Try again in ${retryAfter} seconds.`
  return new RequestError('RATE_LIMITED', message, { retryAfter, retryAt: retryAt.toISOString() })
}

/** The answer for a token whose user or application was deleted since it was issued. */
export const accountGone = () => new RequestError('UNAUTHENTICATED', 'The account of this token is gone.')

/** PostgreSQL has no U+0000: no name, search or slug can be meant by a text with it. */
export const unstorable = () => new RequestError('BAD_USER_INPUT', 'No text can contain the character U+0000.')

/**
 * A business outcome the client can act on: a member of the mutation's result union, never in `errors[]`.
 * Each subclass is one GraphQL type of the same name and carries what the client needs to go on.
 */
export abstract class UserError extends Error {
  /** Whether what was tried looks like an attack, and stands in the audit log for that (MGT-3). */
  readonly isSuspicious: boolean = false
}

/** A problem of the environment or the configuration, told in one line at start; the process exits with code 1. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

/** One thing wrong with the input: where, and what to do. */
export interface InputIssue {
  readonly path: readonly string[]
  readonly message: string
}

/** The input breaks a rule that it shows itself: a length, a format, a combination. */
export class InvalidInputError extends UserError {
  readonly issues: readonly InputIssue[]
  constructor(issues: readonly InputIssue[]) {
    super(issues.map(issue => `${issue.path.join('.')}: ${issue.message}`).join(' '))
    this.issues = issues
  }
}

/** The idempotency key was used for another mutation or input within the last 24 hours. */
export class IdempotencyKeyReusedError extends UserError {
  constructor() {
    super('This idempotency key belongs to another call. Use a new key for a new call.')
  }
}

/** The deployment invites nobody at this domain. */
export class EmailDomainBlockedError extends UserError {
  readonly domain: string
  constructor(domain: string) {
    super(`Nobody with an address at ${domain} can be invited here.`)
    this.domain = domain
  }
}

/** Another organization, deleted ones included, has this slug, or had it lately (ORG-1). */
export class SlugTakenError extends UserError {
  readonly suggestion: string
  constructor(slug: string, suggestion: string) {
    super(`The slug "${slug}" is taken.`)
    this.suggestion = suggestion
  }
}

/** The viewer has created as many organizations as one user may (ORG-4). */
export class OrganizationLimitReachedError extends UserError {
  readonly limit: number
  constructor(limit: number) {
    super(`You have created ${limit} organizations; that is the most one user may create here.`)
    this.limit = limit
  }
}

/** The organization was changed since the client read the version it sent (ORG-7). */
export class StaleVersionError extends UserError {
  readonly organizationId: string
  constructor(organizationId: string) {
    super('Somebody else changed the organization meanwhile. Look at it again, then repeat your change.')
    this.organizationId = organizationId
  }
}

/** Whoever is to become a member is one already (MEM-1). */
export class AlreadyMemberError extends UserError {
  readonly membershipId: string
  constructor(membershipId: string) {
    super('Already a member of the organization.')
    this.membershipId = membershipId
  }
}

/** The viewer is a member who is suspended: no way in lifts that (MEM-11). */
export class MembershipSuspendedError extends UserError {
  constructor() {
    super('Your membership of this organization is suspended. Ask one of its admins to restore it.')
  }
}

/** A pending invitation of this address is there already (INV-4). */
export class AlreadyInvitedError extends UserError {
  readonly invitationId: string
  constructor(invitationId: string) {
    super('This address has a pending invitation to the organization.')
    this.invitationId = invitationId
  }
}

/** The invitation is no longer pending (INV-9). */
export class InvitationClosedError extends UserError {
  readonly status: 'ACCEPTED' | 'DECLINED' | 'REVOKED' | 'EXPIRED'
  constructor(
    status: InvitationClosedError['status'],
    message = `The invitation is ${status.toLowerCase()}; nothing was changed.`,
  ) {
    super(message)
    this.status = status
  }
}

/** The viewer has no verified address equal to the invited one (INV-7). */
export class EmailMismatchError extends UserError {
  readonly maskedEmail: string
  constructor(maskedEmail: string) {
    super(`This invitation is for ${maskedEmail}. Sign in with that address, verified.`)
    this.maskedEmail = maskedEmail
  }
}

/** The address of the viewer has to sign in through a connector, and they have signed in by another way (SSO-5). */
export class SsoRequiredError extends UserError {
  readonly connectorId: string
  readonly connectorNames: readonly string[]
  constructor(connectorId: string, connectorName: string) {
    super(`Your email address has to sign in through ${connectorName}. Sign in again, with this address.`)
    this.connectorId = connectorId
    this.connectorNames = [connectorName]
  }
}

/** The viewer, or whoever is to be let in, has no address that their identity provider vouches for. */
export class EmailNotVerifiedError extends UserError {
  constructor() {
    super('This needs a verified email address. Have your identity provider verify it, then sign in again.')
  }
}

/** The organization has as many members as it has seats. */
export class SeatLimitReachedError extends UserError {
  readonly seatLimit: number
  constructor(seatLimit: number) {
    super(`All ${seatLimit} seats of the organization are taken.`)
    this.seatLimit = seatLimit
  }
}

/** Organizations would lose their last owner (MEM-6). */
export class LastOwnerError extends UserError {
  readonly organizationIds: readonly string[]
  constructor(organizationIds: readonly string[]) {
    super('An organization keeps at least one owner. Make somebody else an owner first.')
    this.organizationIds = organizationIds
  }
}

/** Nobody grants what they do not hold themselves (ROL-3). */
export class PermissionEscalationError extends UserError {
  readonly missing: readonly string[]
  /** @param missing ids of the permissions that the viewer lacks */
  constructor(missing: readonly string[]) {
    super('This grants permissions that you do not hold yourself.')
    this.missing = missing
  }
}

/** A role is unknown here, of the other kind, or custom to another organization (ROL-2). */
export class RoleNotAssignableError extends UserError {
  readonly roleIds: readonly string[]
  constructor(roleIds: readonly string[]) {
    super('Some of these roles cannot be given here: unknown, of the other kind, or of another organization.')
    this.roleIds = roleIds
  }
}
