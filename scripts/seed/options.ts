import { parseArgs } from 'node:util'
import { StartError } from '../../src/errors.ts'

export interface SeedOptions {
  readonly organizations: number
  readonly users: number
  readonly memberships: number
  readonly seed: number
  readonly force: boolean
}

export const usage = `Fills a database with organizations, users and memberships, to see how the gateway does under load.

  npm run seed -- [options]

  --organizations <n>  how many organizations, the largest with a sixth of all memberships, at most 50,000 (10000)
  --users <n>          how many users, the busiest in a fifth of the organizations, at most 2,000 (100000)
  --memberships <n>    how many memberships in all (300000)
  --seed <n>           another number makes other rows, so that they fit beside those of an earlier one (1)
  --force              fill a database that is not empty; nothing in it is changed
  --help               this text

The database is that of DATABASE_URL, or the embedded one of DATA_DIR, which must not be running.`

/**
 * Reads the command line; null when it asks for help.
 * @throws StartError with one line.
 */
export function readOptions(args: readonly string[]): SeedOptions | null {
  const values = parse(args)
  if (values.help) return null
  return {
    organizations: count('organizations', values.organizations, 1_000_000),
    users: count('users', values.users, 10_000_000),
    memberships: count('memberships', values.memberships, 20_000_000),
    seed: count('seed', values.seed, 1_000_000),
    force: values.force,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        organizations: { type: 'string', default: '10000' },
        users: { type: 'string', default: '100000' },
        memberships: { type: 'string', default: '300000' },
        seed: { type: 'string', default: '1' },
        force: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (error) {
    const [reason] = error instanceof Error ? error.message.split(/\.? To specify|\n/) : []
    throw new StartError(`${reason ?? error}. See npm run seed -- --help`)
  }
}

function count(name: string, text: string, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : 0
  if (value < 1 || value > most)
    throw new StartError(`--${name} must be a whole number from 1 to ${most}, not "${text}"`)
  return value
}
