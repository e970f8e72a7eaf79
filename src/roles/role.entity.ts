import { defineEntity, p } from '@mikro-orm/postgresql'
import type { PrincipalKind } from '../users/principal.entity.ts'

/** A role of the organization template: every organization has it. */
export const TemplateRole = defineEntity({
  name: 'TemplateRole',
  tableName: 'template_role',
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    description: p.text().nullable(),
    kind: p.text().$type<PrincipalKind>(),
    isOwner: p.boolean().default(false),
    isDefault: p.boolean().default(false),
    createdAt: p.datetime(3),
  },
})

export const TemplateRolePermission = defineEntity({
  name: 'TemplateRolePermission',
  tableName: 'template_role_permission',
  properties: { roleId: p.uuid().primary(), permissionId: p.uuid().primary() },
})

/** A role of one organization. */
export const CustomRole = defineEntity({
  name: 'CustomRole',
  tableName: 'custom_role',
  properties: {
    organizationId: p.uuid().primary(),
    id: p.uuid().primary(),
    name: p.text(),
    description: p.text().nullable(),
    kind: p.text().$type<PrincipalKind>(),
    createdAt: p.datetime(3),
  },
})

export const CustomRolePermission = defineEntity({
  name: 'CustomRolePermission',
  tableName: 'custom_role_permission',
  properties: { organizationId: p.uuid().primary(), roleId: p.uuid().primary(), permissionId: p.uuid().primary() },
})

/** Counts the changes of the template's roles and of what they permit; triggers keep it. */
export const TemplateVersion = defineEntity({
  name: 'TemplateVersion',
  tableName: 'template_version',
  properties: {
    isOnly: p.boolean().primary().default(true),
    version: p.integer(),
  },
})
