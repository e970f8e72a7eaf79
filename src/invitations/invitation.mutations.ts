import * as policy from '../auth/policy.ts'
import type { Context } from '../context.ts'
import {
  AlreadyInvitedError,
  AlreadyMemberError,
  EmailMismatchError,
  InvalidInputError,
  InvitationClosedError,
  PermissionEscalationError,
  RoleNotAssignableError,
  SeatLimitReachedError,
} from '../errors.ts'
import { builder } from '../graphql/builder.ts'
import { inOrganization } from '../graphql/guards.ts'
import { idOf, idsOf } from '../graphql/ids.ts'
import { type Guard, mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { InvitationRef, MembershipRef } from '../graphql/refs.ts'
import { acceptInvitation, declineInvitation } from './answer.ts'
import type { InvitationRow } from './invitation.loaders.ts'
import { inviteMember, revokeInvitation } from './invitation.service.ts'

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

mutation('inviteMember', {
  description:
    'Offers a membership to an email address. Requires `invitation:create`, and every permission that the roles grant.',
  input: t => ({
    organizationId: t.field({ ...idOf('Organization'), required: true, description: 'Where to.' }),
    email: t.string({
      required: true,
      description: 'The address, at most 254 characters; stored as given, compared without regard to case.',
    }),
    roleIds: t.field({
      ...idsOf('OrganizationRole'),
      description: 'USER roles to hold, at most 100; absent: the default role.',
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'In the future, at most 90 days away (configuration); absent: in 7 days (configuration).',
    }),
  }),
}).does({
  guard: inOrganization('invitation:create'),
  errors: [
    InvalidInputError,
    AlreadyMemberError,
    AlreadyInvitedError,
    RoleNotAssignableError,
    PermissionEscalationError,
  ],
  run: inviteMember,
  payload: t => ({
    invitation: t.field({ type: InvitationRef, description: 'The new invitation.', resolve: invitation }),
  }),
})

mutation('revokeInvitation', {
  description: 'Takes a pending invitation back. Requires `invitation:read` and `invitation:revoke`.',
  input: t => ({ invitationId: t.field({ ...idOf('Invitation'), required: true, description: 'Which invitation.' }) }),
}).does({
  guard: ofInvitation<{ invitationId: string }>(input => input.invitationId, policy.revokeInvitation),
  errors: [InvitationClosedError],
  run: (tx, _input, target) => revokeInvitation(tx, target),
  payload: t => ({
    invitation: t.field({ type: InvitationRef, description: 'The invitation as it is now.', resolve: invitation }),
  }),
})

const InvitationSelector = builder.inputType('InvitationRef', {
  description: "Which invitation; its address must be the viewer's, and verified.",
  isOneOf: true,
  fields: t => ({ id: t.field({ ...idOf('Invitation'), description: "Its id, from the viewer's own list." }) }),
})

mutation('acceptInvitation', {
  description:
    'Accepts an invitation: the viewer becomes a member with its roles, or, being one already, gets them added.',
  input: t => ({ invitation: t.field({ type: InvitationSelector, required: true, description: 'Which invitation.' }) }),
}).does({
  guard: ofInvitation<{ invitation: { id?: string | null | undefined } }>(
    input => input.invitation.id,
    policy.answerInvitation,
  ),
  errors: [InvitationClosedError, EmailMismatchError, SeatLimitReachedError],
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
  guard: ofInvitation<{ invitation: { id?: string | null | undefined } }>(
    input => input.invitation.id,
    policy.answerInvitation,
  ),
  errors: [InvitationClosedError, EmailMismatchError],
  run: (tx, _input, target) => declineInvitation(tx, target),
  payload: t => ({
    invitation: t.field({ type: InvitationRef, description: 'The invitation as it is now.', resolve: invitation }),
  }),
})
