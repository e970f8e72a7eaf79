import * as policy from '../auth/policy.ts'
import { builder } from '../graphql/builder.ts'
import { present, required, rolesByIds } from '../graphql/present.ts'
import {
  MembershipOrigin,
  MembershipRef,
  OrganizationRef,
  PermissionRef,
  PrincipalRef,
  RoleRef,
} from '../graphql/refs.ts'
import type { Loaders } from '../load.ts'
import type { RoleRow } from '../roles/role.loaders.ts'

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
