import { type DocumentNode, execute } from 'graphql'
import type { Caller } from '../auth/actor.ts'
import { createContext, type Services } from '../context.ts'
import { RequestError } from '../errors.ts'
import { schema } from './schema.ts'

/** Who asks, and what. */
export interface Request {
  readonly caller: Caller
  readonly ipAddress: string | null
  readonly document: DocumentNode
  readonly variables: Record<string, unknown>
}

/**
 * Runs a document of ours in this process, for a page of ours: by the rules, and in the transactions, of every request.
 * @throws RequestError that the first field was refused with
 */
export async function runAs(services: Services, request: Request): Promise<Record<string, unknown>> {
  const { caller, ipAddress, document, variables: variableValues } = request
  const context = await createContext(services, caller, ipAddress)
  try {
    const { data, errors } = await execute({ schema, document, contextValue: context, variableValues })
    const [first] = errors ?? []
    if (first !== undefined) throw refusalIn(first) ?? first
    return { ...data }
  } finally {
    await context.close()
  }
}

function refusalIn(error: { readonly originalError?: unknown }): RequestError | null {
  if (error instanceof RequestError) return error
  return error.originalError instanceof RequestError ? error.originalError : null
}
