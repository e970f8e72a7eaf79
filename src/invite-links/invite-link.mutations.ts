import { z } from 'zod'
import * as policy from '../auth/joining-policy.ts'
import type { Context } from '../context.ts'
import {
  AlreadyMemberError,
  EmailDomainBlockedError,
  EmailNotVerifiedError,
  InvalidInputError,
  MembershipSuspendedError,
  PermissionEscalationError,
  RoleNotAssignableError,
  SeatLimitReachedError,
} from '../errors.ts'
import { inOrganization } from '../graphql/guards.ts'
import { idOf, idsOf } from '../graphql/ids.ts'
import { mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { InviteLinkRef, MembershipRef } from '../graphql/refs.ts'
import { hashToken } from '../secret-token.ts'
import { name } from '../text.ts'
import { emailDomains } from '../users/email-domain.ts'
import { EmailDomainNotAllowedError, InviteLinkClosedError } from './errors.ts'
import { createInviteLink, revokeInviteLink } from './invite-link.service.ts'
import { joinByInviteLink } from './use.ts'

const inviteLink = (outcome: { inviteLinkId: string }, _args: object, { load }: Context) =>
  required(load.inviteLinkById.load(outcome.inviteLinkId))

mutation('createInviteLink', {
  description:
    'Makes a shareable link: whoever has its token may join. Requires `invite-link:create`, and every permission that the roles grant.',
  input: t => ({
    organizationId: t.field({ ...idOf('Organization'), required: true, description: 'Where to.' }),
    label: t.string({ required: true, description: 'What it is for, 1 to 128 characters after trimming.' }),
    roleIds: t.field({
      ...idsOf('OrganizationRole'),
      description: 'USER roles to hold, at most 100, never the owner role; absent: the default role.',
    }),
    maxUses: t.int({ description: 'How many may join by it, 1 to 100,000; absent: as many as there are seats.' }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'In the future, at most 90 days away (configuration); absent: in 7 days (configuration).',
    }),
    allowedEmailDomains: t.stringList({
      description:
        'At most 100 domains of which an address has to be: `acme.com`, or `*.acme.com` for every domain below it. Absent or empty: every one.',
    }),
  }),
}).does({
  valid: z.object({
    label: name,
    maxUses: z.int('A whole number.').min(1, 'At least 1.').max(100_000, 'At most 100,000.').nullish(),
    allowedEmailDomains: emailDomains.nullish(),
  }),
  guard: inOrganization('invite-link:create'),
  errors: [InvalidInputError, RoleNotAssignableError, PermissionEscalationError],
  run: createInviteLink,
  payload: t => ({
    inviteLink: t.field({ type: InviteLinkRef, description: 'The new link.', resolve: inviteLink }),
    token: t.exposeString('token', {
      description:
        'What lets people in: 43 characters for the address of a page of yours. Shown here, and never again.',
    }),
  }),
})

mutation('revokeInviteLink', {
  description:
    'Closes a shareable link for good; who joined by it stays. Requires `invite-link:read` and `invite-link:revoke`.',
  input: t => ({ inviteLinkId: t.field({ ...idOf('InviteLink'), required: true, description: 'Which link.' }) }),
}).does({
  guard: {
    noun: 'invite link',
    find: (ask, { inviteLinkId }) => ask.load.inviteLinkById.load(inviteLinkId),
    rule: policy.revokeInviteLink,
  },
  errors: [InviteLinkClosedError],
  run: (tx, _input, target) => revokeInviteLink(tx, target),
  payload: t => ({
    inviteLink: t.field({ type: InviteLinkRef, description: 'The link as it is now.', resolve: inviteLink }),
  }),
})

mutation('joinByInviteLink', {
  description:
    'Makes the viewer a member by a shareable link, with its roles. For users with a verified address, of a domain that the link allows.',
  input: t => ({ token: t.string({ required: true, description: 'The token of the link, at most 43 characters.' }) }),
}).does({
  guard: {
    noun: 'invite link',
    find: (ask, { token }) => ask.load.inviteLinkByHash.load(hashToken(token)),
    rule: ask => policy.joinByInviteLink(ask),
  },
  errors: [
    AlreadyMemberError,
    MembershipSuspendedError,
    InviteLinkClosedError,
    EmailNotVerifiedError,
    EmailDomainBlockedError,
    EmailDomainNotAllowedError,
    SeatLimitReachedError,
  ],
  run: (tx, _input, { id }) => joinByInviteLink(tx, id),
  payload: t => ({
    membership: t.field({
      type: MembershipRef,
      nullable: true,
      description: "The viewer's new membership; never null, and only typed as in AlreadyMemberError.",
      resolve: ({ membershipId }, _args, { load }) => required(load.membershipById.load(membershipId)),
    }),
  }),
})
