import { PothosValidationError } from '@pothos/core'
import { GraphQLError } from 'graphql'
import { RequestError } from '../errors.ts'
import type { Log } from '../log.ts'

/**
 * What of an error leaves the server: RequestErrors as they are; what is wrong with the document or its variables as
 * BAD_USER_INPUT; of all else only that it happened, while the log gets it once, whole.
 */
export function createMaskError(log: Log) {
  return (error: unknown): GraphQLError => {
    if (!(error instanceof GraphQLError)) return internal(error, undefined)
    const cause = rootOf(error)
    if (cause instanceof RequestError) return located(error, cause.message, cause.extensions)
    if (cause instanceof PothosValidationError) return located(error, cause.message, { code: 'BAD_USER_INPUT' })
    if (cause instanceof GraphQLError)
      return located(error, cause.message, { ...cause.extensions, code: 'BAD_USER_INPUT' })
    return internal(cause, error)
  }

  function internal(cause: unknown, at: GraphQLError | undefined): GraphQLError {
    const reference = crypto.randomUUID()
    const stack = cause instanceof Error ? cause.stack : String(cause)
    log('error', 'unexpected error', { reference, path: at?.path?.join('.'), stack })
    const message = `Something went wrong on our side. If it goes on, report the reference ${reference}.`
    const error = new GraphQLError(message, { extensions: { code: 'INTERNAL', reference } })
    return at === undefined ? error : located(at, message, error.extensions)
  }
}

function rootOf(error: GraphQLError): unknown {
  let cause: unknown = error
  while (cause instanceof GraphQLError && !(cause instanceof RequestError) && cause.originalError != null)
    cause = cause.originalError
  return cause
}

function located(at: GraphQLError, message: string, extensions: Record<string, unknown>): GraphQLError {
  const { nodes, path, source, positions } = at
  return new GraphQLError(message, { nodes, path, source, positions, extensions })
}
