import type { GraphQLResolveInfo } from 'graphql'
import * as policy from '../auth/policy.ts'
import { standingIn } from '../auth/standing.ts'
import { builder } from '../graphql/builder.ts'
import { OrderDirection, pageComplexity, selectsOfNodes, withTotal } from '../graphql/connection.ts'
import { idsOf, readIdList } from '../graphql/ids.ts'
import { present, required, rolesByIds } from '../graphql/present.ts'
import {
  MembershipConnection,
  MembershipRef,
  OrganizationRef,
  PermissionRef,
  PrincipalKindEnum,
  PrincipalRef,
  RoleRef,
  ViewerRef,
} from '../graphql/refs.ts'
import { nullWithout } from '../graphql/scopes.ts'
import type { Loaders } from '../load.ts'
import type { RoleRow } from '../roles/role.loaders.ts'
import { membershipOrigins } from './membership.entity.ts'
import { membershipsOf, membersOf, type Wants } from './membership.listing.ts'

const MembershipOrigin = builder.enumType('MembershipOrigin', {
  description: 'How a membership came about.',
  values: Object.fromEntries(
    membershipOrigins.map(origin => [origin, { description: originDescriptions(origin) }]),
  ) as Record<(typeof membershipOrigins)[number], { description: string }>,
})

function originDescriptions(origin: (typeof membershipOrigins)[number]): string {
  const texts = {
    CREATION: 'The member created the organization.',
    INVITATION: 'The member accepted an invitation.',
    LINK: 'The member used a shared link.',
    REQUEST: 'The member asked to join and was let in.',
    EMAIL_DOMAIN: 'The member signed in with an address of a proved domain.',
    SSO: 'The member signed in through a connector.',
    DIRECTORY: 'A directory sent the member.',
    OPERATOR: 'An operator added the member.',
    ADMIN: 'An admin of the organization added the member.',
  }
  return texts[origin]
}

builder.node(MembershipRef, {
  description: 'One principal in one organization, and what it may do there.',
  id: { resolve: membership => membership.id },
  loadMany: (ids, context) =>
    present(ids, context.load.membershipById, async row => (await policy.seeMembership(context, row)) === null),
  fields: t => ({
    organization: t.field({
      type: OrganizationRef,
      description: 'Where the membership is.',
      resolve: (membership, _args, { load }) => required(load.organizationById.load(membership.organizationId)),
    }),
    principal: t.field({
      type: PrincipalRef,
      description: 'Who the member is: a user or a machine application.',
      resolve: ({ principal, principalId }, _args, { load }) =>
        principal ?? required(load.principalById.load(principalId)),
    }),
    roles: t.field({
      type: [RoleRef],
      description:
        'The roles held here, oldest assignment first; not cut by a filter of the list. At most as many as there are roles of the kind.',
      resolve: (membership, _args, { load }) =>
        membership.roles === undefined ? rolesOf(load, membership.id) : [...membership.roles],
    }),
    permissions: t.field({
      type: [PermissionRef],
      description: 'The union of what the roles permit.',
      resolve: async (membership, _args, { load }) => {
        const ids = await load.permissionIdsByMembership.load(membership)
        const rows = await Promise.all(ids.map(id => load.permissionById.load(id)))
        return rows.filter(row => row !== null).sort((a, b) => a.key.localeCompare(b.key, 'en'))
      },
    }),
    isOwner: t.boolean({
      description: 'Whether the member holds the owner role.',
      resolve: async (membership, _args, { load }) =>
        (membership.roles ?? (await rolesOf(load, membership.id))).some(role => role.isOwner),
    }),
    origin: t.field({
      type: MembershipOrigin,
      description: 'How the membership came about.',
      resolve: membership => membership.origin,
    }),
    addedBy: t.field({
      type: PrincipalRef,
      nullable: true,
      description: 'Who brought the member in: the inviter is found on the invitation. Null once that account is gone.',
      resolve: (membership, _args, { load }) =>
        membership.addedBy === null ? null : load.principalById.load(membership.addedBy),
    }),
    joinedAt: t.field({ type: 'DateTime', description: 'Since when.', resolve: membership => membership.joinedAt }),
    viewerCanChangeRoles: t.boolean({
      description: "Whether the viewer may change this member's roles.",
      resolve: async (membership, _args, context) => (await policy.changeMemberRoles(context, membership)) === null,
    }),
    viewerCanRemove: t.boolean({
      description:
        'Whether the viewer may remove this member, or leave, where it is their own membership. The last owner still cannot go.',
      resolve: async (membership, _args, context) => (await policy.removeMember(context, membership)) === null,
    }),
  }),
})

async function rolesOf(load: Loaders, membershipId: string): Promise<RoleRow[]> {
  const held = await load.roleIdsByMembership.load(membershipId)
  return rolesByIds(
    load,
    held.map(row => row.roleId),
  )
}

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

const wantsOf = (info: GraphQLResolveInfo): Wants => ({
  total: withTotal(info),
  principal: selectsOfNodes(info, 'principal'),
  roles: selectsOfNodes(info, 'roles') || selectsOfNodes(info, 'isOwner'),
})

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
    resolve: (organization, args, context, info) => {
      const filter = {
        ...args.filter,
        roleIds: readIdList(args.filter?.roleIds, ['OrganizationRole'], ['filter', 'roleIds']),
      }
      return membersOf(context, organization.id, { ...args, filter }, wantsOf(info))
    },
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
    description: "The viewer's own memberships, the newest first unless ordered otherwise.",
    args: { ...t.arg.connectionArgs(), orderBy: t.arg(membershipsOrder) },
    complexity: pageComplexity,
    resolve: (viewer, args, context, info) => membershipsOf(context, viewer.id, args, wantsOf(info)),
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
