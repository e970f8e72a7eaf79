import { defineEntity, p } from '@mikro-orm/postgresql'

/** An organization that uses a connector: of its own, or shared by its owner. */
export const SsoConnectorUse = defineEntity({
  name: 'SsoConnectorUse',
  tableName: 'sso_connector_use',
  properties: {
    organizationId: p.uuid().primary(),
    connectorId: p.uuid().primary(),
    ownerId: p.uuid(),
    provisions: p.boolean().default(false),
    reapplies: p.boolean().default(false),
  },
})

/** A role that a group of the provider stands for in an organization. */
export const SsoGroupMapping = defineEntity({
  name: 'SsoGroupMapping',
  tableName: 'sso_group_mapping',
  properties: {
    organizationId: p.uuid().primary(),
    connectorId: p.uuid().primary(),
    groupName: p.text().primary(),
    roleId: p.uuid().primary().generated('coalesce(template_role_id, custom_role_id) stored'),
    kind: p.text().$type<'USER'>().default('USER'),
    templateRoleId: p.uuid().nullable(),
    customRoleId: p.uuid().nullable(),
  },
})
