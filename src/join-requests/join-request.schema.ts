import * as policy from '../auth/joining-policy.ts'
import { builder } from '../graphql/builder.ts'
import { pageComplexity, withTotal } from '../graphql/connection.ts'
import { present, required } from '../graphql/present.ts'
import {
  JoinRequestConnection,
  JoinRequestRef,
  OrganizationRef,
  PrincipalRef,
  UserRef,
  ViewerRef,
} from '../graphql/refs.ts'
import { nullWithout } from '../graphql/scopes.ts'
import { joinRequestsBy, joinRequestsOf } from './join-request.listing.ts'
import type { JoinRequestRow } from './join-request.loaders.ts'

export const JoinRequestStatus = builder.enumType('JoinRequestStatus', {
  description: 'Only PENDING can be left.',
  values: {
    PENDING: { description: 'Nobody has answered yet.' },
    APPROVED: { description: 'The requester became a member by it.' },
    REFUSED: { description: 'Somebody of the organization did not want to.' },
    WITHDRAWN: { description: 'The requester took it back.' },
    SUPERSEDED: { description: 'The requester became a member by another way.' },
  } as const,
})

/** For a field that is for the organization's own people: null for the requester, who sees name and state (REQ-8). */
const forReaders = {
  nullable: true as const,
  authScopes: ({ organizationId }: JoinRequestRow) => ({
    holds: { organizationId, permission: 'join-request:read' as const },
  }),
  unauthorizedResolver: () => null,
}

builder.node(JoinRequestRef, {
  description:
    'A user asks to become a member. The requester sees what became of it, and the name of the organization.',
  id: { resolve: request => request.id },
  loadMany: (ids, context) =>
    present(ids, context.load.joinRequestById, async row => (await policy.seeJoinRequest(context, row)) === null),
  fields: t => ({
    organization: t.field({
      type: OrganizationRef,
      nullable: true,
      description: 'Where to. Null for a requester who is not a member: they see `organizationName`.',
      resolve: (request, _args, { load }) => load.organizationById.load(request.organizationId),
    }),
    organizationName: t.string({
      description: 'The name of the organization, for its requester too.',
      resolve: async ({ organizationId, requesterId }, _args, { load, actor }) => {
        const isOwn = actor.kind !== 'ANONYMOUS' && actor.id === requesterId
        const label = isOwn ? load.requestedOrganizationById : load.organizationLabelById
        return (await required<{ name: string }>(label.load(organizationId))).name
      },
    }),
    requester: t.field({
      type: UserRef,
      description: 'Who asks.',
      resolve: (request, _args, { load }) => required(load.principalById.load(request.requesterId)),
    }),
    requesterEmail: t.string({
      ...forReaders,
      description:
        'The verified address of who asks. Requires `join-request:read`; null without it, and while no identity provider vouches for the address.',
      resolve: async (request, _args, { load }) => {
        const requester = await load.principalById.load(request.requesterId)
        return requester?.isEmailVerified === true ? requester.email : null
      },
    }),
    message: t.exposeString('message', { nullable: true, description: 'What the requester said; null for nothing.' }),
    status: t.field({ type: JoinRequestStatus, description: 'The state.', resolve: request => request.status }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was made.', resolve: request => request.createdAt }),
    closedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was answered or taken back; null while it is pending.',
      resolve: request => request.closedAt,
    }),
    decidedBy: t.field({
      ...forReaders,
      type: PrincipalRef,
      description:
        'Who approved or refused it. Requires `join-request:read`; null without it, when nobody did, and once that account is gone.',
      resolve: ({ decidedBy }, _args, { load }) => (decidedBy === null ? null : load.principalById.load(decidedBy)),
    }),
    refusalReason: t.string({
      ...forReaders,
      description: 'Why it was refused. Requires `join-request:read`; null without it, and when nothing was said.',
      resolve: request => request.refusalReason,
    }),
    viewerCanDecide: t.boolean({
      description: 'Whether it is pending and the viewer may approve or refuse it.',
      resolve: async (request, _args, context) =>
        request.status === 'PENDING' && (await policy.decideJoinRequest(context, request)) === null,
    }),
    viewerCanWithdraw: t.boolean({
      description: "Whether it is pending and the viewer's own.",
      resolve: async (request, _args, context) =>
        request.status === 'PENDING' && (await policy.withdrawJoinRequest(context, request)) === null,
    }),
  }),
})

const JoinRequestFilter = builder.inputType('JoinRequestFilter', {
  description: 'Which requests; what is absent does not filter.',
  fields: t => ({ statuses: t.field({ type: [JoinRequestStatus], description: 'In one of these states.' }) }),
})

builder.objectField(OrganizationRef, 'joinRequests', t =>
  t.field({
    type: JoinRequestConnection,
    description: 'The requests to join, in every state, newest first. Requires `join-request:read`; null without it.',
    args: {
      ...t.arg.connectionArgs(),
      filter: t.arg({ type: JoinRequestFilter, description: 'Which of them.' }),
    },
    complexity: pageComplexity,
    ...nullWithout('join-request:read'),
    resolve: (organization, args, context, info) => joinRequestsOf(context, organization.id, args, withTotal(info)),
  }),
)

builder.objectField(ViewerRef, 'joinRequests', t =>
  t.field({
    type: JoinRequestConnection,
    description: 'What the viewer asked for, in every state, newest first; without organizations that are deleted.',
    args: t.arg.connectionArgs(),
    complexity: pageComplexity,
    resolve: (viewer, args, context, info) => joinRequestsBy(context, viewer.id, args, withTotal(info)),
  }),
)
