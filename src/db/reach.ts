import pg from 'pg'
import { StartError } from '../errors.ts'

/** The oldest PostgreSQL that everything here is tested with, as `server_version_num` has it. */
const oldest = 150_000

/**
 * Asks a database that is not ours once, before anything is built on it.
 * @throws StartError with one line that names the server, never the password, when it cannot be used.
 */
export async function reachDatabase(url: string): Promise<void> {
  const client = clientFor(url)
  const where = `${client.host}:${client.port}/${client.database}`
  client.on('error', () => undefined)
  let version: number
  try {
    await client.connect()
    const { rows } = await client.query<{ version: string }>("select current_setting('server_version_num') as version")
    version = Number(rows[0]?.version)
  } catch (error) {
    throw new StartError(`DATABASE_URL: ${where} ${reason(error, client)}`)
  } finally {
    await client.end().catch(() => undefined)
  }
  if (version < oldest) throw new StartError(`DATABASE_URL: ${where} is older than PostgreSQL 15`)
}

function clientFor(url: string): pg.Client {
  try {
    return new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  } catch {
    // The message of the parser would repeat the address, password included.
    throw new StartError('DATABASE_URL is not a valid address: postgres://user:password@host:port/database')
  }
}

function reason(error: unknown, client: pg.Client): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const message = error instanceof Error ? error.message : String(error)
  switch (code) {
    case 'ECONNREFUSED':
      return 'refuses the connection: is PostgreSQL running there?'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'has an unknown host name'
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'cannot be reached'
    case '28P01':
      return `refuses the password of user ${client.user}`
    case '28000':
      return `does not let us in: ${message}`
    case '3D000':
      return 'has no such database: create it first'
    default:
      return /timeout/.test(message) ? 'does not answer within 10 s' : `cannot be used: ${message.split('\n')[0]}`
  }
}
