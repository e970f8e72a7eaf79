import type { IncomingMessage, ServerResponse } from 'node:http'
import { errors } from 'jose'
import { type Caller, type Verify, WrongToken } from './verify.ts'

/** What Express hands to a middleware, as far as it is used here. */
export interface Request extends IncomingMessage {
  params: Record<string, string>
  caller?: Caller
}
export type Next = (error?: unknown) => Promise<void> | void
export type Middleware = (request: Request, response: ServerResponse, next: Next) => Promise<void>

/** The error codes of RFC 6750, section 3.1, and their status. */
const statuses = { invalid_request: 400, invalid_token: 401, insufficient_scope: 403 } as const

interface Refusal {
  readonly error: keyof typeof statuses
  readonly error_description: string
  readonly scope?: string
}

/**
 * Lets a request through whose token is for the organization in its path, and has the scope: `request.caller` says who
 * it is. Everybody else gets 401 or 403, and in WWW-Authenticate why (RFC 6750).
 */
export function protect(verify: Verify, scope: string | null = null): Middleware {
  return async (request, response, next) => {
    const { authorization } = request.headers
    // Whoever sends no credentials is told how to, and of no error.
    if (authorization === undefined || !/^bearer\b/i.test(authorization)) return challenge(response)
    const [, token] = /^bearer +([\w.~+/-]+=*)$/i.exec(authorization) ?? []
    if (token === undefined)
      return refuse(response, { error: 'invalid_request', error_description: 'The header is not: Bearer <token>' })
    try {
      request.caller = await verify(token, request.params.organizationId ?? '')
    } catch (error) {
      const description = whatIsWrong(error)
      // The keys are out of reach, say: no fault of the caller, and no reason to let anybody in.
      if (description === null) return next(error)
      return refuse(response, { error: 'invalid_token', error_description: description })
    }
    if (scope !== null && !request.caller.scopes.includes(scope))
      return refuse(response, { error: 'insufficient_scope', error_description: `This needs ${scope}`, scope })
    return next()
  }
}

function whatIsWrong(error: unknown): string | null {
  if (error instanceof WrongToken) return error.message
  if (error instanceof errors.JWTExpired) return 'The token has expired'
  if (error instanceof errors.JWTClaimValidationFailed)
    return error.claim === 'aud'
      ? 'The token is for another audience'
      : 'The token is not an organization token of ours'
  const isInvalid =
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey ||
    // A token of ours names its key.
    error instanceof errors.JWKSMultipleMatchingKeys
  return isInvalid ? 'The token is not valid' : null
}

function challenge(response: ServerResponse): void {
  response.writeHead(401, { 'www-authenticate': 'Bearer realm="notes"' }).end()
}

function refuse(response: ServerResponse, refusal: Refusal): void {
  const parameters = Object.entries({ realm: 'notes', ...refusal }).map(([name, value]) => `${name}="${value}"`)
  response
    .writeHead(statuses[refusal.error], {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'www-authenticate': `Bearer ${parameters.join(', ')}`,
    })
    .end(JSON.stringify(refusal))
}
