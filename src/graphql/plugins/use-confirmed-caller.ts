import { getOperationAST, Kind, OperationTypeNode } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { Context } from '../../context.ts'
import { refuse } from '../refuse.ts'

/**
 * A query runs as who its caller was when last looked up, so that its first reads go in one message with the look-up. Its
 * answer is handed out only if that still holds; otherwise it runs again, which queries can. Mutations assume nothing.
 */
export function useConfirmedCaller(): Plugin<Context> {
  return {
    onExecute({ args: { contextValue: context, document, operationName }, executeFn, setExecuteFn }) {
      const operation = getOperationAST(document, operationName)
      const isQuery = operation?.operation === OperationTypeNode.QUERY
      // Whoever asks for nothing but the schema gets nothing that depends on who they are.
      const isOfSchema = operation?.selectionSet.selections.every(
        selection => selection.kind === Kind.FIELD && selection.name.value.startsWith('__'),
      )
      if (isQuery && isOfSchema === true) return
      setExecuteFn(async args => {
        if (!isQuery) await context.confirm().catch(refuse)
        const result = await executeFn(args)
        if (!isQuery || (await context.confirm().catch(refuse))) return result
        return executeFn(args)
      })
    },
  }
}
