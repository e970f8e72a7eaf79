/**
 * `npm run migrate`: brings the database to this version, as every start does. `-- --status` tells where it stands,
 * `-- --down` goes one migration back, with all that the migration brought.
 */
import { openMigrator } from '../src/db/migrator.ts'
import { StartError } from '../src/errors.ts'
import { migrate } from '../src/migrate.ts'
import { withDatabase } from './with-database.ts'

const say = (line: string) => console.log(line)
const actions: Readonly<Record<string, (url: string) => Promise<void>>> = { '': up, '--down': down, '--status': status }

try {
  const [flag = '', ...rest] = process.argv.slice(2)
  const action = actions[flag]
  if (action === undefined || rest.length > 0) throw new StartError('Usage: npm run migrate [-- --status | --down]')
  await withDatabase(action)
} catch (error) {
  console.error(reason(error))
  process.exitCode = 1
}

async function up(url: string): Promise<void> {
  const pending = await withMigrator(url, migrator => migrator.getPending())
  await migrate(url)
  for (const { name } of pending) say(`Applied ${name}`)
  if (pending.length === 0) say('Nothing to apply: the database is at this version.')
}

async function down(url: string): Promise<void> {
  const reverted = await withMigrator(url, migrator => migrator.down())
  for (const { name } of reverted) say(`Reverted ${name}`)
  if (reverted.length === 0) say('Nothing to revert: the database is empty.')
}

async function status(url: string): Promise<void> {
  await withMigrator(url, async migrator => {
    for (const { name, executed_at } of await migrator.getExecuted())
      say(`applied  ${name}  ${executed_at.toISOString()}`)
    for (const { name } of await migrator.getPending()) say(`pending  ${name}`)
  })
}

type Migrator = Awaited<ReturnType<typeof openMigrator>>['migrator']

async function withMigrator<T>(url: string, work: (migrator: Migrator) => Promise<T>): Promise<T> {
  const orm = await openMigrator(url)
  try {
    return await work(orm.migrator)
  } finally {
    await orm.close(true)
  }
}

/** PostgreSQL says in one line what it refuses; anything else is a bug, and told in full. */
function reason(error: unknown): unknown {
  if (error instanceof StartError) return error.message
  const isRefusal = error instanceof Error && 'code' in error
  return isRefusal ? `PostgreSQL refuses: ${error.message.split('\n').at(-1)}` : error
}
