import * as policy from '../auth/joining-policy.ts'
import { holdsToChange } from '../auth/policy.ts'
import { builder } from '../graphql/builder.ts'
import { pageComplexity, withTotal } from '../graphql/connection.ts'
import { present, required, rolesByIds } from '../graphql/present.ts'
import { InviteLinkConnection, InviteLinkRef, OrganizationRef, PrincipalRef, RoleRef } from '../graphql/refs.ts'
import { nullWithout } from '../graphql/scopes.ts'
import { UserErrorRef } from '../graphql/user-errors.schema.ts'
import { hashToken } from '../secret-token.ts'
import { EmailDomainNotAllowedError, InviteLinkClosedError } from './errors.ts'
import { inviteLinksOf } from './invite-link.listing.ts'
import { type InviteLinkPreviewRow, statusAt } from './invite-link.loaders.ts'

const InviteLinkStatus = builder.enumType('InviteLinkStatus', {
  description:
    'Only ACTIVE can be left. It follows from uses and `expiresAt` at the moment of reading; no job has to run.',
  values: {
    ACTIVE: { description: 'It lets people in.' },
    USED_UP: { description: 'As many joined by it as may.' },
    EXPIRED: { description: 'Its time is over.' },
    REVOKED: { description: 'It was closed, by somebody or because its maker could no longer make it.' },
  } as const,
})

builder.node(InviteLinkRef, {
  description:
    'A shareable link: whoever has its token may join with its roles. The token is shown when it is made, and never again.',
  id: { resolve: link => link.id },
  loadMany: (ids, context) =>
    present(ids, context.load.inviteLinkById, async row => (await policy.seeInviteLink(context, row)) === null),
  fields: t => ({
    organization: t.field({
      type: OrganizationRef,
      description: 'Where it leads.',
      resolve: (link, _args, { load }) => required(load.organizationById.load(link.organizationId)),
    }),
    label: t.exposeString('label', {
      description: 'What it is for, to tell links apart; who joins by it does not see it.',
    }),
    roles: t.field({
      type: [RoleRef],
      description: 'What members will hold who join by it. Roles that were deleted meanwhile are not among them.',
      resolve: async (link, _args, { load }) =>
        rolesByIds(
          load,
          (await load.roleIdsByInviteLink.load(link.id)).map(row => row.roleId),
        ),
    }),
    maxUses: t.exposeInt('maxUses', {
      nullable: true,
      description: 'How many may join by it; null when only seats and expiry limit it.',
    }),
    uses: t.exposeInt('uses', { description: 'How many have joined by it. Who they are, the audit log tells.' }),
    allowedEmailDomains: t.stringList({
      description: 'The domains of which an address has to be, `*.` for every domain below; empty when any will do.',
      resolve: link => [...link.allowedEmailDomains],
    }),
    status: t.field({
      type: InviteLinkStatus,
      description: 'The state at the moment of reading.',
      resolve: (link, _args, { now }) => statusAt(link, now),
    }),
    createdBy: t.field({
      type: PrincipalRef,
      nullable: true,
      description: 'Who made it; null once that account is gone.',
      resolve: ({ createdBy }, _args, { load }) => (createdBy === null ? null : load.principalById.load(createdBy)),
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was made.', resolve: link => link.createdAt }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'From this moment on nobody joins by it.',
      resolve: link => link.expiresAt,
    }),
    viewerCanRevoke: t.boolean({
      description: 'Whether it is active and the viewer may close it.',
      resolve: async (link, _args, context) =>
        statusAt(link, context.now) === 'ACTIVE' && (await policy.revokeInviteLink(context, link)) === null,
    }),
  }),
})

const InviteLinkFilter = builder.inputType('InviteLinkFilter', {
  description: 'Which links; what is absent does not filter.',
  fields: t => ({
    statuses: t.field({ type: [InviteLinkStatus], description: 'In one of these states at the moment of reading.' }),
  }),
})

builder.objectFields(OrganizationRef, t => ({
  inviteLinks: t.field({
    type: InviteLinkConnection,
    description: 'The shareable links, in every state, newest first. Requires `invite-link:read`; null without it.',
    args: {
      ...t.arg.connectionArgs(),
      filter: t.arg({ type: InviteLinkFilter, description: 'Which of them.' }),
    },
    complexity: pageComplexity,
    ...nullWithout('invite-link:read'),
    resolve: (organization, args, context, info) => inviteLinksOf(context, organization.id, args, withTotal(info)),
  }),
  viewerCanCreateInviteLinks: t.boolean({
    description: 'Whether the viewer may make shareable links.',
    resolve: async (organization, _args, context) =>
      (await holdsToChange(context, organization.id, 'invite-link:create')) === null,
  }),
}))

const Preview = builder.objectRef<InviteLinkPreviewRow>('InviteLinkPreview').implement({
  description: 'What anybody who has the token of a link may see of it before they join.',
  fields: t => ({
    organizationName: t.exposeString('organizationName', { description: 'The name of the organization.' }),
    organizationLogoUrl: t.exposeString('organizationLogoUrl', {
      nullable: true,
      description: 'The https address of its logo; null when it has none.',
    }),
    roleNames: t.stringList({
      description: 'The names of the roles that one joins with; as many as the link has.',
      resolve: link => [...link.roleNames],
    }),
    status: t.field({
      type: InviteLinkStatus,
      description: 'The state at the moment of reading.',
      resolve: (link, _args, { now }) => statusAt(link, now),
    }),
    expiresAt: t.field({ type: 'DateTime', description: 'Until when one can join.', resolve: link => link.expiresAt }),
  }),
})

builder.queryField('inviteLinkPreview', t =>
  t.field({
    type: Preview,
    nullable: true,
    description:
      'What a shareable link leads to, for anybody who has its token, signed in or not. Null for an unknown token.',
    args: { token: t.arg.string({ required: true, description: 'The token of the link, at most 43 characters.' }) },
    // Public: the token is the permission.
    resolve: (_root, { token }, { load }) => load.inviteLinkByHash.load(hashToken(token)),
  }),
)

builder.objectType(InviteLinkClosedError, {
  name: 'InviteLinkClosedError',
  description: 'The link lets nobody in any more.',
  interfaces: [UserErrorRef],
  fields: t => ({
    status: t.field({ type: InviteLinkStatus, description: 'What it is instead.', resolve: error => error.status }),
  }),
})
builder.objectType(EmailDomainNotAllowedError, {
  name: 'EmailDomainNotAllowedError',
  description:
    "The link is for addresses of certain domains, and the viewer's is of none of them. It is not said which.",
  interfaces: [UserErrorRef],
})
