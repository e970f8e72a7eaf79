import { defineEntity, p } from '@mikro-orm/postgresql'

/** Something one may do inside an organization: a gateway permission, or one the product defines for itself. */
export const Permission = defineEntity({
  name: 'Permission',
  tableName: 'permission',
  properties: {
    id: p.uuid().primary(),
    key: p.text(),
    description: p.text(),
    isBuiltIn: p.boolean().default(false),
    isOpenToCustomRoles: p.boolean().default(true),
    apiResourceId: p.uuid().nullable(),
  },
})

/** An API of the product, known by its audience URI, with permissions of its own. */
export const ApiResource = defineEntity({
  name: 'ApiResource',
  tableName: 'api_resource',
  properties: { id: p.uuid().primary(), audience: p.text(), name: p.text(), createdAt: p.datetime(3) },
})
