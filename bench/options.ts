import { parseArgs } from 'node:util'
import { StartError } from '../src/errors.ts'
import { type Workload, workloads } from './workloads.ts'

export interface BenchOptions {
  readonly workloads: readonly Workload[]
  readonly seconds: number
  readonly rounds: number
  readonly connections: number
  readonly explain: boolean
}

export const usage = `Compares Tenantry with a plain server on the same data, over HTTP, from a third process.

  npm run bench -- [options]

  --only <names>       which of ${workloads.map(({ name }) => name).join(', ')}, with commas (all)
  --seconds <n>        how long each server is driven in a round (4)
  --rounds <n>         how often they take turns; figures are medians (5)
  --connections <n>    how many send at the same time (32)
  --explain            instead: the statements of each query, and the plans of the long lists
  --help               this text

The database is that of DATABASE_URL, which must be seeded; or one of its own under .data/bench, seeded at the first run.`

/**
 * Reads the command line; null when it asks for help.
 * @throws StartError with one line.
 */
export function readOptions(args: readonly string[]): BenchOptions | null {
  const values = parse(args)
  if (values.help) return null
  return {
    workloads: values.only === undefined ? workloads : values.only.split(',').map(named),
    seconds: count('seconds', values.seconds),
    rounds: count('rounds', values.rounds),
    connections: count('connections', values.connections),
    explain: values.explain,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        seconds: { type: 'string', default: '4' },
        rounds: { type: 'string', default: '5' },
        connections: { type: 'string', default: '32' },
        explain: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (error) {
    const [reason] = error instanceof Error ? error.message.split(/\.? To specify|\n/) : []
    throw new StartError(`${reason ?? error}. See npm run bench -- --help`)
  }
}

function named(name: string): Workload {
  const workload = workloads.find(one => one.name === name.trim())
  if (workload === undefined)
    throw new StartError(`--only knows ${workloads.map(one => one.name).join(', ')}, not ${name}`)
  return workload
}

function count(name: string, text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : 0
  if (value < 1 || value > 1000) throw new StartError(`--${name} must be a whole number from 1 to 1000, not "${text}"`)
  return value
}
