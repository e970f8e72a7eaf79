import * as policy from '../auth/policy.ts'
import type { Context } from '../context.ts'
import { builder } from '../graphql/builder.ts'
import { longList } from '../graphql/connection.ts'
import { idOf, readId } from '../graphql/ids.ts'
import { present, required } from '../graphql/present.ts'
import {
  ApiResourceRef,
  OrganizationRef,
  PermissionRef,
  PrincipalKindEnum,
  RoleRef,
  TemplateRef,
} from '../graphql/refs.ts'
import type { RoleRow } from './role.loaders.ts'
import { templateLimits } from './template.ts'

/** As the mutations: whoever manages roles there, but for a custom role that holds what they lack (ROL-3). */
const manages = async (role: RoleRow, _args: object, context: Context) => {
  if ((await policy.manageRole(context, role)) !== null) return false
  if (role.organizationId === null) return true
  return (await policy.missingToGrant(context, role.organizationId, [role.id])).length === 0
}
const inOrganization = {
  ...idOf('Organization'),
  required: true as const,
  description: 'The organization: a role of the template is held in many.',
}

builder.node(RoleRef, {
  description: 'What members hold: a named set of permissions, of the template or of one organization.',
  id: { resolve: role => role.id },
  loadMany: (ids, context) =>
    present(ids, context.load.roleById, async role => (await policy.seeRole(context, role)) === null),
  fields: t => ({
    name: t.exposeString('name', {
      description: '1 to 128 characters, unique without regard to case in the template or in the organization.',
    }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What it is for, at most 256 characters; null when it was not said.',
    }),
    kind: t.field({
      type: PrincipalKindEnum,
      description: 'Who can hold it. It never changes.',
      resolve: role => role.kind,
    }),
    isOwner: t.exposeBoolean('isOwner', {
      description: 'Whether it is the owner role: it holds every gateway permission, always.',
    }),
    isDefault: t.exposeBoolean('isDefault', {
      description: 'Whether users get it who join without a role of their own.',
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was created.', resolve: role => role.createdAt }),
    permissions: t.field({
      type: [PermissionRef],
      description: 'What it permits, by key.',
      resolve: async (role, _args, { load }) => {
        const ids = await load.permissionIdsByRole.load(role.id)
        const rows = await Promise.all(ids.map(row => load.permissionById.load(row.permissionId)))
        return rows.filter(row => row !== null).sort((a, b) => a.key.localeCompare(b.key, 'en'))
      },
    }),
    organization: t.field({
      type: OrganizationRef,
      nullable: true,
      description:
        'The organization of a custom role; null for a role of the template, and for an invitee who is not a member yet.',
      resolve: (role, _args, { load }) =>
        role.organizationId === null ? null : load.organizationById.load(role.organizationId),
    }),
    memberCount: t.int({
      nullable: true,
      description: 'How many members of the organization hold it. Requires `member:read` there; null without it.',
      args: { organizationId: t.arg(inOrganization) },
      resolve: async (role, args, context) => {
        const organizationId = readId(args.organizationId, ['Organization'], ['organizationId'])
        if ((await policy.holds(context, organizationId, 'member:read')) !== null) return null
        return context.load.roleHolders.load({ organizationId, roleId: role.id })
      },
    }),
    viewerCanAssign: t.boolean({
      description:
        'Whether the viewer may give it there. False where it permits what the viewer may not do: nobody grants more than they have.',
      args: { organizationId: t.arg(inOrganization) },
      resolve: async (role, args, context) => {
        const organizationId = readId(args.organizationId, ['Organization'], ['organizationId'])
        const isOfThere = role.organizationId === null || role.organizationId === organizationId
        return isOfThere && (await policy.assignRole(context, organizationId, role)) === null
      },
    }),
    viewerCanUpdate: t.boolean({
      description: 'Whether the viewer may change it, within what they hold themselves.',
      resolve: manages,
    }),
    viewerCanDelete: t.boolean({
      description: 'Whether the viewer may delete it; owner and default role cannot be deleted.',
      resolve: async (role, args, context) => !role.isOwner && !role.isDefault && (await manages(role, args, context)),
    }),
  }),
})

TemplateRef.implement({
  description: 'The blueprint that every organization starts from: one per deployment.',
  fields: t => ({
    roles: t.field({
      type: [RoleRef],
      description: `Its roles, oldest first; at most ${templateLimits.roles}.`,
      complexity: longList,
      resolve: (_template, _args, { load }) => load.templateRoles(),
    }),
    permissions: t.field({
      type: [PermissionRef],
      description: `Every permission, of the gateway first, then by key; at most ${templateLimits.permissions}.`,
      complexity: longList,
      resolve: (_template, _args, { load }) => load.permissions(),
    }),
    apiResources: t.field({
      type: [ApiResourceRef],
      description: `The APIs of the product, by audience; at most ${templateLimits['API resources']}.`,
      resolve: (_template, _args, { load }) => load.apiResources(),
    }),
    ownerRole: t.field({
      type: RoleRef,
      description: 'Held by the creator of an organization; it has every gateway permission and cannot lose one.',
      resolve: (_template, _args, { load }) =>
        required(load.templateRoles().then(roles => roles.find(role => role.isOwner) ?? null)),
    }),
    defaultRole: t.field({
      type: RoleRef,
      nullable: true,
      description: 'For whoever joins without a role of their own; null when they join without any.',
      resolve: async (_template, _args, { load }) => (await load.templateRoles()).find(role => role.isDefault) ?? null,
    }),
    viewerCanUpdate: t.boolean({
      description: 'Whether the viewer may change the template.',
      resolve: (_template, _args, context) => policy.manages(context, 'template:write') === null,
    }),
  }),
})

const RoleFilter = builder.inputType('RoleFilter', {
  description: 'Which roles; what is absent does not filter.',
  fields: t => ({
    kind: t.field({ type: PrincipalKindEnum, description: 'For people or for machines.' }),
    isCustom: t.boolean({ description: "The organization's own, or those of the template." }),
  }),
})

builder.objectField(OrganizationRef, 'roles', t =>
  t.field({
    type: [RoleRef],
    description: `The roles of the template, at most ${templateLimits.roles}, then the organization's own, at most 100 unless configured.`,
    args: { filter: t.arg({ type: RoleFilter, description: 'Which of them.' }) },
    complexity: longList,
    resolve: async (organization, { filter }, { load }) => {
      const [template, custom] = await Promise.all([
        load.templateRoles(),
        load.customRolesByOrganization.load(organization.id),
      ])
      return [...(filter?.isCustom === true ? [] : template), ...(filter?.isCustom === false ? [] : custom)].filter(
        role => filter?.kind == null || role.kind === filter.kind,
      )
    },
  }),
)

builder.queryField('organizationTemplate', t =>
  t.field({
    type: TemplateRef,
    description: 'The organization template, for everyone signed in.',
    authScopes: { signedIn: true },
    resolve: () => ({}),
  }),
)
