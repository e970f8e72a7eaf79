import { z } from 'zod'
import * as policy from '../auth/policy.ts'
import type { Context } from '../context.ts'
import { InvalidInputError } from '../errors.ts'
import { inDeployment } from '../graphql/guards.ts'
import { encodeNodeId, idOf } from '../graphql/ids.ts'
import { type Guard, mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { ApiResourceRef, PermissionRef } from '../graphql/refs.ts'
import { deploymentId } from '../ids.ts'
import { description, name } from '../text.ts'
import { TemplateLimitReachedError } from './errors.ts'
import {
  createApiResource,
  createPermission,
  deleteApiResource,
  deletePermission,
  updateApiResource,
  updatePermission,
} from './permission.service.ts'
import type { ApiResourceRow, PermissionRow } from './role.loaders.ts'

const ofPermission: Guard<{ permissionId: string }, { organizationId: string; permission: PermissionRow }> = {
  noun: 'permission',
  find: async (ask, { permissionId }) => {
    const permission = await ask.load.permissionById.load(permissionId)
    return permission === null ? null : { permission, organizationId: deploymentId }
  },
  rule: ask => policy.manages(ask, 'template:write'),
}
const ofResource: Guard<{ apiResourceId: string }, { organizationId: string; resource: ApiResourceRow }> = {
  noun: 'API resource',
  find: async (ask, { apiResourceId }) => {
    const resource = await ask.load.apiResourceById.load(apiResourceId)
    return resource === null ? null : { resource, organizationId: deploymentId }
  },
  rule: ask => policy.manages(ask, 'template:write'),
}
const isReserved = (text: string) => text.toLowerCase().startsWith('urn:tenantry:')
const key = z
  .string()
  .trim()
  .max(128, 'A key has at most 128 characters.')
  .regex(/^[a-z0-9-]+(:[a-z0-9-]+){1,2}$/, 'A key reads noun:verb or noun:noun:verb, of a to z, digits and -.')
  .refine(text => !isReserved(text), 'urn:tenantry: is reserved.')
const text = description.pipe(z.string('A permission says what it allows.'))
// An absolute URI without a fragment, as RFC 8707 wants a resource to be named; of the characters of RFC 3986.
const audience = z
  .string()
  .trim()
  .max(512, 'An audience has at most 512 characters.')
  .refine(
    uri => URL.canParse(uri) && !uri.includes('#') && /^[!-~]+$/.test(uri),
    'An audience is an absolute URI without a fragment.',
  )
  .refine(uri => !isReserved(uri), 'urn:tenantry: is reserved.')

const permission = (outcome: { permissionId: string }, _args: object, { load }: Context) =>
  required(load.permissionById.load(outcome.permissionId))
const resource = (outcome: { apiResourceId: string }, _args: object, { load }: Context) =>
  required(load.apiResourceById.load(outcome.apiResourceId))

mutation('createPermission', {
  description:
    'Defines a permission of the product, on its own or of an API resource. For operators with `template:write`.',
  input: t => ({
    key: t.string({
      required: true,
      description:
        '`noun:verb` or `noun:noun:verb`, of `a-z 0-9 -`, at most 128; unique on its own or in the API resource.',
    }),
    description: t.string({ required: true, description: 'What it allows, for people; 1 to 256 characters.' }),
    apiResourceId: t.field({
      ...idOf('ApiResource'),
      description: 'The API it belongs to; absent for the product at large.',
    }),
  }),
}).does({
  valid: z.object({ key, description: text }),
  guard: inDeployment('template:write'),
  errors: [InvalidInputError, TemplateLimitReachedError],
  run: createPermission,
  payload: t => ({
    permission: t.field({ type: PermissionRef, description: 'The new permission.', resolve: permission }),
  }),
})

mutation('updatePermission', {
  description:
    'Changes a permission; of a gateway permission only whether custom roles may hold it. For operators with `template:write`.',
  input: t => ({
    permissionId: t.field({ ...idOf('Permission'), required: true, description: 'Which permission.' }),
    description: t.string({ description: '1 to 256 characters.' }),
    isOpenToCustomRoles: t.boolean({ description: 'Whether custom roles may hold it; those that do, keep it.' }),
  }),
}).does({
  valid: z.object({ description: text.nullish() }),
  guard: ofPermission,
  errors: [InvalidInputError],
  run: (tx, input, place) => updatePermission(tx, input, place.permission),
  payload: t => ({
    permission: t.field({ type: PermissionRef, description: 'The permission as it is now.', resolve: permission }),
  }),
})

mutation('deletePermission', {
  description: 'Deletes a permission of the product; every role loses it. For operators with `template:write`.',
  input: t => ({ permissionId: t.field({ ...idOf('Permission'), required: true, description: 'Which permission.' }) }),
}).does({
  guard: ofPermission,
  errors: [InvalidInputError],
  run: (tx, _input, place) => deletePermission(tx, place.permission),
  payload: t => ({
    deletedPermissionId: t.id({
      description: 'The id of what was deleted.',
      resolve: outcome => encodeNodeId('Permission', outcome.deletedPermissionId),
    }),
  }),
})

mutation('createApiResource', {
  description: 'Registers an API of the product under its audience. For operators with `template:write`.',
  input: t => ({
    audience: t.string({
      required: true,
      description: 'An absolute URI, at most 512 characters, unique; `urn:tenantry:` is reserved.',
    }),
    name: t.string({ required: true, description: '1 to 128 characters.' }),
  }),
}).does({
  valid: z.object({ audience, name }),
  guard: inDeployment('template:write'),
  errors: [InvalidInputError, TemplateLimitReachedError],
  run: createApiResource,
  payload: t => ({
    apiResource: t.field({ type: ApiResourceRef, description: 'The new API resource.', resolve: resource }),
  }),
})

mutation('updateApiResource', {
  description: 'Renames an API resource; its audience stands in tokens and stays. For operators with `template:write`.',
  input: t => ({
    apiResourceId: t.field({ ...idOf('ApiResource'), required: true, description: 'Which API resource.' }),
    name: t.string({ required: true, description: '1 to 128 characters.' }),
  }),
}).does({
  valid: z.object({ name }),
  guard: ofResource,
  errors: [InvalidInputError],
  run: (tx, input, place) => updateApiResource(tx, input, place.resource),
  payload: t => ({
    apiResource: t.field({ type: ApiResourceRef, description: 'The API resource as it is now.', resolve: resource }),
  }),
})

mutation('deleteApiResource', {
  description:
    'Deletes an API resource with its permissions; every role loses them. For operators with `template:write`.',
  input: t => ({
    apiResourceId: t.field({ ...idOf('ApiResource'), required: true, description: 'Which API resource.' }),
  }),
}).does({
  guard: ofResource,
  errors: [InvalidInputError],
  run: (tx, _input, place) => deleteApiResource(tx, place.resource),
  payload: t => ({
    deletedApiResourceId: t.id({
      description: 'The id of what was deleted.',
      resolve: outcome => encodeNodeId('ApiResource', outcome.deletedApiResourceId),
    }),
  }),
})
