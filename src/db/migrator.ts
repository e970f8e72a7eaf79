import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Migration, Migrator } from '@mikro-orm/migrations'
import { openOrm } from './orm.ts'

const folder = new URL('../../migrations/', import.meta.url)

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
