import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { createClient, RequestFailed } from './client.ts'
import { onboard, Refused } from './onboard.ts'

const { env } = process

try {
  const { url, name, slug } = readArguments()
  // A program of yours takes tokens from its identity provider; in development Tenantry signs one for anybody.
  const [founder, colleague] = await Promise.all([
    env.FOUNDER_TOKEN || developmentToken('otto.owner@demo.example'),
    env.COLLEAGUE_TOKEN || developmentToken('iris.invited@demo.example'),
  ])
  await onboard({
    founder: createClient({ url, token: () => founder }),
    colleague: createClient({ url, token: () => colleague }),
    name,
    slug,
    say: console.log,
  })
} catch (error) {
  console.error(explain(error))
  process.exitCode = 1
}

function readArguments() {
  const url = env.TENANTRY_URL || 'http://127.0.0.1:4000/graphql'
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: url },
      name: { type: 'string', default: 'Hooli' },
      slug: { type: 'string', default: 'hooli' },
    },
  })
  return values
}

async function developmentToken(email: string): Promise<string> {
  const cwd = fileURLToPath(new URL('../..', import.meta.url))
  const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'token', '--', email], { cwd })
  return stdout.trim()
}

function explain(error: unknown): unknown {
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
