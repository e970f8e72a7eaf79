import { errorCodes, RequestError } from '../errors.ts'

/** A token that is no good fails the whole request, with the status and the header that RFC 6750 wants. */
export function refuse(error: unknown): never {
  if (!(error instanceof RequestError)) throw error
  const headers = error.code === 'UNAUTHENTICATED' ? { 'WWW-Authenticate': 'Bearer error="invalid_token"' } : {}
  const http = { status: errorCodes[error.code], headers }
  throw new RequestError(error.code, error.message, { ...error.extensions, http })
}
