import { z } from 'zod'
import * as policy from '../auth/policy.ts'
import type { Context } from '../context.ts'
import { InvalidInputError, PermissionEscalationError, RoleNotAssignableError } from '../errors.ts'
import { inDeployment, inOrganization } from '../graphql/guards.ts'
import { encodeNodeId, idOf, idsUpTo } from '../graphql/ids.ts'
import { type Guard, mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { PrincipalKindEnum, RoleRef, TemplateRef } from '../graphql/refs.ts'
import { deploymentId } from '../ids.ts'
import { description, roleName as name } from '../text.ts'
import { deleteRole } from './delete-role.ts'
import { RoleChangedError, RoleInUseError, RoleLimitReachedError, TemplateLimitReachedError } from './errors.ts'
import type { RoleRow } from './role.loaders.ts'
import { createCustomRole, createTemplateRole, updateRole } from './role.service.ts'
import { updateTemplate } from './template.service.ts'
import { templateLimits } from './template.ts'

interface Place {
  organizationId: string
  role: RoleRow
}
const ofRole: Guard<{ roleId: string }, Place> = {
  noun: 'role',
  find: async (ask, { roleId }) => {
    const role = await ask.load.roleById.load(roleId)
    return role === null ? null : { role, organizationId: role.organizationId ?? deploymentId }
  },
  rule: (ask, { role }) => policy.manageRole(ask, role),
}
const role = (outcome: { roleId: string }, _args: object, { load }: Context) =>
  required(load.roleById.load(outcome.roleId))
const valid = z.object({ name, description: description.nullish() })
const texts = {
  name: '1 to 128 characters, unique without regard to case.',
  description: 'At most 256 characters.',
  kind: 'Who can hold it; it never changes.',
  permissions: `What it permits, at most ${templateLimits.permissions}.`,
  fingerprint:
    'The `fingerprint` of a preview, of at most 64 characters: RoleChangedError, and no change, where the role permits something else by now.',
}

mutation('createTemplateRole', {
  description:
    'Creates a role of the template; every organization has it at once. For operators with `template:write`; to permit what the gateway guards, with `organizations:write` too.',
  input: t => ({
    name: t.string({ required: true, description: texts.name }),
    description: t.string({ description: texts.description }),
    kind: t.field({ type: PrincipalKindEnum, required: true, defaultValue: 'USER', description: texts.kind }),
    permissionIds: t.field({
      ...idsUpTo(templateLimits.permissions, 'Permission'),
      required: true,
      description: texts.permissions,
    }),
  }),
}).does({
  valid,
  guard: inDeployment('template:write'),
  errors: [InvalidInputError, PermissionEscalationError, TemplateLimitReachedError],
  run: createTemplateRole,
  payload: t => ({ role: t.field({ type: RoleRef, description: 'The new role.', resolve: role }) }),
})

mutation('createCustomRole', {
  description:
    'Creates a role of one organization, within the permissions of the viewer there and those open to custom roles. Requires `role:manage`.',
  input: t => ({
    organizationId: t.field({ ...idOf('Organization'), required: true, description: 'Where.' }),
    name: t.string({ required: true, description: `${texts.name} No name of a template role.` }),
    description: t.string({ description: texts.description }),
    kind: t.field({ type: PrincipalKindEnum, required: true, defaultValue: 'USER', description: texts.kind }),
    permissionIds: t.field({
      ...idsUpTo(templateLimits.permissions, 'Permission'),
      required: true,
      description: texts.permissions,
    }),
  }),
}).does({
  valid,
  guard: inOrganization('role:manage'),
  errors: [InvalidInputError, PermissionEscalationError, RoleLimitReachedError],
  run: createCustomRole,
  payload: t => ({ role: t.field({ type: RoleRef, description: 'The new role.', resolve: role }) }),
})

mutation('updateRole', {
  description:
    'Changes a role. Of the template: operators with `template:write`; to permit more of what the gateway guards, with `organizations:write` too. Custom: who holds `role:manage` there, within their own permissions.',
  input: t => ({
    roleId: t.field({ ...idOf('OrganizationRole'), required: true, description: 'Which role.' }),
    name: t.string({ description: texts.name }),
    description: t.string({ description: texts.description }),
    permissionIds: t.field({
      ...idsUpTo(templateLimits.permissions, 'Permission'),
      description: `What it permits from now on, at most ${templateLimits.permissions}; empty for nothing.`,
    }),
    expectedFingerprint: t.string({ description: texts.fingerprint }),
  }),
}).does({
  valid: z.object({ name: name.nullish(), description: description.nullish() }),
  guard: ofRole,
  errors: [InvalidInputError, PermissionEscalationError, RoleChangedError],
  run: (tx, input, place) => updateRole(tx, input, place.role),
  payload: t => ({ role: t.field({ type: RoleRef, description: 'The role as it is now.', resolve: role }) }),
})

mutation('deleteRole', {
  description: 'Deletes a role; one in use needs a replacement. Requires what `updateRole` does.',
  input: t => ({
    roleId: t.field({ ...idOf('OrganizationRole'), required: true, description: 'Which role.' }),
    replacementRoleId: t.field({
      ...idOf('OrganizationRole'),
      description:
        'Given to members, invitations, invite links and just-in-time provisioning that hold only this role.',
    }),
    expectedFingerprint: t.string({ description: texts.fingerprint }),
  }),
}).does({
  guard: ofRole,
  errors: [InvalidInputError, RoleInUseError, RoleNotAssignableError, PermissionEscalationError, RoleChangedError],
  run: (tx, input, place) => deleteRole(tx, input, place.role),
  payload: t => ({
    deletedRoleId: t.id({
      description: 'The id of what was deleted.',
      resolve: outcome => encodeNodeId('OrganizationRole', outcome.deletedRoleId),
    }),
  }),
})

mutation('updateOrganizationTemplate', {
  description:
    'Says which role one joins with when none was named. For operators with `template:write`; if it permits more of what the gateway guards, with `organizations:write` too.',
  input: t => ({
    defaultRoleId: t.field({
      ...idOf('OrganizationRole'),
      description: 'A USER role of the template, not the owner role; null for none.',
    }),
  }),
}).does({
  guard: inDeployment('template:write'),
  errors: [RoleNotAssignableError, PermissionEscalationError],
  run: updateTemplate,
  payload: t => ({
    organizationTemplate: t.field({
      type: TemplateRef,
      description: 'The template as it is now.',
      resolve: () => ({}),
    }),
  }),
})
