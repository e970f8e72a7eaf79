import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openMigrator } from '../../src/db/migrator.ts'
import { migrate } from '../../src/migrate.ts'
import { withClient } from '../../test/kit/server.ts'
import { differingEntities } from './entities.ts'
import { withFreshDatabase } from './fresh-database.ts'
import { differences, type Snapshot, takeSnapshot } from './snapshot.ts'
import { root } from './step.ts'
import { brokenTenancy, readTables } from './tables.ts'

/** What is wrong with the migrations, found on a database of their own: forward, back to nothing, and forward again. */
export async function brokenMigrations(): Promise<string[]> {
  return withFreshDatabase(async url => {
    const look = () => withClient(url, takeSnapshot)
    const nothing = await look()
    await migrate(url)
    const once = await look()
    const tables = await withClient(url, readTables)
    const { entities, isBack } = await goBack(url)
    const left = differences(nothing, await look())
    // On what was left behind, the way forward would only fail.
    if (left.length === 0) await migrate(url)
    const again = left.length === 0 ? await look() : once
    return [
      ...(isBack ? [] : ['the way back did not revert every migration']),
      ...told('going back does not lead to nothing', left),
      ...told('forward, back and forward gives another schema than forward', differences(once, again)),
      ...told('migrations/snapshot.json is old, run npm run schema:database', differences(await committed(), once)),
      ...differingEntities(entities, tables),
      ...brokenTenancy(tables),
    ]
  })
}

/** One migration after the other, as `npm run migrate -- --down` does. */
async function goBack(url: string) {
  const orm = await openMigrator(url)
  try {
    await orm.migrator.down({ to: 0 })
    const isBack = (await orm.migrator.getExecuted()).length === 0
    return { entities: [...orm.getMetadata().getAll().values()], isBack }
  } finally {
    await orm.close(true)
  }
}

async function committed(): Promise<Snapshot> {
  return JSON.parse(await readFile(join(root, 'migrations', 'snapshot.json'), 'utf8').catch(() => '{}'))
}

function told(problem: string, where: readonly string[]): string[] {
  const shown = where.slice(0, 10).map(line => `${problem}: ${line}`)
  return where.length > 10 ? [...shown, `${problem}: ${where.length - 10} more`] : shown
}
