import * as policy from '../auth/policy.ts'
import type { Context } from '../context.ts'
import type { UserError } from '../errors.ts'
import { builder } from '../graphql/builder.ts'
import { connectionOf, pageComplexity } from '../graphql/connection.ts'
import { idOf, idsUpTo, readId, readIdList } from '../graphql/ids.ts'
import { required } from '../graphql/present.ts'
import { MembershipRef, PermissionRef } from '../graphql/refs.ts'
import { type AffectedRow, affectedBy } from './preview.listing.ts'
import type { RoleAt } from './preview.loaders.ts'
import { type AccessPreview, type PermissionEffect, previewRoleChange, previewRoleDeletion } from './preview.ts'
import type { PermissionRow, RoleRow } from './role.loaders.ts'
import { templateLimits } from './template.ts'

const permissionsOf = async (ids: readonly string[], { load }: Context): Promise<PermissionRow[]> => {
  const rows = await Promise.all(ids.map(id => load.permissionById.load(id)))
  return rows.filter(row => row !== null).sort((a, b) => a.key.localeCompare(b.key, 'en'))
}

export const PermissionEffectRef = builder.objectRef<PermissionEffect>('PermissionEffect').implement({
  description: 'How many members gain or lose a permission.',
  fields: t => ({
    permission: t.field({
      type: PermissionRef,
      description: 'Which permission.',
      resolve: ({ permissionId }, _args, { load }) => required(load.permissionById.load(permissionId)),
    }),
    isGained: t.boolean({
      description: 'Whether they gain it; otherwise they lose it.',
      resolve: row => row.isGained === true,
    }),
    memberCount: t.int({ description: 'How many members.', resolve: row => row.members }),
    organizationCount: t.int({ description: 'In how many organizations.', resolve: row => row.organizations }),
  }),
})

const AffectedMembershipRef = builder.objectRef<AffectedRow>('AffectedMembership')
AffectedMembershipRef.implement({
  description: 'A member whom a change of a role concerns.',
  fields: t => ({
    membership: t.field({ type: MembershipRef, description: 'Who, and where.', resolve: row => row }),
    gains: t.field({
      type: [PermissionRef],
      description: 'What the member may do afterwards and not now, by key.',
      resolve: (row, _args, context) => permissionsOf(row.gainedIds, context),
    }),
    loses: t.field({
      type: [PermissionRef],
      description: 'What the member may do now and not afterwards, by key.',
      resolve: (row, _args, context) => permissionsOf(row.lostIds, context),
    }),
  }),
})
export const AffectedMembershipConnection = connectionOf('AffectedMembership', AffectedMembershipRef)

export const PreviewRefusal = builder.objectRef<{ readonly error: UserError }>('PreviewRefusal').implement({
  description: 'Why a change would not be made.',
  fields: t => ({
    resultType: t.string({
      description: 'The type that the mutation would answer with, such as `RoleInUseError`.',
      resolve: ({ error }) => error.constructor.name,
    }),
    message: t.string({
      description: 'What is wrong and what to do, for people: the message of that type.',
      resolve: ({ error }) => error.message,
    }),
  }),
})

const PreviewRef = builder.objectRef<AccessPreview>('AccessPreview').implement({
  description:
    'What a change of a role does to those who hold it, before it is made. Who has a permission by another role as well neither gains nor loses it. Members of deleted organizations count: these can be restored.',
  fields: t => ({
    refusal: t.field({
      type: PreviewRefusal,
      nullable: true,
      description: 'What the mutation would answer instead of making the change; null when it would make it.',
      // In a box: what is an error itself counts as thrown.
      resolve: ({ refusal }) => (refusal === null ? null : { error: refusal }),
    }),
    fingerprint: t.exposeString('fingerprint', {
      description:
        'Stands for what the role, and its replacement, permit now. Sent as `expectedFingerprint`, it makes the mutation answer RoleChangedError where that has changed.',
    }),
    holderCount: t.int({
      description: 'How many members hold the role, whether it makes a difference to them or not.',
      resolve: ({ use }) => use.members,
    }),
    invitationCount: t.int({
      description: 'How many pending invitations offer the role.',
      resolve: ({ use }) => use.invitations,
    }),
    inviteLinkCount: t.int({
      description: 'How many active invite links give the role.',
      resolve: ({ use }) => use.links,
    }),
    jitProvisioningCount: t.int({
      description: 'In how many organizations whoever signs in first is given the role.',
      resolve: ({ use }) => use.jitDefaults,
    }),
    groupMappingCount: t.int({
      description: 'For how many groups of identity providers the role stands.',
      resolve: ({ use }) => use.groupMappings,
    }),
    memberCount: t.int({ description: 'How many members gain or lose something.', resolve: row => row.members }),
    organizationCount: t.int({
      description: 'In how many organizations there are such members.',
      resolve: row => row.organizations,
    }),
    permissions: t.field({
      type: [PermissionEffectRef],
      description: `What is gained and lost, permission by permission, the most members first; at most ${templateLimits.permissions}.`,
      resolve: ({ permissions }) => permissions.toSorted(byMembers),
    }),
    members: t.field({
      type: AffectedMembershipConnection,
      nullable: true,
      description:
        'Who gains or loses something. Null without `member:read` in the organization of the role; for a role of the template, without the management permission `organizations:read`.',
      args: t.arg.connectionArgs(),
      complexity: pageComplexity,
      resolve: async ({ effect, members }, args, context) => {
        if ((await refusedToSee(context, effect.role)) !== null) return null
        return { ...(await affectedBy(context, effect, args)), total: members }
      },
    }),
  }),
})

/** As the members of every organization, or of one. */
const refusedToSee = (context: Context, { organizationId }: RoleAt) =>
  organizationId === null
    ? policy.manages(context, 'organizations:read')
    : policy.holds(context, organizationId, 'member:read')

/** The most members first; those with as many, in the order of their ids. */
export const byMembers = (a: PermissionEffect, b: PermissionEffect) =>
  b.members - a.members || (a.permissionId < b.permissionId ? -1 : 1)

/** It may read every member of the deployment: a handful in one request is as much as anybody needs. */
export const previewComplexity = { field: 10_000 }
const roleId = { ...idOf('OrganizationRole'), required: true as const, description: 'Which role.' }
const nullable =
  "Null, without an error, when the role does not exist or is not the viewer's to see. Requires what the mutation requires."

/** The role, if it is the viewer's to change; null when there is none for them. */
async function roleToChange(context: Context, id: string): Promise<RoleRow | null> {
  const role = await context.load.roleById.load(readId(id, ['OrganizationRole'], ['roleId']))
  const refused = role === null ? null : await policy.manageRole(context, role)
  if (refused !== null && refused.code !== 'NOT_FOUND') throw refused
  return refused === null ? role : null
}

builder.queryFields(t => ({
  previewRoleChange: t.field({
    type: PreviewRef,
    nullable: true,
    description: `What \`updateRole\` with these permissions would do to those who hold the role. ${nullable}`,
    args: {
      roleId: t.arg(roleId),
      permissionIds: t.arg({
        ...idsUpTo(templateLimits.permissions, 'Permission'),
        required: true,
        description: `What it would permit, at most ${templateLimits.permissions}; empty for nothing.`,
      }),
    },
    authScopes: { signedIn: true },
    complexity: previewComplexity,
    resolve: async (_root, args, context) => {
      const most = templateLimits.permissions
      const permissionIds = readIdList(args.permissionIds, ['Permission'], ['permissionIds'], most) ?? []
      const role = await roleToChange(context, args.roleId)
      return role === null ? null : previewRoleChange(context, role, permissionIds)
    },
  }),
  previewRoleDeletion: t.field({
    type: PreviewRef,
    nullable: true,
    description: `What \`deleteRole\` with this replacement, or without any, would do to those who hold the role. ${nullable}`,
    args: {
      roleId: t.arg(roleId),
      replacementRoleId: t.arg({
        ...idOf('OrganizationRole'),
        description: 'For members, invitations, invite links and just-in-time provisioning that hold only this role.',
      }),
    },
    authScopes: { signedIn: true },
    complexity: previewComplexity,
    resolve: async (_root, { roleId, replacementRoleId }, context) => {
      const id = replacementRoleId ?? null
      const replacementId = id === null ? null : readId(id, ['OrganizationRole'], ['replacementRoleId'])
      const role = await roleToChange(context, roleId)
      return role === null ? null : previewRoleDeletion(context, role, replacementId)
    },
  }),
}))
