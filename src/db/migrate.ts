import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Migration, Migrator } from '@mikro-orm/migrations'
import { syncCatalogue } from '../roles/catalogue.ts'
import { openOrm } from './orm.ts'

const folder = new URL('../../migrations/', import.meta.url)

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
    await syncCatalogue(orm.em.fork())
  } finally {
    await orm.close(true)
  }
}

/** The migrator over `migrations/*.up.sql` and `*.down.sql`; one connection, as the owner of the tables. */
export async function openMigrator(url: string) {
  return openOrm(url, 'owner', {
    pool: 1,
    extra: {
      extensions: [Migrator],
      migrations: { tableName: 'migration', migrationsList: await sqlMigrations(), snapshot: false, silent: true },
    },
  })
}

async function sqlMigrations() {
  const files = (await readdir(folder)).filter(file => file.endsWith('.up.sql')).sort()
  return Promise.all(
    files.map(async file => {
      const up = await readFile(fileURLToPath(new URL(file, folder)), 'utf8')
      const down = await readFile(fileURLToPath(new URL(file.replace('.up.sql', '.down.sql'), folder)), 'utf8')
      return {
        name: file.replace('.up.sql', ''),
        class: class extends Migration {
          override up() {
            this.addSql(up)
          }
          override down() {
            this.addSql(down)
          }
        },
      }
    }),
  )
}
