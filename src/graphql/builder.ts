import SchemaBuilder from '@pothos/core'
import ComplexityPlugin from '@pothos/plugin-complexity'
import ErrorsPlugin from '@pothos/plugin-errors'
import RelayPlugin from '@pothos/plugin-relay'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import type { Context } from '../context.ts'
import { RequestError } from '../errors.ts'
import type { Json } from '../organizations/organization.entity.ts'
import { decodeNodeId, encodeNodeId } from './ids.ts'
import { type Scopes, scopes, unauthorized } from './scopes.ts'

/** The one schema builder. It defines no types: those stand in the features' `*.schema.ts`. */
export const builder = new SchemaBuilder<{
  Context: Context
  AuthScopes: Scopes
  DefaultAuthStrategy: 'all'
  DefaultFieldNullability: false
  DefaultEdgesNullability: { list: false; items: false }
  DefaultNodeNullability: false
  Scalars: {
    ID: { Input: string; Output: string }
    DateTime: { Input: Date; Output: string }
    JSONObject: { Input: Record<string, Json>; Output: Record<string, Json> }
  }
}>({
  // Order matters: errors must be outside of the authorization, so that a refusal is never taken for a result.
  plugins: [ErrorsPlugin, ScopeAuthPlugin, RelayPlugin, ComplexityPlugin],
  defaultFieldNullability: false,
  scopeAuth: {
    authScopes: scopes,
    // The library's default is "any": a field with two scopes would be open to who fulfils one.
    defaultStrategy: 'all',
    cacheKey: JSON.stringify,
    unauthorizedError: unauthorized,
  },
  errors: {
    directResult: true,
    defaultTypes: [],
    defaultUnionOptions: {
      name: ({ fieldName }) => `${fieldName.charAt(0).toUpperCase()}${fieldName.slice(1)}Result`,
    },
  },
  relay: {
    encodeGlobalID: (type, id) => encodeNodeId(type, String(id)),
    decodeGlobalID: decodeNodeId,
    cursorType: 'String',
    nodeQueryOptions: {
      description:
        "Any object by its id. Null, without an error, when it does not exist or is not the viewer's to see.",
      authScopes: { signedIn: true },
      nullable: true,
      args: { id: { description: 'The id of the object.' } },
    },
    nodesQueryOptions: {
      description:
        'Several objects by their ids, at most 100, in the order of the ids; null in the place of each one that `node` would not show.',
      authScopes: { signedIn: true },
      nullable: { list: false, items: true },
      args: { ids: { description: 'The ids, at most 100.' } },
      complexity: ({ ids }) => ({ field: 1, multiplier: Math.max(1, Math.min(ids.length, 100)) }),
      resolve: (_root, { ids }, _context, _info, resolveNodes) => {
        if (ids.length > 100)
          throw new RequestError('BAD_USER_INPUT', 'nodes takes at most 100 ids.', { path: ['ids'] })
        return resolveNodes(ids)
      },
    },
    nodeTypeOptions: { description: 'An object that can be fetched again by its opaque, globally unique id.' },
    idFieldOptions: { description: 'The opaque, globally unique id.' },
    pageInfoTypeOptions: { description: 'Where a page stands in its list.' },
    hasNextPageFieldOptions: {
      description:
        'Whether there is more after this page. Paging backward, whether the page was reached from a later one.',
    },
    hasPreviousPageFieldOptions: {
      description:
        'Whether there is more before this page. Paging forward, whether the page was reached from an earlier one.',
    },
    startCursorFieldOptions: { description: 'The cursor of the first edge; null on an empty page.' },
    endCursorFieldOptions: { description: 'The cursor of the last edge; null on an empty page.' },
    firstArgOptions: { description: 'How many from the start: 0 to 100, 20 by default.' },
    lastArgOptions: { description: 'How many from the end: 0 to 100. Not together with `first`.' },
    afterArgOptions: { description: 'Only what comes after this cursor of the same list and order.' },
    beforeArgOptions: { description: 'Only what comes before this cursor of the same list and order.' },
    nodesOnConnection: { description: 'The objects of the page.' },
    edgesFieldOptions: {
      description: 'The objects of the page, each with its cursor.',
      nullable: { list: false, items: false },
    },
    nodeFieldOptions: { description: 'The object.', nullable: false },
    cursorFieldOptions: {
      description: 'The position of the object in its list: opaque, and stable when others come and go.',
    },
  },
  complexity: {
    limit: { complexity: 200_000, depth: 15, breadth: 1600 },
    defaultComplexity: 1,
    // Lists without pages are short, but lead back to one another: 5 would let six of them be nested, and one query be millions of rows.
    defaultListMultiplier: 20,
    complexityError: (kind, result) => {
      const [is, most] = {
        Complexity: [result.complexity, result.maxComplexity],
        Depth: [result.depth, result.maxDepth],
        Breadth: [result.breadth, result.maxBreadth],
      }[kind]
      return new RequestError(
        'QUERY_TOO_COMPLEX',
        `The ${kind.toLowerCase()} of this query is ${is}; the limit is ${most}. Ask for less at once.`,
      )
    },
  },
})

/** The schema types of the builder, for helpers that are generic over them. */
export type Types = typeof builder extends PothosSchemaTypes.SchemaBuilder<infer T> ? T : never

builder.queryType({ description: 'What can be read.' })
builder.mutationType({
  description: 'What can be changed. Each mutation is one transaction: it happens whole or not at all.',
})
