import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { RequestFailed } from './client.ts'
import { Refused } from './onboard.ts'

/** A token for anybody, as `npm run -s token` prints it for a gateway in development. */
export async function developmentToken(email: string): Promise<string> {
  const cwd = fileURLToPath(new URL('../..', import.meta.url))
  const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'token', '--', email], { cwd })
  return stdout.trim()
}

/** What a person reads when it fails. */
export function explain(error: unknown): unknown {
  if (error instanceof Refused) return `Refused: ${error.message}`
  if (error instanceof TypeError && 'code' in error && error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
    return error.message
  if (!(error instanceof RequestFailed)) return error
  switch (error.code) {
    case 'NETWORK':
      return `${error.message} Start Tenantry with "npm start", or name its address with --url.`
    case 'UNAUTHENTICATED':
      return `${error.message} Does the token come from an issuer that Tenantry trusts?`
    case 'NO_GRAPHQL':
      return error.message
    default:
      return `${error.code}: ${error.message}`
  }
}
