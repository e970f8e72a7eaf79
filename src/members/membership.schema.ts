import * as members from '../auth/membership-policy.ts'
import * as policy from '../auth/policy.ts'
import { builder } from '../graphql/builder.ts'
import { present, required, rolesByIds } from '../graphql/present.ts'
import {
  MembershipOrigin,
  MembershipRef,
  MembershipStatus,
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
      description: 'The union of what the roles permit; none while the member is suspended.',
      resolve: async (membership, _args, { load }) => {
        if (membership.suspendedAt !== null) return []
        const ids = await load.permissionIdsByMembership.load(membership)
        const rows = await Promise.all(ids.map(id => load.permissionById.load(id)))
        return rows.filter(row => row !== null).sort((a, b) => a.key.localeCompare(b.key, 'en'))
      },
    }),
    isOwner: t.boolean({
      description: 'Whether the member holds the owner role, suspended or not.',
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
      description:
        'Who brought the member in: whoever added, invited or admitted them, or the member who came by themselves. Null once that account is gone.',
      resolve: (membership, _args, { load }) =>
        membership.addedBy === null ? null : load.principalById.load(membership.addedBy),
    }),
    joinedAt: t.field({ type: 'DateTime', description: 'Since when.', resolve: membership => membership.joinedAt }),
    status: t.field({
      type: MembershipStatus,
      description: 'Whether the member has access.',
      resolve: membership => (membership.suspendedAt === null ? 'ACTIVE' : 'SUSPENDED'),
    }),
    suspendedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Since when the member is suspended; null for an active one.',
      resolve: membership => membership.suspendedAt,
    }),
    viewerCanChangeRoles: t.boolean({
      description: "Whether the viewer may change this member's roles.",
      resolve: async (membership, _args, context) => (await policy.changeMemberRoles(context, membership)) === null,
    }),
    customData: t.field({
      type: 'JSONObject',
      nullable: true,
      description:
        'What the product keeps of the member here, a JSON object of at most 16 KiB and 8 levels. For the member, and who holds `member:read`; null otherwise.',
      resolve: async (membership, _args, context) => {
        if ((await policy.seeMembership(context, membership)) !== null) return null
        return (await context.load.membershipDataById.load(membership.id))?.customData ?? {}
      },
    }),
    viewerCanUpdate: t.boolean({
      description: "Whether the viewer may change the member's custom data.",
      resolve: async (membership, _args, context) => (await members.updateMember(context, membership)) === null,
    }),
    viewerCanSuspend: t.boolean({
      description:
        'Whether the viewer may suspend this member, or restore one who is suspended. The last owner still cannot be.',
      resolve: async (membership, _args, context) => (await members.suspendMember(context, membership)) === null,
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
