import * as policy from '../auth/policy.ts'
import { builder } from '../graphql/builder.ts'
import { longList, pageComplexity } from '../graphql/connection.ts'
import { idOf, readId } from '../graphql/ids.ts'
import { RoleRef } from '../graphql/refs.ts'
import { type PermissionLoss, previewApiResourceDeletion, previewPermissionDeletion } from './permission-preview.ts'
import { losing } from './preview.listing.ts'
import {
  AffectedMembershipConnection,
  byMembers,
  PermissionEffectRef,
  PreviewRefusal,
  previewComplexity,
} from './preview.schema.ts'
import { templateLimits } from './template.ts'

const PermissionLossPreview = builder.objectRef<PermissionLoss>('PermissionLossPreview').implement({
  description:
    'What the deletion of a permission, or of an API resource with its permissions, takes from whom, before it is made. Members of deleted organizations count: these can be restored.',
  fields: t => ({
    refusal: t.field({
      type: PreviewRefusal,
      nullable: true,
      description: 'What the mutation would answer instead of deleting; null when it would delete.',
      // In a box: what is an error itself counts as thrown.
      resolve: ({ refusal }) => (refusal === null ? null : { error: refusal }),
    }),
    templateRoles: t.field({
      type: [RoleRef],
      description: `The roles of the template that lose a permission, oldest first; at most ${templateLimits.roles}.`,
      complexity: longList,
      resolve: ({ templateRoles }) => templateRoles,
    }),
    customRoleCount: t.int({
      description: 'How many roles of single organizations lose a permission.',
      resolve: ({ customRoles }) => customRoles,
    }),
    memberCount: t.int({ description: 'How many members lose a permission.', resolve: row => row.members }),
    organizationCount: t.int({
      description: 'In how many organizations there are such members.',
      resolve: row => row.organizations,
    }),
    permissions: t.field({
      type: [PermissionEffectRef],
      description: `What members lose, permission by permission, the most members first; at most ${templateLimits.permissions}.`,
      resolve: ({ permissions }) => permissions.toSorted(byMembers),
    }),
    members: t.field({
      type: AffectedMembershipConnection,
      nullable: true,
      description: 'Who loses a permission. Null without the management permission `organizations:read`.',
      args: t.arg.connectionArgs(),
      complexity: pageComplexity,
      resolve: async ({ permissionIds, members }, args, context) => {
        if (policy.manages(context, 'organizations:read') !== null) return null
        return { ...(await losing(context, permissionIds, args)), total: members }
      },
    }),
  }),
})

const nullable = 'Null, without an error, when there is none. For operators with `template:write`.'

builder.queryFields(t => ({
  previewPermissionDeletion: t.field({
    type: PermissionLossPreview,
    nullable: true,
    description: `What \`deletePermission\` would take from whom. ${nullable}`,
    args: {
      permissionId: t.arg({ ...idOf('Permission'), required: true, description: 'Which permission.' }),
    },
    authScopes: { manages: 'template:write' },
    complexity: previewComplexity,
    resolve: async (_root, args, context) => {
      const id = readId(args.permissionId, ['Permission'], ['permissionId'])
      const permission = await context.load.permissionById.load(id)
      return permission === null ? null : previewPermissionDeletion(context, permission)
    },
  }),
  previewApiResourceDeletion: t.field({
    type: PermissionLossPreview,
    nullable: true,
    description: `What \`deleteApiResource\` would take from whom. ${nullable}`,
    args: {
      apiResourceId: t.arg({ ...idOf('ApiResource'), required: true, description: 'Which API resource.' }),
    },
    authScopes: { manages: 'template:write' },
    complexity: previewComplexity,
    resolve: async (_root, args, context) => {
      const id = readId(args.apiResourceId, ['ApiResource'], ['apiResourceId'])
      const resource = await context.load.apiResourceById.load(id)
      return resource === null ? null : previewApiResourceDeletion(context, resource)
    },
  }),
}))
