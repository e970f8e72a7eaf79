import { z } from 'zod'
import type { Context } from '../context.ts'
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
import { builder } from '../graphql/builder.ts'
import { inOrganization } from '../graphql/guards.ts'
import { atMost, idOf } from '../graphql/ids.ts'
import { mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { InvitationRef } from '../graphql/refs.ts'
import { inviteMember, inviteMembers } from './invitation.service.ts'
import { offerFields } from './offer.schema.ts'
import { remembered } from './remembered.ts'

/** What one invitation may be refused with, alone or among others. */
const inviteErrors = [
  InvalidInputError,
  EmailDomainBlockedError,
  AlreadyMemberError,
  AlreadyInvitedError,
  RoleNotAssignableError,
  PermissionEscalationError,
  SeatLimitReachedError,
]
const invitation = (outcome: { invitationId: string }, _args: object, { load }: Context) =>
  required(load.invitationById.load(outcome.invitationId))

mutation('inviteMember', {
  description:
    'Offers a membership to an email address. Requires `invitation:create`, and every permission that the roles grant.',
  input: t => ({
    organizationId: t.field({ ...idOf('Organization'), required: true, description: 'Where to.' }),
    ...offerFields(t),
  }),
}).does({
  guard: inOrganization('invitation:create'),
  idempotent: 'ids',
  errors: inviteErrors,
  run: inviteMember,
  payload: t => ({
    invitation: t.field({
      type: InvitationRef,
      nullable: true,
      description: 'The new invitation; never null, and only typed as in AlreadyInvitedError.',
      resolve: invitation,
    }),
  }),
})

const InvitationOffer = builder.inputType('InvitationOffer', {
  description: 'One of the invitations that `inviteMembers` makes.',
  fields: offerFields,
})

/** A batch is one transaction, and so bounded. */
const largestBatch = 500

mutation('inviteMembers', {
  description:
    'Offers memberships to many email addresses at once. Each has its own outcome, and one that is refused does not stop the others. Requires what `inviteMember` does.',
  input: t => ({
    organizationId: t.field({ ...idOf('Organization'), required: true, description: 'Where to.' }),
    invitations: t.field({
      type: [InvitationOffer],
      required: true,
      ...atMost(largestBatch),
      description: 'Whom to invite: 1 to 500. Of two with the same address, the first counts.',
    }),
  }),
}).does({
  valid: z.object({ invitations: z.array(z.any()).min(1, 'There is at least 1 invitation.') }),
  guard: inOrganization('invitation:create'),
  idempotent: remembered,
  // An invitation is several rows; what is selected of each counts as often as there are invitations.
  complexity: ({ invitations }) => ({ field: 1 + 20 * invitations.length, multiplier: invitations.length }),
  errors: [],
  run: inviteMembers,
  payload: t => ({
    results: t.field({
      type: [InvitationRef],
      itemErrors: {
        types: [...inviteErrors],
        union: {
          name: 'InviteMembersItem',
          description: 'The invitation that was made for one item of `inviteMembers`, or what stood in its way.',
        },
      },
      description: 'What came of each, in the order of the input.',
      complexity: { field: 0, multiplier: 1 },
      resolve: ({ results }, args, context) =>
        // Errors may stand among the items, of which the types know nothing.
        results.map(one => (one instanceof UserError ? (one as never) : invitation(one, args, context))),
    }),
  }),
})
