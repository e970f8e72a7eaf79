import pg from 'pg'
import { openDevelopmentIssuer } from '../src/auth/development-issuer.ts'
import { type Config, readConfig } from '../src/config.ts'
import { startEmbedded } from '../src/db/embedded.ts'
import { reachDatabase } from '../src/db/reach.ts'
import { StartError } from '../src/errors.ts'
import { migrate } from '../src/migrate.ts'
import { load } from './seed/load.ts'
import { companyOf, personOf } from './seed/names.ts'
import { readOptions, type SeedOptions, usage } from './seed/options.ts'
import { realmOf } from './seed/people.ts'
import { firstOrdinary, type Plan, planOf } from './seed/plan.ts'
import { createProgress } from './seed/progress.ts'
import { createRandom } from './seed/random.ts'

/** `npm run seed`: fills a database for load. */
async function seed(args: readonly string[]): Promise<void> {
  const options = readOptions(args)
  if (options === null) return say(usage)
  // Asked before the configuration is read: an incomplete one would hide the reason.
  if (process.env.NODE_ENV === 'production') throw new StartError('Nothing is seeded in production.')
  const random = createRandom(options.seed)
  const plan = planOf(options, random)
  const config = readConfig()
  const database = await openDatabase(config)
  try {
    await migrate(database.url, say)
    const client = new pg.Client({ connectionString: database.url, options: '-c timezone=UTC' })
    await client.connect()
    try {
      await refuseFull(client, options)
      const { issuer } = await openDevelopmentIssuer(config.dataDir, () => new Date())
      const startedAt = performance.now()
      await load({ client, issuer, progress: rows => createProgress(rows, process.stderr) }, plan, random)
      say(`Seeded in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`)
    } finally {
      await client.end()
    }
  } finally {
    await database.stop()
  }
  for (const line of landmarks(plan)) say(line)
}

async function openDatabase({ databaseUrl, dataDir }: Config): Promise<{ url: string; stop(): Promise<void> }> {
  if (databaseUrl === undefined) return startEmbedded({ dataDir, say })
  await reachDatabase(databaseUrl)
  return { url: databaseUrl, stop: async () => {} }
}

async function refuseFull(client: pg.Client, { force, seed }: SeedOptions): Promise<void> {
  const { rows } = await client.query<{ organizations: number; users: number; memberships: number; isSeeded: boolean }>(
    `select (select count(*) from organization)::int as organizations,
       (select count(*) from principal where kind = 'USER')::int as users,
       (select count(*) from membership)::int as memberships,
       exists (select from organization where slug = $1) as "isSeeded"`,
    [companyOf(0, realmOf({ seed })).slug],
  )
  const [there] = rows
  if (there === undefined || there.organizations + there.users === 0) return
  const { organizations, users, memberships, isSeeded } = there
  if (isSeeded)
    throw new StartError(`Seed ${seed} is in this database already: --seed <another number> --force makes more rows`)
  const found = `organizations: ${organizations}, users: ${users}, memberships: ${memberships}`
  if (!force) throw new StartError(`The database is not empty (${found}): --force seeds beside what is there`)
}

/** Where the load is to be felt. */
function landmarks(plan: Plan): string[] {
  const { name, slug } = companyOf(0, realmOf(plan))
  const owner = personOf(firstOrdinary(plan), realmOf(plan))
  const lines = [
    `${name} (slug ${slug}) has ${plan.sizes[0]?.toLocaleString('en')} members; its owner's token:`,
    `  npm run -s token -- ${owner.email}`,
  ]
  if (plan.busiest === 0) return lines
  const { displayName, email } = personOf(0, realmOf(plan))
  return [
    ...lines,
    `${displayName} is in ${plan.busiest.toLocaleString('en')} organizations:`,
    `  npm run -s token -- ${email}`,
  ]
}

function say(line: string): void {
  console.log(line)
}

try {
  await seed(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof StartError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
