import { defineEntity, p } from '@mikro-orm/postgresql'

/** Who becomes a member of an organization by signing in; an organization without it takes nobody in so. */
export const JitProvisioning = defineEntity({
  name: 'JitProvisioning',
  tableName: 'jit_provisioning',
  properties: {
    organizationId: p.uuid().primary(),
    isEnabled: p.boolean().default(false),
    domainJoining: p.text().$type<JitJoining>().default('JOIN'),
    connectorJoining: p.text().$type<JitJoining>().default('JOIN'),
    ceiling: p.array().columnType('uuid[]').nullable(),
  },
})

/** A role that whoever comes so is given. */
export const JitProvisioningRole = defineEntity({
  name: 'JitProvisioningRole',
  tableName: 'jit_provisioning_role',
  properties: {
    organizationId: p.uuid().primary(),
    roleId: p.uuid().primary().generated('coalesce(template_role_id, custom_role_id) stored'),
    kind: p.text().$type<'USER'>().default('USER'),
    templateRoleId: p.uuid().nullable(),
    customRoleId: p.uuid().nullable(),
  },
})

export type JitJoining = 'JOIN' | 'REQUEST'
