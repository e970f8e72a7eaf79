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
  },
})
