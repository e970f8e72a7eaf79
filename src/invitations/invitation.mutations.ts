import * as invitations from '../auth/invitation-policy.ts'
import type { Context } from '../context.ts'
import {
  EmailDomainBlockedError,
  EmailMismatchError,
  InvalidInputError,
  InvitationClosedError,
  MembershipSuspendedError,
  PermissionEscalationError,
  RoleNotAssignableError,
  SeatLimitReachedError,
  SsoRequiredError,
} from '../errors.ts'
import { builder } from '../graphql/builder.ts'
import { idOf, idsOf } from '../graphql/ids.ts'
import { type Guard, mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { InvitationRef, MembershipRef } from '../graphql/refs.ts'
import { acceptInvitation, declineInvitation } from './answer.ts'
import type { InvitationRow } from './invitation.loaders.ts'
import { revokeInvitation } from './invitation.service.ts'
import { invitationByToken } from './link.ts'
import { resendInvitation } from './resend.ts'
import { updateInvitation } from './update.ts'

const ofInvitation = <Input>(
  idIn: (input: Input) => string | null | undefined,
  rule: Guard<Input, InvitationRow>['rule'],
): Guard<Input, InvitationRow> => ({
  noun: 'invitation',
  find: (ask, input) => ask.load.invitationById.load(idIn(input) ?? ''),
  rule,
})
const invitation = (outcome: { invitationId: string }, _args: object, { load }: Context) =>
  required(load.invitationById.load(outcome.invitationId))

mutation('updateInvitation', {
  description:
    'Changes the roles or the expiry of a pending invitation, for which the viewer vouches from then on. Requires `invitation:read`, `invitation:create`, and every permission that its roles grant then.',
  input: t => ({
    invitationId: t.field({ ...idOf('Invitation'), required: true, description: 'Which invitation.' }),
    roleIds: t.field({
      ...idsOf('OrganizationRole'),
      description: 'USER roles to hold in place of those offered so far, at most 100; empty for none.',
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'In the future, at most 90 days away (configuration).',
    }),
  }),
}).does({
  guard: ofInvitation<{ invitationId: string }>(input => input.invitationId, invitations.updateInvitation),
  errors: [InvalidInputError, InvitationClosedError, RoleNotAssignableError, PermissionEscalationError],
  run: updateInvitation,
  payload: t => ({
    invitation: t.field({ type: InvitationRef, description: 'The invitation as it is now.', resolve: invitation }),
  }),
})

mutation('resendInvitation', {
  description:
    'Mails a pending invitation once more, with a new link; earlier links are dead at once. RATE_LIMITED where the invitation or its address had enough mail lately: `extensions.retryAfter` says in how many seconds, `extensions.retryAt` when. CONFLICT where no mail is configured. Requires `invitation:read` and `invitation:create`, and for another expiry, for which the viewer vouches from then on, every permission that its roles grant.',
  input: t => ({
    invitationId: t.field({ ...idOf('Invitation'), required: true, description: 'Which invitation.' }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When it expires from now on, at most 90 days away (configuration); absent: as it was.',
    }),
  }),
}).does({
  guard: ofInvitation<{ invitationId: string; expiresAt?: Date | null | undefined }>(
    input => input.invitationId,
    invitations.updateInvitation,
  ),
  errors: [InvalidInputError, InvitationClosedError, EmailDomainBlockedError, PermissionEscalationError],
  run: (tx, { expiresAt }, target) => resendInvitation(tx, target, expiresAt ?? null),
  payload: t => ({
    invitation: t.field({ type: InvitationRef, description: 'The invitation as it is now.', resolve: invitation }),
  }),
})

mutation('revokeInvitation', {
  description: 'Takes a pending invitation back. Requires `invitation:read` and `invitation:revoke`.',
  input: t => ({ invitationId: t.field({ ...idOf('Invitation'), required: true, description: 'Which invitation.' }) }),
}).does({
  guard: ofInvitation<{ invitationId: string }>(input => input.invitationId, invitations.revokeInvitation),
  errors: [InvitationClosedError],
  run: (tx, _input, target) => revokeInvitation(tx, target),
  payload: t => ({
    invitation: t.field({ type: InvitationRef, description: 'The invitation as it is now.', resolve: invitation }),
  }),
})

const InvitationSelector = builder.inputType('InvitationRef', {
  description: "Which invitation; its address must be the viewer's, and verified.",
  isOneOf: true,
  fields: t => ({
    id: t.field({ ...idOf('Invitation'), description: "Its id, from the viewer's own list." }),
    token: t.string({ description: 'The token of the link that was mailed, of at most 43 characters.' }),
  }),
})

const toAnswer: Guard<{ invitation: { id?: string | null; token?: string | null } }, InvitationRow> = {
  noun: 'invitation',
  find: ({ load }, { invitation: { id, token } }) =>
    token == null ? load.invitationById.load(id ?? '') : invitationByToken(load, token),
  rule: (ask, target, { invitation: { token } }) =>
    token == null ? invitations.answerInvitation(ask, target) : invitations.answerInvitationByLink(ask),
}

mutation('acceptInvitation', {
  description:
    'Accepts an invitation: the viewer becomes a member with its roles, or, being one already, gets them added.',
  input: t => ({ invitation: t.field({ type: InvitationSelector, required: true, description: 'Which invitation.' }) }),
}).does({
  guard: toAnswer,
  errors: [
    InvitationClosedError,
    EmailMismatchError,
    EmailDomainBlockedError,
    MembershipSuspendedError,
    SeatLimitReachedError,
    SsoRequiredError,
  ],
  run: (tx, _input, target) => acceptInvitation(tx, target),
  payload: t => ({
    invitation: t.field({ type: InvitationRef, description: 'The invitation as it is now.', resolve: invitation }),
    membership: t.field({
      type: MembershipRef,
      description: "The viewer's membership.",
      resolve: ({ membershipId }, _args, { load }) => required(load.membershipById.load(membershipId)),
    }),
  }),
})

mutation('declineInvitation', {
  description: 'Declines an invitation.',
  input: t => ({ invitation: t.field({ type: InvitationSelector, required: true, description: 'Which invitation.' }) }),
}).does({
  guard: toAnswer,
  errors: [InvitationClosedError, EmailMismatchError],
  run: (tx, _input, target) => declineInvitation(tx, target),
  payload: t => ({
    invitation: t.field({ type: InvitationRef, description: 'The invitation as it is now.', resolve: invitation }),
  }),
})
