import { builder } from '../graphql/builder.ts'
import { maskEmail } from '../users/email.ts'
import { type InvitationPreviewRow, statusAt } from './invitation.loaders.ts'
import { InvitationStatus } from './invitation.schema.ts'
import { previewByToken } from './link.ts'

/** A link keeps working as long as it is kept, and what it leads to is over: then it says no more than that. */
const whilePending = <Value>(row: InvitationPreviewRow, now: Date, value: Value): Value | null =>
  statusAt(row, now) === 'PENDING' ? value : null

const InvitationPreview = builder.objectRef<InvitationPreviewRow>('InvitationPreview').implement({
  description:
    'What the holder of an invitation link may see before signing in, and no more. Once it is no longer pending, that is where it led and what became of it.',
  fields: t => ({
    organizationName: t.exposeString('organizationName', { description: 'Where it leads.' }),
    organizationLogoUrl: t.string({
      nullable: true,
      description: 'The logo of the organization; null when it has none, and once the invitation is not pending.',
      resolve: (row, _args, { now }) => whilePending(row, now, row.logoUrl),
    }),
    inviterName: t.string({
      nullable: true,
      description: "Who invites; null once the inviter's account is gone, and once the invitation is not pending.",
      resolve: (row, _args, { now }) => whilePending(row, now, row.inviterName),
    }),
    roleNames: t.stringList({
      description: 'The roles on offer, by name; at most 100, and none once the invitation is not pending.',
      resolve: (row, _args, { now }) => [...(whilePending(row, now, row.roleNames) ?? [])],
    }),
    maskedEmail: t.string({
      nullable: true,
      description:
        'Whom it is for, in part: `a***@example.com`. Only a user with that address, verified, can answer. Null once the invitation is not pending.',
      resolve: (row, _args, { now }) => whilePending(row, now, maskEmail(row.email)),
    }),
    status: t.field({
      type: InvitationStatus,
      description: 'The state at the moment of reading.',
      resolve: (row, _args, { now }) => statusAt(row, now),
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'From this moment on it is EXPIRED, if nobody answered.',
      resolve: row => row.expiresAt,
    }),
  }),
})

builder.queryField('invitationPreview', t =>
  t.field({
    type: InvitationPreview,
    nullable: true,
    description:
      'What an invitation link shows, to anybody who has it; without signing in. Null for a token that is unknown, or was replaced by a newer one.',
    args: {
      token: t.arg.string({ required: true, description: 'The token of the link, of at most 43 characters.' }),
    },
    // Public: whoever has the token is meant to see this much.
    resolve: (_root, { token }, { load }) => previewByToken(load, token),
  }),
)
