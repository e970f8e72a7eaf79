import { type GraphQLSchema, getNullableType, isListType, isObjectType } from 'graphql'
import type { Context } from '../context.ts'
import { RequestError } from '../errors.ts'

/** How many items all lists of one answer can have together. */
const maxItems = 50_000

/**
 * Ends an answer that grows too large while it is made. The complexity of a query is an estimate: it takes lists without
 * pages for as long as they mostly are, and a role may permit twenty-five times as much.
 */
export function limitItems(schema: GraphQLSchema): GraphQLSchema {
  const fields = Object.values(schema.getTypeMap())
    .filter(type => isObjectType(type) && !type.name.startsWith('__'))
    .flatMap(type => (isObjectType(type) ? Object.values(type.getFields()) : []))
  for (const field of fields) {
    const { resolve } = field
    if (resolve === undefined || !isListType(getNullableType(field.type))) continue
    field.resolve = (parent, args, context: Context, info) => {
      const list: unknown = resolve(parent, args, context, info)
      return list instanceof Promise ? list.then(items => counted(context, items)) : counted(context, list)
    }
  }
  return schema
}

function counted(context: Context, list: unknown): unknown {
  if (!Array.isArray(list)) return list
  context.handedOut.items += list.length
  if (context.handedOut.items <= maxItems) return list
  throw new RequestError(
    'QUERY_TOO_COMPLEX',
    `The lists of this answer have more than ${maxItems} items together. Ask for less at once.`,
  )
}
