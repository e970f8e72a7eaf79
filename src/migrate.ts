import { openMigrator } from './db/migrator.ts'
import { syncCatalogue } from './roles/catalogue.ts'

/**
 * Brings the database to this version's schema, then the permission catalogue and the default template into it.
 * Replicas that start together wait for one another.
 */
export async function migrate(url: string, say: (line: string) => void = () => {}): Promise<void> {
  const orm = await openMigrator(url)
  try {
    // A lock of the session, not of a transaction: each migration has a transaction of its own.
    await orm.em.fork().execute('select pg_advisory_lock(7263019)')
    const pending = await orm.migrator.getPending()
    if (pending.length > 0) say(`Applying ${pending.length} migration${pending.length === 1 ? '' : 's'}…`)
    await orm.migrator.up()
    await syncCatalogue(orm.em.fork(), new Date())
  } finally {
    await orm.close(true)
  }
}
