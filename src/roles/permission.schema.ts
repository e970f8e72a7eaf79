import { builder } from '../graphql/builder.ts'
import { longList } from '../graphql/connection.ts'
import { present } from '../graphql/present.ts'
import { ApiResourceRef, PermissionRef } from '../graphql/refs.ts'

builder.node(PermissionRef, {
  description: 'Something one may do inside an organization; the key reads `invitation:create`.',
  id: { resolve: permission => permission.id },
  loadMany: (ids, context) => present(ids, context.load.permissionById, () => true),
  fields: t => ({
    key: t.exposeString('key', {
      description: '`noun:verb` or `noun:noun:verb`, unique on its own or within its API resource.',
    }),
    description: t.exposeString('description', { description: 'What it allows, for people; at most 256 characters.' }),
    isBuiltIn: t.exposeBoolean('isBuiltIn', {
      description: 'A gateway permission: it guards this API, and cannot be renamed or deleted.',
    }),
    isOpenToCustomRoles: t.exposeBoolean('isOpenToCustomRoles', { description: 'Whether custom roles may hold it.' }),
    apiResource: t.field({
      type: ApiResourceRef,
      nullable: true,
      description: 'The API it belongs to; null for a permission of the gateway or of the product at large.',
      resolve: (permission, _args, { load }) =>
        permission.apiResourceId === null ? null : load.apiResourceById.load(permission.apiResourceId),
    }),
  }),
})

builder.node(ApiResourceRef, {
  description: 'An API of the product, known by its audience, with permissions of its own.',
  id: { resolve: resource => resource.id },
  loadMany: (ids, context) => present(ids, context.load.apiResourceById, () => true),
  fields: t => ({
    audience: t.exposeString('audience', {
      description: 'The absolute URI that stands in the `aud` of its tokens; it never changes.',
    }),
    name: t.exposeString('name', { description: 'The name to show.' }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was registered.', resolve: row => row.createdAt }),
    permissions: t.field({
      type: [PermissionRef],
      description: 'Its permissions, by key.',
      complexity: longList,
      resolve: async (resource, _args, { load }) =>
        (await load.permissions()).filter(permission => permission.apiResourceId === resource.id),
    }),
  }),
})
