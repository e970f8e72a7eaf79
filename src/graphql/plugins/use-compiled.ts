import {
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  OperationTypeNode,
} from 'graphql'
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit'
import type { Plugin } from 'graphql-yoga'
import type { Context } from '../../context.ts'

/** How many documents are kept compiled; the one that was not asked for the longest gives way. */
const most = 200

/** How often an operation went through so far; what it was compiled to; null when it cannot be. */
type Known = number | CompiledQuery | null

/**
 * Runs queries that come again and again as code made for them: a page of members takes a third less time. Only what went
 * through `after` times is compiled, so that a document that is refused for its complexity costs nothing here, nor one
 * that comes once. Where the compiled query finds an error, the reference executor runs it again and has the word: a
 * query can be repeated, and its errors stay what they are. Mutations are never compiled. 0 turns it off.
 */
export function useCompiled(after: number): Plugin<Context> {
  const documents = new Map<DocumentNode, Map<string, Known>>()
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const operations = recall(documents, args.document)
      const found = operations.get(args.operationName ?? '') ?? 0
      if (after === 0 || found === null) return
      if (typeof found === 'number')
        return { onExecuteDone: ({ result }) => note(operations, args, { times: found + 1, after }, result) }
      // What compiles does not know @oneOf: variables are checked as always.
      const definitions = operationOf(args)?.variableDefinitions ?? []
      if (getVariableValues(args.schema, definitions, args.variableValues ?? {}).errors !== undefined) return
      setExecuteFn(async ({ rootValue, contextValue, variableValues }) => {
        const context = args.contextValue
        context.isCompiled = true
        const result = await found.query(rootValue, contextValue, variableValues)
        context.isCompiled = false
        if (result.errors === undefined) return result
        // What failed may be the read transaction itself: nothing can be read in it any more.
        await context.renew()
        context.handedOut.items = 0
        return executeFn(args)
      })
    },
  }
}

/**
 * Compiled queries tell resolvers the coerced variables alone; what counts the cost of a query expects where they came
 * from beside them, as graphql-js does.
 */
export function withVariableSources(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const { resolve } = field
    if (resolve === undefined) continue
    field.resolve = (source, args, context: Context, info) => {
      if (context.isCompiled !== true) return resolve(source, args, context, info)
      return resolve(source, args, context, {
        ...info,
        variableValues: { sources: {}, coerced: { ...info.variableValues } },
      })
    }
  }
  return schema
}

function recall(documents: Map<DocumentNode, Map<string, Known>>, document: DocumentNode): Map<string, Known> {
  const operations = documents.get(document) ?? new Map<string, Known>()
  documents.delete(document)
  documents.set(document, operations)
  const [oldest] = documents.keys()
  if (documents.size > most && oldest !== undefined) documents.delete(oldest)
  return operations
}

function note(
  operations: Map<string, Known>,
  args: ExecutionArgs,
  { times, after }: { times: number; after: number },
  result: unknown,
): void {
  const isGood = typeof result === 'object' && result !== null && 'data' in result && !('errors' in result)
  if (isGood) operations.set(args.operationName ?? '', times < after ? times : compiled(args))
}

function compiled(args: ExecutionArgs): CompiledQuery | null {
  if (operationOf(args)?.operation !== OperationTypeNode.QUERY) return null
  const made = compileQuery(args.schema, args.document, args.operationName ?? '')
  return isCompiledQuery(made) ? made : null
}

const operationOf = ({ document, operationName }: Pick<ExecutionArgs, 'document' | 'operationName'>) =>
  getOperationAST(document, operationName)
