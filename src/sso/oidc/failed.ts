import * as client from 'openid-client'
import { cut } from '../cut.ts'
import { OutsideRequestError } from '../fetch/outside-request-error.ts'
import type { StepName } from '../protocol.ts'
import { ProviderError } from '../protocol.ts'

/** Makes what went wrong at a step a refusal of the provider. */
export const failedAt =
  (step: StepName) =>
  (error: unknown): never => {
    const outside = outsideOf(error)
    if (outside !== null) throw new ProviderError(step, outside.message, outside.isSuspicious)
    throw new ProviderError(step, explained(error))
  }

/** Why the request itself was not made, or its answer not taken: openid-client wraps it. */
function outsideOf(error: unknown): OutsideRequestError | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof OutsideRequestError) return cause
  return null
}

/** In words, without what was sent: the messages of the library name checks and statuses, never secrets. */
function explained(error: unknown): string {
  if (error instanceof client.ResponseBodyError)
    return `The provider refused: ${cut([error.error, error.error_description ?? ''].filter(one => one !== '').join(': '), 500)}`
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const told = words[code]
  if (told !== undefined) return told
  return `The provider gave no answer that can be used${code === '' ? '' : ` (${cut(code, 80)})`}.`
}

const words: Readonly<Record<string, string>> = {
  OAUTH_TIMEOUT: 'The provider did not answer in time.',
  OAUTH_RESPONSE_IS_NOT_CONFORM: 'The provider answered with something else than the protocol says.',
  OAUTH_RESPONSE_IS_NOT_JSON: 'The provider answered with something that is not JSON.',
  OAUTH_PARSE_ERROR: 'The provider answered with something that cannot be read.',
  OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED: 'The provider calls itself by another issuer than the one given.',
  OAUTH_JWT_CLAIM_COMPARISON_FAILED: 'The ID token is for somebody else: its issuer, audience or nonce is not ours.',
  OAUTH_KEY_SELECTION_FAILED: 'The ID token is signed with a key that the provider does not publish.',
  OAUTH_HTTP_REQUEST_FORBIDDEN: 'Providers are asked over https alone.',
}
