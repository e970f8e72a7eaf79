import type { ObjectRef } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import { defaultPageSize, type PageArgs } from '../db/cursor.ts'
import type { Page } from '../db/page.ts'
import { builder, type Types } from './builder.ts'
import { selects, selectsBeyond } from './selects.ts'

interface Edge<Row> {
  readonly cursor: string
  readonly node: Row
}

/** The connection and edge types of a node type: `edges`, `nodes`, `pageInfo`, and `totalCount`, counted only when asked for. */
export function connectionOf<Row extends object>(name: string, node: ObjectRef<Types, Row, Row>) {
  const edgeRef = builder.objectRef<Edge<Row>>(`${name}Edge`)
  edgeRef.implement({
    description: `One ${name} of a connection.`,
    fields: t => ({
      cursor: t.exposeString('cursor', {
        description: 'The position in the list: opaque, and stable when others come and go.',
      }),
      node: t.field({ type: node, description: 'The object.', resolve: edge => edge.node as never }),
    }),
  })
  const connectionRef = builder.objectRef<Page<Row>>(`${name}Connection`)
  connectionRef.implement({
    description: `A page of a list of ${name} objects.`,
    fields: t => ({
      edges: t.field({
        type: [edgeRef],
        description: 'The objects of the page, each with its cursor.',
        // The size of the page is counted once, by the field that the connection stands in.
        complexity: { field: 0, multiplier: 1 },
        resolve: page => page.rows.map(row => ({ cursor: page.cursorOf(row), node: row })),
      }),
      nodes: t.field({
        type: [node],
        description: 'The objects of the page.',
        complexity: { field: 0, multiplier: 1 },
        resolve: page => page.rows as never,
      }),
      pageInfo: t.field({
        type: builder.pageInfoRef(),
        description: 'Where the page stands in its list.',
        resolve: page => {
          const [first, last] = [page.rows.at(0), page.rows.at(-1)]
          return {
            hasNextPage: page.hasNextPage,
            hasPreviousPage: page.hasPreviousPage,
            startCursor: first === undefined ? null : page.cursorOf(first),
            endCursor: last === undefined ? null : page.cursorOf(last),
          }
        },
      }),
      totalCount: t.int({
        description: 'How many there are in all, on every page together.',
        resolve: page => {
          if (page.total === null) throw new Error('totalCount was not counted')
          return page.total
        },
      }),
    }),
  })
  return connectionRef
}

/** The cost of a connection field: one, and what is below it as often as the page is long. */
export const pageComplexity = (args: PageArgs) => ({
  field: 1,
  multiplier: Math.max(1, Math.min(args.first ?? args.last ?? defaultPageSize, 100)),
})

/** The cost of a list without pages that can be long: an estimate, what it holds is counted (limit-items.ts). */
export const longList = { field: 1, multiplier: 50 }

/** The cost of a list that is a handful nearly everywhere, whatever may be in it at most. */
export const handful = { field: 1, multiplier: 5 }

/** Whether the field being resolved is asked for its totalCount. */
export const withTotal = (info: GraphQLResolveInfo) => selects(info, ['totalCount'])

/** Whether the connection being resolved is asked for more than its totalCount: then its page has to be read. */
export const withRows = (info: GraphQLResolveInfo) =>
  ['nodes', 'edges', 'pageInfo'].some(field => selects(info, [field]))

/** Whether the connection being resolved is asked for what comes with cursors. */
export const withCursors = (info: GraphQLResolveInfo) => selects(info, ['pageInfo']) || selects(info, ['edges'])

/** Whether the nodes of the connection being resolved, or what they have at this path, are asked for any field but these. */
export const selectsOfNodesBeyond = (
  info: GraphQLResolveInfo,
  fields: ReadonlySet<string>,
  ...path: readonly string[]
) => selectsBeyond(info, ['nodes', ...path], fields) || selectsBeyond(info, ['edges', 'node', ...path], fields)

/** Whether the nodes of the connection being resolved are asked for this field, or this path of fields. */
export const selectsOfNodes = (info: GraphQLResolveInfo, ...path: readonly string[]) =>
  selects(info, ['nodes', ...path]) || selects(info, ['edges', 'node', ...path])

/** ASC or DESC, of every `…Order` input. */
export const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Which way a list is ordered.',
  values: {
    ASC: { description: 'Smallest, earliest or first in the alphabet first.' },
    DESC: { description: 'The other way round.' },
  } as const,
})
