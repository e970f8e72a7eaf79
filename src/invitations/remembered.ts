import { z } from 'zod'
import {
  AlreadyInvitedError,
  AlreadyMemberError,
  EmailDomainBlockedError,
  InvalidInputError,
  PermissionEscalationError,
  RoleNotAssignableError,
  SeatLimitReachedError,
  UserError,
} from '../errors.ts'
import type { Memory } from '../idempotency/once.ts'
import type { Json } from '../organizations/organization.entity.ts'
import type { Invited } from './invite.ts'

const refused = <Shape extends z.ZodRawShape>(name: string, shape: Shape) =>
  z.object({ refused: z.literal(name), ...shape })
const ids = z.array(z.string())
const issues = z.array(z.object({ path: ids, message: z.string() }))

const kept = z.array(
  z.union([
    refused('InvalidInputError', { issues }).transform(one => new InvalidInputError(one.issues)),
    refused('EmailDomainBlockedError', { domain: z.string() }).transform(
      one => new EmailDomainBlockedError(one.domain),
    ),
    refused('AlreadyMemberError', { membershipId: z.string() }).transform(
      one => new AlreadyMemberError(one.membershipId),
    ),
    refused('AlreadyInvitedError', { invitationId: z.string() }).transform(
      one => new AlreadyInvitedError(one.invitationId),
    ),
    refused('RoleNotAssignableError', { roleIds: ids }).transform(one => new RoleNotAssignableError(one.roleIds)),
    refused('PermissionEscalationError', { missing: ids }).transform(one => new PermissionEscalationError(one.missing)),
    refused('SeatLimitReachedError', { seatLimit: z.number() }).transform(
      one => new SeatLimitReachedError(one.seatLimit),
    ),
    // Last: a refusal may carry the id of an invitation as well.
    z.object({ invitationId: z.string() }),
  ]),
)

/** The outcomes of a batch, refusals included, as a repeated call gets them: ids, and no addresses. */
export const remembered: Memory<{ results: readonly Invited[] }> = {
  keep: ({ results }) =>
    results.map(
      (one): Json => (one instanceof UserError ? { ...fieldsOf(one), refused: one.constructor.name } : { ...one }),
    ),
  recall: results => ({ results: kept.parse(results) }),
}

/** What an error carries, as it stands in its own fields. */
function fieldsOf(error: UserError): { [field: string]: Json } {
  return Object.fromEntries(Object.entries(error))
}
