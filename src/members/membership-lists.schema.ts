import type { FieldNode, GraphQLResolveInfo } from 'graphql'
import { standingIn } from '../auth/standing.ts'
import type { Context } from '../context.ts'
import { builder } from '../graphql/builder.ts'
import {
  OrderDirection,
  pageComplexity,
  selectsOfNodes,
  selectsOfNodesBeyond,
  withCursors,
  withRows,
  withTotal,
} from '../graphql/connection.ts'
import { idsOf, readIdList } from '../graphql/ids.ts'
import { ahead } from '../graphql/read-ahead.ts'
import {
  MembershipConnection,
  MembershipOrigin,
  MembershipRef,
  MembershipStatus,
  OrganizationRef,
  PermissionRef,
  PrincipalKindEnum,
  PrincipalRef,
  ViewerRef,
} from '../graphql/refs.ts'
import { nullWithout } from '../graphql/scopes.ts'
import {
  membershipsOf,
  membersOf,
  plainFields,
  plainOfPrincipal,
  profileOfPrincipal,
  type Wants,
} from './membership.listing.ts'
import type { SuspensionRow } from './membership.loaders.ts'

const MembershipFilter = builder.inputType('MembershipFilter', {
  description: 'Which memberships; what is absent does not filter.',
  fields: t => ({
    search: t.string({
      description: 'Text in the display name or the email address, without regard to case; at most 128 characters.',
    }),
    roleIds: t.field({
      ...idsOf('OrganizationRole'),
      description: 'Members who hold at least one of these roles; at most 100.',
    }),
    kind: t.field({ type: PrincipalKindEnum, description: 'People or machines.' }),
    origin: t.field({ type: MembershipOrigin, description: 'How they came.' }),
    status: t.field({ type: MembershipStatus, description: 'Active or suspended ones; absent: both.' }),
  }),
})

const MembershipOrder = builder.inputType('MembershipOrder', {
  description: 'How memberships are ordered.',
  fields: t => ({
    field: t.field({
      type: builder.enumType('MembershipOrderField', {
        description: 'By what memberships are ordered.',
        values: {
          DISPLAY_NAME: { description: "By the member's display name, without regard to case." },
          JOINED_AT: { description: 'By when they joined.' },
        } as const,
      }),
      required: true,
      description: 'By what.',
    }),
    direction: t.field({ type: OrderDirection, required: true, description: 'Which way.' }),
  }),
})

const asked = new WeakMap<FieldNode, Wants>()

/** A document that comes again is the same nodes: what they ask for is found out once. */
function wantsOf(info: GraphQLResolveInfo): Wants {
  const [node, ...others] = info.fieldNodes
  if (node === undefined || others.length > 0) return findWants(info)
  const wants = asked.get(node) ?? findWants(info)
  asked.set(node, wants)
  return wants
}

const findWants = (info: GraphQLResolveInfo): Wants => ({
  total: withTotal(info),
  rows: withRows(info),
  cursors: withCursors(info),
  details: selectsOfNodesBeyond(info, plainFields),
  principal: selectsOfNodes(info, 'principal'),
  principalProfile: selectsOfNodesBeyond(info, plainOfPrincipal, 'principal'),
  principalDetails: selectsOfNodesBeyond(info, profileOfPrincipal, 'principal'),
  roles: selectsOfNodes(info, 'roles') || selectsOfNodes(info, 'isOwner'),
})

type MembersArgs = Omit<Parameters<typeof membersOf>[2], 'filter'> & {
  filter?: (typeof MembershipFilter)['$inferInput'] | null | undefined
}

function resolveMembers(
  { id }: { id: string },
  args: MembersArgs,
  context: Context,
  info: GraphQLResolveInfo,
): ReturnType<typeof membersOf> {
  const roleIds = readIdList(args.filter?.roleIds, ['OrganizationRole'], ['filter', 'roleIds'])
  return membersOf(context, id, { ...args, filter: { ...args.filter, roleIds } }, wantsOf(info))
}

builder.objectField(OrganizationRef, 'members', t =>
  t.field({
    type: MembershipConnection,
    description: 'The members. Requires `member:read`; null without it.',
    args: {
      ...t.arg.connectionArgs(),
      filter: t.arg({ type: MembershipFilter, description: 'Which of them.' }),
      orderBy: t.arg({
        type: MembershipOrder,
        required: true,
        defaultValue: { field: 'JOINED_AT', direction: 'ASC' },
        description: 'In which order.',
      }),
    },
    complexity: pageComplexity,
    ...nullWithout('member:read'),
    ...ahead(resolveMembers),
  }),
)

builder.objectField(OrganizationRef, 'viewerMembership', t =>
  t.field({
    type: MembershipRef,
    nullable: true,
    description: "The viewer's own membership. Null for an operator who is not a member.",
    resolve: ({ viewerMembershipId }, _args, { load }) =>
      viewerMembershipId === null ? null : load.membershipById.load(viewerMembershipId),
  }),
)

const membershipsOrder = {
  type: MembershipOrder,
  required: true,
  defaultValue: { field: 'JOINED_AT', direction: 'DESC' },
  description: 'In which order.',
} as const

builder.interfaceField(PrincipalRef, 'memberships', t =>
  t.field({
    type: MembershipConnection,
    description:
      'Memberships as far as the viewer may see: all of their own, of another those in organizations where they hold `member:read`.',
    args: { ...t.arg.connectionArgs(), orderBy: t.arg(membershipsOrder) },
    complexity: pageComplexity,
    resolve: (principal, args, context, info) => membershipsOf(context, principal.id, args, wantsOf(info)),
  }),
)

builder.objectField(ViewerRef, 'memberships', t =>
  t.field({
    type: MembershipConnection,
    description:
      "The viewer's own memberships, the newest first unless ordered otherwise. Of those that are suspended only `suspensions` tells.",
    args: { ...t.arg.connectionArgs(), orderBy: t.arg(membershipsOrder) },
    complexity: pageComplexity,
    resolve: (viewer, args, context, info) => membershipsOf(context, viewer.id, args, wantsOf(info)),
  }),
)

const SuspensionRef = builder.objectRef<SuspensionRow>('Suspension').implement({
  description: 'All that a suspended member is told.',
  fields: t => ({
    organizationName: t.exposeString('organizationName', { description: 'The name of the organization.' }),
    organizationLogoUrl: t.exposeString('organizationLogoUrl', {
      nullable: true,
      description: 'The logo of the organization; null when it has none.',
    }),
    suspendedAt: t.field({ type: 'DateTime', description: 'Since when.', resolve: row => row.suspendedAt }),
  }),
})

builder.objectField(ViewerRef, 'suspensions', t =>
  t.field({
    type: [SuspensionRef],
    description: "Where the viewer's own membership is suspended, the latest first; at most 100.",
    resolve: (_viewer, _args, { load }) => load.suspensions(),
  }),
)

builder.objectField(OrganizationRef, 'viewerPermissions', t =>
  t.field({
    type: [PermissionRef],
    description: 'All that the viewer may do here: the raw fact behind the viewerCan fields.',
    resolve: async (organization, _args, context) => {
      const standing = await standingIn(context, organization.id)
      const rows = await Promise.all((standing?.permissionIds ?? []).map(id => context.load.permissionById.load(id)))
      return rows.filter(row => row !== null).sort((a, b) => a.key.localeCompare(b.key, 'en'))
    },
  }),
)
