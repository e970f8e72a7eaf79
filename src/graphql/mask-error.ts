import { PothosValidationError } from '@pothos/core'
import { GraphQLError } from 'graphql'
import { errorCodes, RequestError, unstorable } from '../errors.ts'
import type { Log } from '../log.ts'

/**
 * What of an error leaves the server: RequestErrors as they are; what is wrong with the document or its variables as
 * BAD_USER_INPUT; a lock that another holds as CONFLICT; of all else only that it happened, while the log gets it once, whole.
 */
export function createMaskError(log: Log) {
  return (error: unknown): GraphQLError => {
    const at = error instanceof GraphQLError ? error : undefined
    const cause = at === undefined ? error : rootOf(at)
    if (codeOf(cause) === lockTimeout) return failed(at, inTheWay)
    if (at === undefined) return internal(error, undefined)
    if (cause instanceof RequestError) return located(at, cause.message, cause.extensions)
    if (cause instanceof PothosValidationError) return located(at, cause.message, { code: 'BAD_USER_INPUT' })
    if (cause instanceof GraphQLError) return located(at, cause.message, badInput(cause.extensions))
    if (!isUnstorable(cause)) return internal(cause, at)
    const { message, extensions } = unstorable()
    return located(at, message, extensions)
  }

  function internal(cause: unknown, at: GraphQLError | undefined): GraphQLError {
    const reference = crypto.randomUUID()
    const stack = withoutData((cause instanceof Error ? cause.stack : undefined) ?? String(cause))
    const isLate = codeOf(cause) === statementTimeout || isPoolTimeout(cause)
    log('error', isLate ? 'the database takes too long' : 'unexpected error', {
      ...{ reference, path: at?.path?.join('.'), stack },
    })
    const what = isLate ? 'This took too long: try again later.' : 'Something went wrong on our side.'
    const message = `${what} If it goes on, report the reference ${reference}.`
    return failed(at, new RequestError('INTERNAL', message, { reference, ...(isLate && { retryable: true }) }))
  }
}

const lockTimeout = '55P03'
const statementTimeout = '57014'
const inTheWay = new RequestError(
  'CONFLICT',
  'Somebody else is changing the same at this moment. Nothing was changed: try again.',
  { retryable: true },
)

const codeOf = (cause: unknown) => (cause instanceof Error && 'code' in cause ? cause.code : undefined)

/** The pool has no code for it. */
function isPoolTimeout(cause: unknown): boolean {
  return cause instanceof Error && /timeout exceeded when trying to connect/.test(cause.message)
}

/** Without a place in the document nothing of the request went through, and the status says so. */
function failed(at: GraphQLError | undefined, { message, code, extensions }: RequestError): GraphQLError {
  if (at !== undefined) return located(at, message, extensions)
  return new GraphQLError(message, { extensions: { ...extensions, http: { status: errorCodes[code] } } })
}

/**
 * Of what Yoga says of a bad request its status and headers stay, not the words of a parser (`originalError`); a body that
 * no parser takes is a 400 for every client (`spec` makes it 200 for those of `application/json`).
 */
function badInput({ http, originalError }: Record<string, unknown> = {}) {
  const isUnread = originalError !== undefined && typeof http === 'object'
  return { code: 'BAD_USER_INPUT', ...(http !== undefined && { http: isUnread ? { ...http, spec: false } : http }) }
}

/** U+0000 in text (22021) and in JSON (22P05). */
function isUnstorable(cause: unknown): boolean {
  return codeOf(cause) === '22021' || codeOf(cause) === '22P05'
}

/** Of a failure the log gets what happened and where, not whom it happened to: no rows, addresses or tokens. */
function withoutData(stack: string): string {
  return stack
    .replaceAll(/\n - detail: [\s\S]*?(?=\n {4}at |$)/g, '')
    .replaceAll(/[^\s"'(),:;<>@[\]\\/=]+@[^\s"'(),:;<>@[\]\\/]+\.[^\s"'(),:;<>@[\]\\/]+/g, '<address>')
    .replaceAll(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '<token>')
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
