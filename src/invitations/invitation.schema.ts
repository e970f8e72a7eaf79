import * as invitations from '../auth/invitation-policy.ts'
import { builder } from '../graphql/builder.ts'
import { OrderDirection, pageComplexity, withTotal } from '../graphql/connection.ts'
import { present, required, rolesByIds } from '../graphql/present.ts'
import {
  InvitationConnection,
  InvitationRef,
  OrganizationRef,
  PrincipalRef,
  RoleRef,
  UserRef,
  ViewerRef,
} from '../graphql/refs.ts'
import { nullWithout } from '../graphql/scopes.ts'
import { invitationsOf, invitationsTo } from './invitation.listing.ts'
import { statusAt } from './invitation.loaders.ts'

export const InvitationStatus = builder.enumType('InvitationStatus', {
  description: 'Only PENDING can be left. EXPIRED follows from `expiresAt`; no job has to run for it.',
  values: {
    PENDING: { description: 'It can be accepted, declined and revoked.' },
    ACCEPTED: { description: 'The invited user became a member by it.' },
    DECLINED: { description: 'The invited user did not want to.' },
    REVOKED: { description: 'It was taken back.' },
    EXPIRED: { description: 'Nobody answered in time.' },
  } as const,
})

const MailFailure = builder.enumType('MailFailure', {
  description: 'Why a mail could not be sent.',
  values: {
    UNREACHABLE: { description: 'The mail server does not answer, or cannot be trusted. It is tried again.' },
    REFUSED: { description: 'The mail server did not take the message. It is tried again.' },
    ADDRESS_REFUSED: { description: 'The mail server knows no such address. It is not tried again.' },
    GAVE_UP: { description: 'It was tried for more than a day. It is not tried again.' },
  } as const,
})

builder.node(InvitationRef, {
  description: 'An offer of membership with roles, to an email address. Its recipient sees it without being a member.',
  id: { resolve: invitation => invitation.id },
  loadMany: (ids, context) =>
    present(ids, context.load.invitationById, async row => (await invitations.seeInvitation(context, row)) === null),
  fields: t => ({
    organization: t.field({
      type: OrganizationRef,
      nullable: true,
      description:
        'Where it leads. Null for a recipient who is not a member: they see `organizationName` and `organizationLogoUrl`.',
      resolve: (invitation, _args, { load }) => load.organizationById.load(invitation.organizationId),
    }),
    organizationName: t.string({
      description: 'The name of the organization, for its recipient too.',
      resolve: async (invitation, _args, { load }) =>
        (await required(load.organizationLabelById.load(invitation.organizationId))).name,
    }),
    organizationLogoUrl: t.string({
      nullable: true,
      description: 'The logo of the organization, for its recipient too; null when it has none.',
      resolve: async (invitation, _args, { load }) =>
        (await load.organizationLabelById.load(invitation.organizationId))?.logoUrl ?? null,
    }),
    email: t.exposeString('email', {
      description: 'The invited address, as it was given; compared without regard to case.',
    }),
    roles: t.field({
      type: [RoleRef],
      description: 'What the member will hold. Roles that were deleted meanwhile are not among them.',
      resolve: async (invitation, _args, { load }) =>
        rolesByIds(
          load,
          (await load.roleIdsByInvitation.load(invitation.id)).map(row => row.roleId),
        ),
    }),
    status: t.field({
      type: InvitationStatus,
      description: 'The state at the moment of reading.',
      resolve: (row, _args, { now }) => statusAt(row, now),
    }),
    inviter: t.field({
      type: PrincipalRef,
      nullable: true,
      description: "Who vouches for it: who made it, or changed it last. Null once the inviter's account is gone.",
      resolve: ({ inviterId }, _args, { load }) => (inviterId === null ? null : load.principalById.load(inviterId)),
    }),
    acceptedBy: t.field({
      type: UserRef,
      nullable: true,
      description: 'Who accepted it; null unless it was accepted.',
      resolve: ({ acceptedBy }, _args, { load }) => (acceptedBy === null ? null : load.principalById.load(acceptedBy)),
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was made.', resolve: row => row.createdAt }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'From this moment on it is EXPIRED, if nobody answered.',
      resolve: row => row.expiresAt,
    }),
    lastSentAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When its mail was last handed to the mail server; null when none was yet.',
      resolve: row => row.lastSentAt,
    }),
    lastMailFailure: t.field({
      type: MailFailure,
      nullable: true,
      description: 'Why the last attempt to send its mail failed; null when there was none, or it went through.',
      resolve: row => row.lastMailFailure,
    }),
    viewerCanAccept: t.boolean({
      description: 'Whether it is pending and for a verified address of the viewer.',
      resolve: async (row, _args, context) =>
        statusAt(row, context.now) === 'PENDING' &&
        invitations.isRecipient(context, row) &&
        (await invitations.answerInvitation(context, row)) === null,
    }),
    viewerCanUpdate: t.boolean({
      description: 'Whether it is pending and the viewer may change it, within what they hold.',
      resolve: async (row, _args, context) =>
        statusAt(row, context.now) === 'PENDING' && (await invitations.updateInvitation(context, row)) === null,
    }),
    viewerCanResend: t.boolean({
      description: 'Whether it is pending, mail is configured, and the viewer may send it again; limits still apply.',
      resolve: async (row, _args, context) =>
        statusAt(row, context.now) === 'PENDING' &&
        context.config.mail !== null &&
        (await invitations.updateInvitation(context, row)) === null,
    }),
    viewerCanRevoke: t.boolean({
      description: 'Whether it is pending and the viewer may revoke it.',
      resolve: async (row, _args, context) =>
        statusAt(row, context.now) === 'PENDING' && (await invitations.revokeInvitation(context, row)) === null,
    }),
  }),
})

const InvitationFilter = builder.inputType('InvitationFilter', {
  description: 'Which invitations; what is absent does not filter.',
  fields: t => ({
    statuses: t.field({ type: [InvitationStatus], description: 'In one of these states at the moment of reading.' }),
    search: t.string({ description: 'Text in the address, without regard to case; at most 128 characters.' }),
  }),
})
const InvitationOrder = builder.inputType('InvitationOrder', {
  description: 'How invitations are ordered.',
  fields: t => ({
    field: t.field({
      type: builder.enumType('InvitationOrderField', {
        description: 'By what invitations are ordered.',
        values: {
          CREATED_AT: { description: 'By when they were made.' },
          EXPIRES_AT: { description: 'By when they expire.' },
          EMAIL: { description: 'By address, without regard to case.' },
        } as const,
      }),
      required: true,
      description: 'By what.',
    }),
    direction: t.field({ type: OrderDirection, required: true, description: 'Which way.' }),
  }),
})

builder.objectField(OrganizationRef, 'invitations', t =>
  t.field({
    type: InvitationConnection,
    description: 'The invitations, in every state. Requires `invitation:read`; null without it.',
    args: {
      ...t.arg.connectionArgs(),
      filter: t.arg({ type: InvitationFilter, description: 'Which of them.' }),
      orderBy: t.arg({
        type: InvitationOrder,
        required: true,
        defaultValue: { field: 'CREATED_AT', direction: 'DESC' },
        description: 'In which order.',
      }),
    },
    complexity: pageComplexity,
    ...nullWithout('invitation:read'),
    resolve: (organization, args, context, info) => invitationsOf(context, organization.id, args, withTotal(info)),
  }),
)

builder.objectField(ViewerRef, 'invitations', t =>
  t.field({
    type: InvitationConnection,
    description: "Pending invitations to the viewer's verified email address, newest first.",
    args: t.arg.connectionArgs(),
    complexity: pageComplexity,
    resolve: (_viewer, args, context, info) => {
      const emailKey = context.actor.kind === 'ANONYMOUS' ? null : context.actor.emailKey
      return invitationsTo(context, emailKey, args, withTotal(info))
    },
  }),
)
