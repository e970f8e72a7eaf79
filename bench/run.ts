import pg from 'pg'
import { openDevelopmentIssuer } from '../src/auth/development-issuer.ts'
import { StartError } from '../src/errors.ts'
import { migrate } from '../src/migrate.ts'
import { type Comparison, compare, type Figures } from './compare.ts'
import { parentOf } from './cpu.ts'
import { type BenchOptions, readOptions, usage } from './options.ts'
import { type Database, openDatabase, seed, startLoad, startPlain, startTenantry } from './processes.ts'

/** `npm run bench`: how Tenantry compares with a server that does nothing but the query. */
async function bench(args: readonly string[]): Promise<void> {
  const options = readOptions(args)
  if (options === null) return console.log(usage)
  if (process.env.NODE_ENV === 'production') throw new StartError('Nothing is measured in production.')
  const database = await openDatabase(note)
  try {
    await migrate(database.url, note)
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    try {
      const { rows } = await client.query('select from organization limit 1')
      if (rows.length === 0) await seed(database)
      await (options.explain ? explain(database, client, options) : measure(database, client, options))
    } finally {
      await client.end()
    }
  } finally {
    await database.stop()
  }
}

async function explain(database: Database, client: pg.Client, { workloads }: BenchOptions): Promise<void> {
  const { explainAll } = await import('./explain.ts')
  await explainAll(database, client, workloads)
}

async function measure(database: Database, client: pg.Client, options: BenchOptions): Promise<void> {
  const load = startLoad()
  const servers = await Promise.all([startTenantry(database), startPlain(database)])
  const [tenantry, plain] = servers
  try {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    const isHere = ['127.0.0.1', '::1', 'localhost'].includes(client.host)
    const postmaster = isHere ? parentOf(rows[0]?.pid ?? 0) : null
    const issuer = await openDevelopmentIssuer(database.dataDir, () => new Date())
    const results: Comparison[] = []
    for (const workload of options.workloads) {
      note(`${workload.name}: ${workload.title}…`)
      const cases = await workload.cases(client)
      results.push(await compare({ tenantry, plain, load, postmaster, issuer }, workload, cases, options))
    }
    for (const line of table(results)) console.log(line)
  } finally {
    await Promise.all([load, ...servers].map(one => one.stop()))
  }
}

function table(results: readonly Comparison[]): string[] {
  const whole = (value: number) => Math.round(value).toLocaleString('en')
  const cells = ({ perSecond, p50, p99, cpu }: Figures) => [
    whole(perSecond),
    p50.toFixed(1),
    p99.toFixed(1),
    cpu === null ? '' : `${cpu.server.toFixed(2)} + ${cpu.database.toFixed(2)}`,
  ]
  const line = (parts: readonly string[]) => `| ${parts.join(' | ')} |`
  const head = ['req/s', 'p50 ms', 'p99 ms', 'CPU ms, server + PostgreSQL']
  return [
    line(['', ...head.map(text => `Tenantry ${text}`), ...head.map(text => `plain ${text}`), 'ratio']),
    line(['---', ...Array.from({ length: 9 }, () => '---:')]),
    ...results.map(({ workload, tenantry, plain, ratio }) => {
      const { name, title } = workload
      return line([`${name.toUpperCase()}: ${title}`, ...cells(tenantry), ...cells(plain), ratio.toFixed(2)])
    }),
  ]
}

/** Progress goes beside the table, not into it. */
function note(line: string): void {
  console.error(line)
}

try {
  await bench(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof StartError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
